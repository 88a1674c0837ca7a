// %% [markdown]
// # Self-supervised against supervised pretraining, from a published figure
//
// `self-supervised.csv` holds means and standard deviations over ten runs of a
// ResNet-50 on two tasks of classification in chest radiographs (ChestX-ray14
// and CheXpert), for weights from ImageNet labels and from self-supervised
// learning. The numbers were **measured in pixels from a figure** of the
// authors' repository (Hosseinzadeh Taher et al., DART 2021,
// `SSL_vs_ImageNet.png`); they are estimates, good to about 0.05 points, and not
// the numbers of the paper.

// %%
let study = Study::open("self-supervised.csv")?;
study.table("summary")?.show_all_rows()

// %% [markdown]
// ## Against ImageNet
//
// Mean, standard deviation and n are enough for a test: Welch's, for it is not
// known whether the runs share seeds.

// %%
let comparison = study.compare("ImageNet")?;
comparison.tests().sort_by("difference")?

// %%
//| label: fig-bars
//| caption: Mean AUC (in percent) with standard deviations over ten runs.
figures::grouped_bars(&comparison)?

// %%
fn count(tests: &Table, verdict: &str) -> usize {
    tests.filter("verdict", verdict).map_or(0, |rows| rows.shape().0)
}
let tests = comparison.tests();
bind("better", count(&tests, "better"))?;
bind("worse", count(&tests, "worse"))?;
bind("all", tests.shape().0)?;

// %% [markdown]
// Of {{ all }} comparisons {{ better }} say that the self-supervised weights are
// better than those from ImageNet labels, and {{ worse }} that they are worse;
// [[fig-bars]] shows them all.
