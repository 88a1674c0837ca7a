//! Empirical coverage of the intervals of a mean, beside the figures in the
//! documentation of `transfolio::stats::bootstrap`.
//!
//! `cargo xtask coverage` runs it; `--simulations 40000 --resamples 2000 --seed
//! 2024` are the numbers that the documented figures were made with (minutes),
//! the default is a tenth of the samples and another seed.
//! Fails where a figure is further from the documented one than four standard
//! errors of the simulation.
#![allow(clippy::disallowed_macros, clippy::print_stdout)]

use std::error::Error;
use std::time::Instant;

use transfolio::compare::interval_title;
use transfolio::stats::coverage::{Coverage, Setting, Shape, measured, simulate};
use transfolio::stats::mean_interval::IntervalMethod;

const SIZES: [usize; 5] = [3, 5, 10, 20, 30];
/// Standard errors that chance is allowed.
const MOST: f64 = 4.0;

fn setting(given: &[String]) -> Result<Setting, Box<dyn Error>> {
    let mut setting = Setting {
        shape: Shape::Normal,
        n: 0,
        confidence: 0.95,
        simulations: 4_000,
        resamples: 2_000,
        seed: 1,
    };
    let mut given = given.iter();
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} needs a number"))?;
        let number: u64 = value.parse().map_err(|e| format!("{name} {value}: {e}"))?;
        match name.as_str() {
            "--simulations" => setting.simulations = number as usize,
            "--resamples" => setting.resamples = number as usize,
            "--seed" => setting.seed = number,
            other => return Err(format!("there is no option {other}").into()),
        }
    }
    Ok(setting)
}

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let base = setting(&given)?;
    let begin = Instant::now();
    println!(
        "Coverage of 95 % intervals of a mean in percent, median length in brackets: {} samples of \
         each size, {} resamples each, seed {}.\n",
        base.simulations, base.resamples, base.seed
    );
    let titles = IntervalMethod::ALL.map(interval_title).join(" | ");
    println!("| values | n | {titles} |\n|---|---|---|---|---|---|---|");
    let mut off = Vec::new();
    for shape in Shape::ALL {
        for n in SIZES {
            let found = simulate(&Setting { shape, n, ..base });
            let cells: Vec<String> = found.iter().map(cell).collect();
            println!("| {} | {n} | {} |", name(shape), cells.join(" | "));
            off.extend(found.iter().filter_map(|c| deviation(c, &base, n, shape)));
        }
    }
    println!("\n{:.0} s", begin.elapsed().as_secs_f64());
    if off.is_empty() {
        println!("All figures agree with the documented ones within {MOST} standard errors.");
        return Ok(());
    }
    Err(off.join("\n").into())
}

fn name(shape: Shape) -> &'static str {
    match shape {
        Shape::Normal => "normal",
        Shape::Exponential => "exponential",
        Shape::Lognormal => "lognormal",
    }
}

fn cell(found: &Coverage) -> String {
    if found.covered.is_nan() {
        return "none".into();
    }
    format!("{:.1} ({:.2})", found.covered * 100.0, found.median_length)
}

/// What to say where a figure is too far from the documented one.
fn deviation(found: &Coverage, setting: &Setting, n: usize, shape: Shape) -> Option<String> {
    let title = interval_title(found.method);
    let Some(expected) = measured(found.method, n, shape) else {
        return (!found.covered.is_nan()).then(|| {
            format!("{title}, {} {n}: an interval where none is documented", name(shape))
        });
    };
    // The documented figure has an error of its own (40,000 samples) and is rounded.
    let variance = expected * (1.0 - expected);
    let se = (variance / setting.simulations as f64 + variance / 40_000.0).sqrt();
    let distance = (found.covered - expected).abs() - 0.0005;
    (distance.is_nan() || distance > MOST * se).then(|| {
        format!(
            "{title}, {} {n}: {:.1} % here, {:.1} % documented",
            name(shape),
            found.covered * 100.0,
            expected * 100.0
        )
    })
}
