//! `transfolio recheck`: printed p-values against their means and spreads.

use std::path::PathBuf;

use clap::Args;

use crate::published::recheck::{self, Format, Rechecked};

const HELP: &str = "The table has one row per mean, with the columns mean, n, one of sd, \
    population_sd and se, and any of task, model, init, label_fraction and metric. A row with a \
    printed_p (0.03, 1.2e-4, <0.001, n.s., **) is checked against the row that its column against \
    names (an init of the same model, or a model of the same init), else against the only row of \
    its task without a printed_p. Means and spreads count as good to half a unit of their last \
    decimal: write them as printed, 81.70 and not 81.7.";

/// Arguments of `recheck`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct RecheckArgs {
    /// CSV file [default: the printed p-values of the published benchmark]
    pub input: Option<PathBuf>,
    /// With no file: the printed stars in the place of the printed p-values
    #[arg(long, conflicts_with = "input")]
    pub stars: bool,
    /// text, csv, md, latex or json
    #[arg(long, default_value = "text")]
    pub format: Format,
}

/// The recheck, written.
pub fn run(args: &RecheckArgs) -> anyhow::Result<String> {
    let claims = match &args.input {
        Some(path) => recheck::read_csv(path)?,
        None if args.stars => recheck::published_stars()?,
        None => recheck::published()?,
    };
    let rows: Vec<Rechecked> = claims.iter().map(recheck::recheck).collect();
    Ok(recheck::write(&rows, args.format))
}
