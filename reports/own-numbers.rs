// %% [markdown]
// # Your own numbers
//
// Statistics and pictures need no study: vectors, slices and columns of a table
// are enough. The numbers here are made up: the Dice score of two models on
// twelve patients, and what a reader said of the same cases.

// %%
let patients = ["p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08", "p09", "p10", "p11", "p12"];
let base = [0.71, 0.68, 0.74, 0.69, 0.75, 0.66, 0.72, 0.70, 0.64, 0.73, 0.69, 0.71];
let tuned = [0.74, 0.72, 0.75, 0.74, 0.76, 0.70, 0.73, 0.75, 0.69, 0.74, 0.72, 0.73];
let volume = [12.1, 4.2, 20.5, 6.8, 33.0, 3.1, 15.2, 9.9, 2.4, 18.3, 7.7, 11.0];
let scores = Table::named("Dice by patient")
    .with("patient", &patients)?
    .with("volume", &volume)?
    .with("base", &base)?
    .with("tuned", &tuned)?
    .map("gain", |row| Ok(row.number("tuned")? - row.number("base")?))?;
scores

// %% [markdown]
// ## Is the tuned model better?
//
// The patients are the same, so the tests are of pairs.

// %%
let test = paired_t(&tuned, &base)?;
test

// %%
signed_rank(&tuned, &base)?

// %%
bootstrap(&tuned).against(&base).statistic("median").seed(1).run()?

// %%
bind("gain", test.value("estimate")?.digits(3))?;
bind("p", test.value("p")?)?;
bind("patients", scores.len())?;

// %% [markdown]
// Over {{ patients }} patients the tuned model gains {{ gain }} Dice (p {{ p }}).
// The numbers in this sentence come from the cells above.

// %% [markdown]
// ## Where does it gain?

// %%
//| label: fig-gain
//| caption: The gain against the volume of the lesion, on a logarithmic axis.
scores.scatter("volume", "gain").names("volume (ml)", "gain in Dice").log_x().draw()?

// %%
spearman(&scores.column("volume")?, &scores.column("gain")?)?

// %% [markdown]
// [[fig-gain]] says what the coefficient says: small lesions gain most.

// %%
let sized = scores.map("size", |row| Ok(if row.number("volume")? < 8.0 { "small" } else { "large" }))?;
sized.group(&["size"])?.summary("gain")?

// %%
sized.boxes("size", "gain").title("Gain in Dice by the size of the lesion").draw()?

// %%
sized.filter("volume", 10.0..)?.sort_by_desc("gain")?.select(&["patient", "volume", "gain"])?

// %% [markdown]
// ## Scores and labels
//
// Two classifiers on the same cases: areas under the curve with DeLong's test.

// %%
let truth = [false, true, false, true, true, false, true, false, true, true, false, false];
let first = [0.12, 0.61, 0.35, 0.82, 0.74, 0.44, 0.38, 0.21, 0.91, 0.55, 0.48, 0.30];
let second = [0.22, 0.58, 0.47, 0.66, 0.81, 0.52, 0.29, 0.33, 0.72, 0.41, 0.57, 0.18];
auc(&first, &truth)?

// %%
compare_aucs(&first, &second, &truth)?

// %% [markdown]
// ## Several tests, and the next study
//
// Three p-values of one question are adjusted together; the size of the next
// study follows from what was seen in this one.

// %%
let p = [
    test.p()?,
    signed_rank(&tuned, &base)?.p()?,
    permutation_test(&tuned, &base).paired().run()?.p()?,
];
adjust(&p, "holm")?

// %%
sample_size(0.01, 0.015).paired().run()?

// %% [markdown]
// ## A picture of one's own
//
// Whatever gives an SVG is a figure: it fits the cell and is saved as SVG or PNG.

// %%
let bars: String = sized
    .iter()
    .enumerate()
    .map(|(at, row)| {
        let wide = row.number("gain").unwrap_or(0.0) * 6000.0;
        format!("<rect x='60' y='{}' width='{wide:.0}' height='14' fill='#0072B2'/>", 10 + at * 20)
    })
    .collect();
Figure::from_svg(format!(
    "<svg xmlns='http://www.w3.org/2000/svg' width=\"480\" height=\"260\">{bars}</svg>"
))?
.with_alt("A bar for the gain of each patient")
