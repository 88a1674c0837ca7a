//! `transfolio recheck`: printed p-values against their means and spreads.

use std::path::{Path, PathBuf};

use clap::Args;

use super::out;
use crate::published::recheck::{self, Format, Rechecked};
use crate::table::{Sheet, SheetOptions};

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
        Some(path) => {
            let claims = recheck::read_csv(path)?;
            say(path)?;
            claims
        }
        None if args.stars => recheck::published_stars()?,
        None => recheck::published()?,
    };
    let rows: Vec<Rechecked> = claims.iter().map(recheck::recheck).collect();
    Ok(recheck::write(&rows, args.format))
}

/// Says on standard error how the table was read.
fn say(path: &Path) -> anyhow::Result<()> {
    let sheet = Sheet::read(path, &std::fs::read(path)?, &SheetOptions::default())?;
    let rows = if sheet.len() == 1 { "1 row".into() } else { format!("{} rows", sheet.len()) };
    out::complain(format_args!("read      {}: {}, {rows}", path.display(), sheet.how()));
    for note in sheet.notes() {
        out::complain(format_args!("note: {note}"));
    }
    Ok(())
}
