// %% [markdown]
// # Pretraining in the domain
//
// Does it help to pretrain on images of the same kind as the target's? Here the
// target are chest-like phantom images; one network is pretrained on other
// images (single structures), one on chest-like images of another source
// (another seed of the generator). The study is `domain-adaptive.toml`; it is
// small, so that it runs anywhere in about a minute. Checkpoints of real studies
// take the place of the pretraining runs with `zoo = "ID"` in an init
// (`transfolio zoo list`).

// %% tags=parameters
let jobs: u16 = 2;
let device: &str = "cpu";

// %%
let plan = Study::open("domain-adaptive.toml")?;
plan

// %%
let run = plan.run_with(RunOptions::default().jobs(jobs).device(device))?;
let study = Study::open(&run.folder)?;
run

// %% [markdown]
// ## Result

// %%
//| label: fig-bars
//| caption: Mean AUC over three seeds, by the images of the pretraining.
figures::grouped_bars(&study)?

// %%
let tests = study.compare("general")?;
tests

// %%
let gain = tests.tests().filter("level", "domain")?.filter("label_fraction", "0.5")?;
bind("gain", gain.value("difference")?)?;
bind("verdict", gain.value("verdict")?)?;

// %% [markdown]
// With half of the labels, pretraining in the domain changes the AUC by
// {{ gain }} against pretraining on other images (verdict: {{ verdict }}).
