// %% [markdown]
// # Coarse or fine pretraining labels?
//
// The same source images are learned twice, once with their coarse groups and
// once with their fine types as labels, and fine-tuned on a target task. The
// study is `granularity.toml`; it is small, so that it runs anywhere in about a
// minute. `phantom-granularity.toml` is the same question at a size that can
// answer it.

// %% tags=parameters
let jobs: u16 = 2;
let device: &str = "cpu";

// %%
let plan = Study::open("granularity.toml")?;
plan

// %%
let run = plan.run_with(RunOptions::default().jobs(jobs).device(device))?;
let study = Study::open(&run.folder)?;
run

// %% [markdown]
// ## Against random initialisation

// %%
//| label: fig-bars
//| caption: Mean AUC over three seeds, with the tests against each other.
figures::grouped_bars(&study)?

// %% [markdown]
// ## Fine against coarse
//
// All pairs of levels, not only those with the baseline, and everything that
// was tested stands in the ledger.

// %%
let pair = study.compare("coarse")?.tests().filter("level", "fine")?;
pair

// %%
study.table("ledger")?
