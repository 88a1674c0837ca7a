//! Anybody's table of means with printed p-values.
//!
//! One row per mean: `mean`, `n`, one of `sd` (or `std`), `population_sd` and
//! `se`, and any of `task, model, init, label_fraction, metric` that name it, as
//! for `compare`. A row with a `printed_p` is checked against another row of its
//! task, fraction and metric: the one whose init or model `against` names, else
//! the only one without a `printed_p` (of the same model, if there are several).
//! Means and spreads are taken to be good to half a unit of their last decimal.

use std::path::Path;

use super::printed_p::PrintedP;
use super::types::{Claim, Side, Spread};
use crate::published::PublishedError;
use crate::published::csv_text::{CsvText, Line};
use crate::published::value::half_unit;

/// A row before it has its partner.
struct Entry {
    line: u64,
    context: Vec<String>,
    model: String,
    init: String,
    against: String,
    side: Side,
    spread: Spread,
    printed: Option<PrintedP>,
}

/// Reads the claims of a CSV file.
pub fn read_csv(path: &Path) -> Result<Vec<Claim>, PublishedError> {
    let bytes = std::fs::read(path)
        .map_err(|e| PublishedError::Read { path: path.into(), reason: e.to_string() })?;
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    claims(&file, &bytes)
}

pub(super) fn claims(file: &str, bytes: &[u8]) -> Result<Vec<Claim>, PublishedError> {
    let table = CsvText::read(file, bytes)?;
    table.needs(&["mean", "n", "printed_p"])?;
    if !["sd", "std", "population_sd", "se"].iter().any(|column| table.has(column)) {
        table.needs(&["sd"])?;
    }
    let entries: Vec<(Line<'_>, Entry)> = table
        .lines()
        .map(|line| entry(&line).map(|entry| (line, entry)))
        .collect::<Result<_, _>>()?;
    let mut claims = Vec::new();
    for (line, entry) in &entries {
        let Some(printed) = &entry.printed else { continue };
        let others = entries.iter().map(|(_, other)| other);
        let a = partner(entry, others.filter(|other| other.line != entry.line))
            .map_err(|reason| line.fail(reason))?;
        if a.spread != entry.spread {
            return Err(
                line.fail(format!("its spread and that of line {} are of different kinds", a.line))
            );
        }
        claims.push(Claim {
            source: table.file().into(),
            context: entry
                .context
                .iter()
                .filter(|t| !t.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(", "),
            a: a.side.clone(),
            b: entry.side.clone(),
            spread: entry.spread,
            printed: printed.clone(),
            note: String::new(),
        });
    }
    if claims.is_empty() {
        return Err(PublishedError::File {
            file: file.into(),
            reason: "no row has a printed_p; there is nothing to recheck".into(),
        });
    }
    Ok(claims)
}

fn entry(line: &Line<'_>) -> Result<Entry, PublishedError> {
    let (mean, mean_decimals) = line.number("mean", "a finite number")?;
    let n = line.count("n", "a number of runs")? as usize;
    let given: Vec<(&'static str, Spread)> = [
        ("sd", Spread::Sd),
        ("std", Spread::Sd),
        ("population_sd", Spread::PopulationSd),
        ("se", Spread::StandardError),
    ]
    .into_iter()
    .filter(|(column, _)| !line.text(column).is_empty())
    .collect();
    let [(column, spread)] = given[..] else {
        return Err(line.fail(format!(
            "it has {} spreads, expected exactly one of sd, population_sd and se",
            given.len()
        )));
    };
    let (sd, sd_decimals) = line.number(column, "a number of 0 or more")?;
    if sd < 0.0 {
        return Err(line.wrong(column, "a number of 0 or more"));
    }
    let printed = match line.text("printed_p") {
        "" => None,
        text => Some(PrintedP::parse(text).ok_or_else(|| {
            line.wrong("printed_p", "a p such as 0.03, 1.2e-4, <0.001, n.s. or **")
        })?),
    };
    let (model, init) = (line.text("model").to_string(), line.text("init").to_string());
    let name = [&model, &init].into_iter().filter(|t| !t.is_empty()).cloned();
    let name = name.collect::<Vec<_>>().join(" ");
    let fraction = line.either(&["label_fraction", "fraction"]);
    Ok(Entry {
        line: line.number,
        context: [line.text("task"), fraction, line.text("metric")].map(Into::into).to_vec(),
        against: line.text("against").into(),
        side: Side {
            name: if name.is_empty() { format!("line {}", line.number) } else { name },
            n,
            mean,
            mean_half: half_unit(mean_decimals),
            sd,
            sd_half: half_unit(sd_decimals),
            decimals: mean_decimals,
            mean_digitised: false,
            sd_digitised: false,
        },
        model,
        init,
        spread,
        printed,
    })
}

/// The row that a printed p compares with.
fn partner<'a>(
    entry: &Entry,
    others: impl Iterator<Item = &'a Entry>,
) -> Result<&'a Entry, String> {
    let group: Vec<&Entry> = others.filter(|other| other.context == entry.context).collect();
    let found: Vec<&Entry> = if entry.against.is_empty() {
        let free: Vec<&Entry> = group.iter().copied().filter(|o| o.printed.is_none()).collect();
        let same: Vec<&Entry> = free.iter().copied().filter(|o| o.model == entry.model).collect();
        if free.len() > 1 && same.len() == 1 { same } else { free }
    } else {
        group
            .iter()
            .copied()
            .filter(|other| {
                let by_init = other.init == entry.against && other.model == entry.model;
                let by_model = other.model == entry.against && other.init == entry.init;
                by_init || by_model || other.side.name == entry.against
            })
            .collect()
    };
    match found[..] {
        [one] => Ok(one),
        [] if entry.against.is_empty() => {
            Err("no row of its task is without printed_p; say in column against which row it was \
                 tested against"
                .into())
        }
        [] => Err(format!("no row of its task is called {:?} (column against)", entry.against)),
        _ => Err(format!(
            "{} rows could be what it was tested against (lines {}); say which in column against",
            found.len(),
            found.iter().map(|e| e.line.to_string()).collect::<Vec<_>>().join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::published::recheck::recheck;
    use proptest::prelude::*;

    const HEAD: &str = "task,model,init,mean,sd,n,printed_p,against\n";

    fn message(rows: &str) -> String {
        claims("t.csv", format!("{HEAD}{rows}").as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn the_reference_is_named_or_the_only_row_without_p() {
        let rows = "TXC,r,a,95.62,0.63,10,,\nTXC,r,b,97.00,0.60,10,<0.001,\n\
                    TXC,r,c,96.00,0.50,10,0.1,b\nPXS,r,a,1.0,0.1,5,,\nPXS,r,b,1.1,0.1,5,*,\n";
        let claims = claims("t.csv", format!("{HEAD}{rows}").as_bytes()).expect("claims");
        let ends: Vec<_> = claims.iter().map(|c| (c.a.name.as_str(), c.b.name.as_str())).collect();
        assert_eq!(ends, [("r a", "r b"), ("r b", "r c"), ("r a", "r b")]);
        assert_eq!((claims[0].a.mean_half, claims[2].a.mean_half), (0.005, 0.05));
        assert!(recheck(&claims[0]).words().contains("every test"));
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        assert!(message("t,m,a,1,0.1,5,,\n").contains("nothing to recheck"));
        assert!(message("t,m,a,1,0.1,5,0.1,\n").contains("t.csv:2"));
        assert!(message("t,m,a,1,0.1,5,,\nt,m,b,1,0.1,5,high,\n").contains("t.csv:3"));
        assert!(
            message("t,m,a,1,0.1,5,,\nt,m,b,1,0.1,5,,\nt,m,c,1,0.1,5,*,\n").contains("lines 2, 3")
        );
        assert!(message("t,m,a,1,0.1,5,,\nt,m,b,1,0.1,5,*,z\n").contains("\"z\""));
        assert!(message("t,m,a,1,-1,5,,\n").contains("0 or more"));
        let error = claims("t.csv", b"mean,n\n1,2\n").expect_err("refused").to_string();
        assert!(error.contains("printed_p"), "{error}");
    }

    #[test]
    fn anything_is_read_or_refused() {
        let failures = crate::table::fuzz::failures(|bytes| {
            let claims = claims("t.csv", bytes).unwrap_or_default();
            for claim in &claims {
                drop(recheck(claim));
            }
        });
        assert!(failures.is_empty(), "inputs {failures:?}");
    }

    proptest! {
        #[test]
        fn nothing_panics(text: String) {
            let _ = claims("t.csv", text.as_bytes());
            let _ = claims("t.csv", format!("{HEAD}{text}").as_bytes());
        }
    }
}
