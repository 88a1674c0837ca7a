// %% [markdown]
// # Quick start
//
// A table of results becomes tests, figures and a report. Run this notebook in
// JupyterLab with the kernel *Transfolio (Rust)*, or from the command line:
//
// ```
// transfolio kernel install
// transfolio render reports/quick-start.rs
// ```
//
// The numbers in `results.csv` are made up: two tasks, three starting points,
// three shares of the training labels, five seeds.

// %% tags=parameters
let results: &str = "results.csv";
let baseline: &str = "random";

// %% [markdown]
// ## Results
//
// A study is a study file, the folder of a study that ran, or a CSV.

// %%
let study = Study::open(results)?;
study

// %%
study.results()?

// %% [markdown]
// ## Which start is better?
//
// Seeds are the replications; the tests are paired where the seeds are shared,
// and p is adjusted over all of them.

// %%
let comparison = study.compare(baseline)?;
comparison

// %% [markdown]
// [[fig-fractions]] shows the same against the share of the labels.

// %%
//| label: fig-fractions
//| caption: AUC against the share of the training labels, with 95 % intervals over five seeds.
figures::label_fraction(&comparison)?

// %%
let gain = comparison
    .tests()
    .filter("task", "chest")?
    .filter("label_fraction", "0.1")?
    .filter("level", "ImageNet")?;
bind("gain", gain.value("difference")?)?;
bind("p", gain.value("adjusted_p")?)?;

// %% [markdown]
// On the chest task, with a tenth of the labels, ImageNet pretraining gains
// {{ gain }} AUC (adjusted p {{ p }}). The numbers in this sentence come from the
// cell above: when the results change, so do they.

// %% [markdown]
// ## The report
//
// One page with every table, figure and test.

// %%
report!(comparison, output: "quick-start.report.html")?
