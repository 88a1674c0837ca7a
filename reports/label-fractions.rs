// %% [markdown]
// # How many labels does a network need?
//
// A network that starts from random weights and one that was pretrained on
// other images are fine-tuned with a quarter, half and all of the labels of a
// phantom task. The study is `label-fractions.toml`; it is small, so that it
// runs anywhere in about a minute, and its numbers mean nothing beyond that.

// %% tags=parameters
let jobs: u16 = 2;
let device: &str = "cpu";

// %%
let plan = Study::open("label-fractions.toml")?;
plan

// %% [markdown]
// ## Training
//
// The study runs in processes of its own. Stopping this cell stops the study
// and keeps every variable; the cell again goes on where it stopped. A study
// that has run before is done at once.

// %%
let run = plan.run_with(RunOptions::default().jobs(jobs).device(device))?;
run

// %%
let study = Study::open(&run.folder)?;
study.table("runs")?

// %% [markdown]
// ## Label efficiency

// %%
//| label: fig-fractions
//| caption: AUC against the share of the training labels.
figures::label_fraction(&study)?

// %%
study.table("summary")?

// %%
let tests = study.compare("random")?;
tests

// %%
bind("runs", run.done)?;
bind("tests", tests.tests().shape().0)?;

// %% [markdown]
// {{ runs }} runs were trained, and {{ tests }} tests were done on them, one for
// each share of the labels; [[fig-fractions]] shows all single runs.
