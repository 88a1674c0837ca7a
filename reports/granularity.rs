// %% [markdown]
// # Coarse or fine pretraining labels?
//
// Somebody labelled the pretraining images. They could have written *opacity*, or
// they could have taken the time for *consolidation, atelectasis, effusion*. Does a
// network that learned the finer words serve a later task better?
//
// The study (`granularity.toml`) learns the same source images twice, once with their
// coarse groups and once with their fine types, and fine-tunes both on a target task
// beside a network from random weights. It is small, so that it runs anywhere in about
// a minute; `phantom-granularity.toml` is the same question at a size that can answer
// it.

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
// ## Is pretraining worth anything here?
//
// First the plain question, each starting point against random weights. The green
// band is the margin of the study: differences within it do not matter.

// %%
let against_random = study.compare("random")?;
against_random

// %%
//| label: fig-bars
//| caption: Mean AUC over the seeds, with the tests against each other.
figures::grouped_bars(&study)?

// %% [markdown]
// ## Fine against coarse
//
// The program knows which starting point has which granularity, because the study
// file says so. It compares them task by task, and over tasks where there are several.

// %%
study.granularity()?

// %%
//| label: fig-dose
//| caption: AUC against the granularity of the pretraining labels.
figures::dose_response(&study)?

// %%
let pair = study.compare("coarse")?.tests().filter("level", "fine")?;
pair

// %% [markdown]
// ## Every test that was made
//
// A result is worth as much as the number of tests behind it. The ledger has all of
// them, each with the question it answers and the family in which its p was adjusted.

// %%
let ledger = study.table("ledger")?;
ledger.select(&["family", "question", "test", "n", "estimate", "adjusted_p"])?

// %%
bind("tests", ledger.len())?;
bind("difference", pair.value("difference")?.digits(3))?;
bind("p", pair.value("adjusted_p")?)?;
bind("verdict", pair.value("verdict")?)?;

// %% [markdown]
// Fine labels differ from coarse ones by {{ difference }} AUC on this phantom
// (adjusted p {{ p }}; verdict: {{ verdict }}), one of {{ tests }} tests in the
// ledger. *Inconclusive* is a finding too: it says that these few runs cannot tell, and
// not that there is no difference.
