// %% [markdown]
// # Do labels matter for pretraining at all?
//
// Networks can learn from ImageNet *without its labels*: by telling which two crops
// are of one picture, or by sorting pictures into groups that nobody named. Hosseinzadeh Taher et al.
// (DART 2021) fine-tuned fourteen such networks and the labelled one on chest
// radiographs, ten runs each, and published a figure. This notebook asks that figure
// for its statistics.
//
// The numbers in `self-supervised.csv` were **measured in pixels from the figure** of
// the authors' repository (`SSL_vs_ImageNet.png`): means and standard deviations over
// ten runs of a ResNet-50 on ChestX-ray14 and CheXpert. They are estimates, good to
// about 0.05 points, and not the numbers of the paper.

// %%
let study = Study::open("self-supervised.csv")?;
let summary = study.table("summary")?;
summary.head(6)

// %% [markdown]
// ## Against ImageNet labels
//
// A mean, a standard deviation and a number of runs are enough for a test. It is
// Welch's, for nobody says whether the runs shared their seeds, and p is adjusted over
// all comparisons. `auc_percent` is a name that the program does not know; which end of
// it is good has to be said, or nothing would be called better.

// %%
let comparison = study.compare(Compare::against("ImageNet").higher_is_better("auc_percent"))?;
Markdown::new(format!("**{}**", comparison.answer()[0]))

// %%
let tests = comparison.tests();
tests.sort_by_desc("difference")?.select(&["task", "level", "verdict", "difference", "low", "high", "adjusted_p"])?.show_all_rows()

// %%
//| label: fig-answer
//| caption: Every self-supervised method against ImageNet labels, on both tasks.
figures::answer(&comparison)?

// %% [markdown]
// ## The same ranking twice?
//
// Two tasks, one list of methods. If a method that is good on one task is good on the
// other, the choice can be made once; if not, somebody has to try them all again.

// %%
let tasks = summary.group(&["task"])?.tables();
let names: Vec<String> = tasks.iter().map(|rows| rows.texts("task").map(|t| t[0].clone())).collect::<Result<_>>()?;
let both = tasks[0].select(&["init", "mean"])?.join(&tasks[1].select(&["init", "mean"])?, &["init"])?;
let second = both.columns()[2].name.clone();
let rho = spearman(&both.column("mean")?, &both.column(&second)?)?;
rho

// %%
//| label: fig-both
//| caption: Mean AUC (percent) of each starting point on both tasks.
both.scatter("mean", &second).names(&names[0], &names[1]).draw()?

// %%
fn count(tests: &Table, verdict: &str) -> usize {
    tests.filter("verdict", verdict).map_or(0, |rows| rows.len())
}
bind("better", count(&tests, "better"))?;
bind("worse", count(&tests, "worse"))?;
bind("all", tests.len())?;
bind("best", tests.sort_by_desc("difference")?.head(1).value("level")?)?;
bind("rho", rho.value("coefficient")?.digits(2))?;
bind("first", names[0].clone())?;
bind("second", names[1].clone())?;

// %% [markdown]
// Of {{ all }} comparisons {{ better }} say that the self-supervised weights are better
// than those from ImageNet labels, and {{ worse }} that they are worse; the largest
// difference is that of {{ best }} ([[fig-answer]]). Over methods, the means on
// {{ first }} and {{ second }} have a rank correlation of {{ rho }} ([[fig-both]]).
