// %% [markdown]
// # Your own CSV
//
// Results that were made elsewhere need no study file and no libtorch: a CSV
// with `task, model, init, label_fraction, seed, metric, value` is enough, and
// missing columns have defaults. Any other column that tells runs apart is a
// factor.

// %%
let csv = "\
init,seed,augmentation,value
random,0,none,0.71
random,1,none,0.69
random,2,none,0.70
ImageNet,0,none,0.78
ImageNet,1,none,0.75
ImageNet,2,none,0.77
random,0,strong,0.72
random,1,strong,0.71
random,2,strong,0.73
ImageNet,0,strong,0.79
ImageNet,1,strong,0.78
ImageNet,2,strong,0.76
";
let path = std::env::temp_dir().join("transfolio-own.csv");
std::fs::write(&path, csv)?;
let all = Study::open(&path)?;

// %% [markdown]
// ## A further factor
//
// `augmentation` tells runs apart, so it is a factor: inits are compared at
// each of its levels. A filter takes one of them.

// %%
all.results()?

// %%
let plain = all.filter("augmentation", "none");
plain.table("summary")?

// %% [markdown]
// ## The question
//
// A margin says which difference would not matter in practice; only with one
// can two levels be called equivalent.

// %%
let tests = plain.compare(Compare::against("random").margin(0.01))?;
tests

// %%
figures::grouped_bars(&tests)?

// %% [markdown]
// ## The same elsewhere
//
// Tables go out as CSV, the whole comparison as text, Markdown, LaTeX or JSON.

// %%
println!("{}", tests.write("latex")?);

// %%
tests.tests().select(&["level", "reference", "verdict", "difference", "low", "high"])?
