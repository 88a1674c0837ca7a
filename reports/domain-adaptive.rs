// %% [markdown]
// # Pretraining close to home
//
// A network that has seen a million photographs has seen no chest. One that has seen a
// thousand chests has seen little else. Which of the two is the better start for a
// task on chests?
//
// Here the target are chest-like phantom images. One network is pretrained on *other*
// images (single structures on an empty ground), one in the *domain*: on chest-like
// images of another source, which the seed of the generator stands for. The study
// (`domain-adaptive.toml`) is small, so that it runs anywhere in about a minute. In a
// real study checkpoints take the place of the pretraining runs: `zoo = "ID"` in an init
// (`transfolio zoo list`), and `init = "…"` in a pretraining that goes on from one.

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
// ## Home or away?
//
// The comparison that matters is not with random weights but with the other
// pretraining.

// %%
let comparison = study.compare("general")?;
comparison

// %%
//| label: fig-bars
//| caption: Mean AUC over the seeds, by the images of the pretraining.
figures::grouped_bars(&comparison)?

// %% [markdown]
// ## Which findings gain?
//
// A mean over findings can hide that one gains what another loses. The results have
// every class, so they can be asked.

// %%
let classes = study.results()?.filter("metric", "auc")?.keep(|row| row.has("class"))?;
let means = classes.group(&["class", "init"])?.mean("value")?;
means.heat_map("class", "init", "value mean").names("", "AUC").draw()?

// %% [markdown]
// ## Case by case
//
// Seeds are one source of chance, test cases are the other. Each prediction of each run
// is at hand; here is how the scores of one finding are spread over cases that have it
// and cases that do not.

// %%
let scores = study.predictions()?;
let finding = scores.texts("class")?[0].clone();
let of_domain = scores.filter("class", finding.as_str())?.filter("init", "domain")?;
of_domain.boxes("label", "score").names("has the finding", "score").title(&finding).draw()?

// %%
let gain = comparison.tests().filter("level", "domain")?;
bind("gain", gain.value("difference")?.digits(3))?;
bind("low", gain.value("low")?.digits(3))?;
bind("high", gain.value("high")?.digits(3))?;
bind("verdict", gain.value("verdict")?)?;
bind("finding", finding)?;

// %% [markdown]
// With half of the labels, pretraining in the domain changes the AUC by {{ gain }}
// against pretraining on other images (95 % interval {{ low }} to {{ high }}; verdict:
// {{ verdict }}). The boxes above are those of *{{ finding }}* alone; three seeds of a
// tiny network on 80 test cases are a demonstration, and no more than that.
