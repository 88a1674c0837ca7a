// %% [markdown]
// # Results you already have
//
// You have trained your networks elsewhere, and what is left of it is a table: a
// row for each run, with the value that it reached. That is enough. Nothing has to
// be installed for training, no file has to be rewritten, and the statistics are
// those of a study that was run here.
//
// The table of this notebook is made up: two starting points, two kinds of
// augmentation, five seeds, and two metrics of each run.

// %%
//| hide: output
let csv = "\
init,augmentation,seed,auc,brier
random,none,0,0.712,0.201
random,none,1,0.694,0.209
random,none,2,0.703,0.205
random,none,3,0.721,0.199
random,none,4,0.698,0.208
ImageNet,none,0,0.781,0.176
ImageNet,none,1,0.752,0.186
ImageNet,none,2,0.770,0.179
ImageNet,none,3,0.774,0.181
ImageNet,none,4,0.761,0.184
random,strong,0,0.724,0.196
random,strong,1,0.711,0.203
random,strong,2,0.732,0.195
random,strong,3,0.729,0.198
random,strong,4,0.715,0.202
ImageNet,strong,0,0.792,0.171
ImageNet,strong,1,0.779,0.176
ImageNet,strong,2,0.764,0.181
ImageNet,strong,3,0.788,0.174
ImageNet,strong,4,0.771,0.178
";
let path = std::env::temp_dir().join("transfolio-own.csv");
std::fs::write(&path, csv)?;
let all = Study::open(&path)?;

// %% [markdown]
// ## The question, and its answer
//
// Does ImageNet pretraining help? One line asks it. The answer comes first, then
// the figure that it rests on, then the tests.

// %%
let answer = all.compare(Compare::against("random").margin(0.01))?;
answer

// %% [markdown]
// The margin is yours to state: the largest difference that would not matter to
// you. Only with one can two levels be called *equivalent*; without one, a test that
// finds nothing has found nothing, and says so.
//
// `augmentation` is a column that nobody told the program about. It tells runs
// apart, so it is a factor, and the starting points are compared at each of its
// levels. A filter takes one of them.

// %%
let plain = all.filter("augmentation", "none");
plain.table("summary")?

// %% [markdown]
// ## Turned around
//
// Any factor can be the question. Does strong augmentation help, at either starting
// point?

// %%
let augmentation = all.compare(Compare::against("none").factor("augmentation").margin(0.01))?;
augmentation.tests()

// %%
//| label: fig-augmentation
//| caption: AUC with and without strong augmentation, with the tests against each other.
figures::grouped_bars(&augmentation)?

// %%
let tests = augmentation.tests();
let largest = tests.sort_by_desc("difference")?.head(1);
bind("largest", largest.value("difference")?.digits(3))?;
bind("where", largest.texts("init")?.join(""))?;
bind("p", largest.value("adjusted_p")?)?;

// %% [markdown]
// The largest gain of strong augmentation is {{ largest }} AUC, from {{ where }}
// weights (adjusted p {{ p }}); [[fig-augmentation]] has both. The numbers in this
// sentence come from the cell above: change a value in the table, and they change
// with it.

// %% [markdown]
// ## Two metrics
//
// The table has a second metric, for which *lower* is better. The program knows the
// Brier score; of a metric that it does not know it would call nothing better until
// somebody says which end is good (`.lower_is_better("volume")`).

// %%
all.metrics()?

// %%
answer.tests_of_all_metrics()?.select(&["metric", "augmentation", "level", "verdict", "difference", "low", "high", "adjusted_p"])?

// %% [markdown]
// ## Into the paper
//
// Every table goes out as CSV, and the whole comparison as text, Markdown, LaTeX or
// JSON; `report!` writes all of it as one page. This is the LaTeX.

// %%
println!("{}", answer.write("latex")?);
