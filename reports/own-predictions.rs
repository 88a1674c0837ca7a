// %% [markdown]
// # Two models, the same patients
//
// You have one trained network of each kind and a test set, and the question that a
// reviewer asks: *is the difference more than the luck of these patients?* Seeds
// cannot answer it, for there is one run of each. The patients can: both networks
// saw the same ones, so each patient is a pair.
//
// The predictions here are made up, of 90 patients with one to two images each. In
// your own notebook this cell is `Study::open("predictions.csv")?`, a table with the
// columns `model, case, patient, label, score`.

// %%
//| hide: output
// A small generator, so that this notebook needs no file.
fn noise(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 40) as f64 / (1_u64 << 24) as f64 - 0.5
}
let mut state = 20_261_130_u64;
let mut rows = vec!["model,case,patient,label,score".to_string()];
for patient in 0..90 {
    let ill = patient % 3 == 0;
    for image in 0..1 + patient % 2 {
        let hard = noise(&mut state);
        for (model, skill) in [("baseline", 0.10), ("pretrained", 0.18)] {
            let sign = if ill { skill } else { -skill };
            let score: f64 = 0.5 + sign + 0.5 * hard + 0.35 * noise(&mut state);
            rows.push(format!(
                "{model},p{patient:02}-{image},p{patient:02},{},{:.4}",
                u8::from(ill),
                score.clamp(0.001, 0.999)
            ));
        }
    }
}
let path = std::env::temp_dir().join("transfolio-predictions.csv");
std::fs::write(&path, rows.join("\n") + "\n")?;
let study = Study::open(&path)?;

// %%
let predictions = study.predictions()?;
predictions

// %% [markdown]
// ## The answer
//
// AUCs of the same cases are compared by DeLong's test. Where a patient has several
// images, patients are what is counted, not images: two images of one patient are not
// two witnesses.

// %%
let comparison = study.compare(Compare::against("baseline").metric("auc"))?;
comparison

// %%
//| label: fig-roc
//| caption: What each network pays in false alarms for what it finds.
figures::roc(&study)?.without_caption()

// %% [markdown]
// ## Can the scores be believed?
//
// A network can rank patients well and still be wrong about how likely each is to be
// ill. [[fig-calibration]] holds what was said against what was true.

// %%
//| label: fig-calibration
//| caption: How often what was said with a probability was true.
figures::calibration(&study)?

// %%
study.metrics()?.select(&["title", "better", "values", "mean"])?

// %% [markdown]
// ## Where they disagree
//
// The table of predictions is a table like any other. Beside each other, the scores
// of both networks show which cases changed sides at a threshold of one half.

// %%
let baseline = predictions.filter("model", "baseline")?;
let pretrained = predictions.filter("model", "pretrained")?.titled("pretrained");
let both = baseline
    .select(&["case", "patient", "label", "score"])?
    .join(&pretrained.select(&["case", "score"])?, &["case"])?;
let both = both.map("change", |row| {
    let (before, after) = (row.number("score")? >= 0.5, row.number("score (pretrained)")? >= 0.5);
    let ill = row.number("label")? == 1.0;
    Ok(match (before == ill, after == ill) {
        (false, true) => "now right",
        (true, false) => "now wrong",
        _ => "same",
    })
})?;
both.group(&["change"])?.count()

// %%
both.filter("change", "now wrong")?.sort_by("case")?

// %% [markdown]
// Whether those changes are more than chance is McNemar's question: of the cases on
// which the networks disagree, how many went which way. It takes one image of each
// patient, because the cases of a test must not depend on each other.

// %%
let first = both.keep(|row| Ok(row.text("case")?.ends_with("-0")))?;
fn right(table: &Table, column: &str) -> Result<Vec<bool>> {
    table.iter().map(|row| Ok((row.number(column)? >= 0.5) == (row.number("label")? == 1.0))).collect()
}
let test = mcnemar(&right(&first, "score (pretrained)")?, &right(&first, "score")?)?;
test

// %%
bind("patients", first.len())?;
bind("fixed", first.filter("change", "now right").map_or(0, |rows| rows.len()))?;
bind("broken", first.filter("change", "now wrong").map_or(0, |rows| rows.len()))?;
bind("p", test.value("p")?)?;

// %% [markdown]
// Over {{ patients }} patients the pretrained network put {{ fixed }} right that the
// baseline had wrong, and {{ broken }} wrong that it had right (McNemar, p {{ p }}).
