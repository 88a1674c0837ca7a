//! `:use NAME`: crates that are often wanted in a notebook, in versions that
//! were tried together and with no more features than a notebook needs.

/// A crate, what is written for it, and how long it takes to build.
struct Known {
    name: &'static str,
    version: &'static str,
    dependency: &'static str,
    /// Runs after it is there.
    code: &'static str,
    /// Once for each kernel that runs beside others, on two cores.
    time: &'static str,
}

const KNOWN: [Known; 5] = [
    Known {
        name: "plotters",
        version: "0.3.7",
        dependency: "{ version = \"=0.3.7\", default-features = false, features = [\"svg_backend\", \
            \"area_series\", \"boxplot\", \"candlestick\", \"errorbar\", \"histogram\", \"line_series\", \
            \"point_series\", \"surface_series\"] }",
        code: PLOTTERS,
        time: "about 10 s",
    },
    Known {
        name: "serde",
        version: "1",
        dependency: "{ version = \"1\", features = [\"derive\"] }",
        code: "use serde::{Deserialize, Serialize};",
        time: "about 10 s",
    },
    Known {
        name: "csv",
        version: "1.4",
        dependency: "\"1.4\"",
        code: "use csv;",
        time: "about 5 s",
    },
    Known {
        name: "ndarray",
        version: "0.16",
        dependency: "\"0.16\"",
        code: "use ndarray::prelude::*;",
        time: "about 10 s",
    },
    Known {
        name: "polars",
        version: "0.55.2",
        dependency: "{ version = \"=0.55.2\", default-features = false, features = [\"csv\", \"fmt\", \
            \"is_in\", \"lazy\", \"parquet\", \"rank\", \"strings\", \"temporal\"] }",
        code: "use polars::prelude::*;",
        time: "about five minutes",
    },
];

/// A figure of a closure over a drawing area, fitting the cell.
const PLOTTERS: &str = "use plotters::prelude::*;
fn figure_sized<F>(size: (u32, u32), draw: F) -> transfolio_notebook::Result<transfolio_notebook::Figure>
where
    F: FnOnce(
        &plotters::drawing::DrawingArea<plotters::prelude::SVGBackend<'_>, plotters::coord::Shift>,
    ) -> std::result::Result<(), Box<dyn std::error::Error>>,
{
    use plotters::drawing::IntoDrawingArea as _;
    let mut svg = String::new();
    {
        let area = plotters::prelude::SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&plotters::style::WHITE)?;
        draw(&area).map_err(|error| transfolio_notebook::Error::own(error.to_string()))?;
        area.present()?;
    }
    transfolio_notebook::Figure::from_svg(svg)
}
fn figure<F>(draw: F) -> transfolio_notebook::Result<transfolio_notebook::Figure>
where
    F: FnOnce(
        &plotters::drawing::DrawingArea<plotters::prelude::SVGBackend<'_>, plotters::coord::Shift>,
    ) -> std::result::Result<(), Box<dyn std::error::Error>>,
{
    figure_sized((640, 420), draw)
}";

/// What a cell asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// To be run before the cell.
    pub before: String,
    /// The cell with its `:use` lines empty, so that lines keep their numbers.
    pub code: String,
    /// What is built, in words.
    pub built: Vec<String>,
}

/// Takes the `:use` lines out of a cell; an error says what there is.
pub fn of(code: &str) -> Result<Uses, String> {
    let mut uses = Uses::default();
    for line in code.split_inclusive('\n') {
        let Some(rest) = line
            .trim()
            .strip_prefix(":use")
            .filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        else {
            uses.code += line;
            continue;
        };
        if line.ends_with('\n') {
            uses.code.push('\n');
        }
        if rest.trim().is_empty() {
            return Err(format!(
                ":use needs a name; there are {}. Any other crate: `:dep NAME = \"VERSION\"`",
                all()
            ));
        }
        for name in rest.split([' ', ',', '\t']).filter(|name| !name.is_empty()) {
            let known =
                KNOWN.iter().find(|known| known.name == name).ok_or_else(|| unknown(name))?;
            uses.before += &format!(":dep {name} = {}\n{}\n", known.dependency, known.code);
            uses.built.push(format!("{name} {} ({})", known.version, known.time));
        }
    }
    Ok(uses)
}

fn unknown(name: &str) -> String {
    if name == "tch" {
        return "tch cannot be used in a cell: it would load a second libtorch, of another build, beside \
            the program's. Networks are trained by studies: Study::open(\"study.toml\")?.run()?"
            .into();
    }
    format!(
        "there is no :use {name}; there are {}. Any other crate: `:dep {name} = \"1\"`, with its version",
        all()
    )
}

/// All names with their versions.
fn all() -> String {
    let all: Vec<String> =
        KNOWN.iter().map(|known| format!("{} {}", known.name, known.version)).collect();
    all.join(", ")
}

/// Whether cargo failed because it was not to use the network.
pub fn wants_network(text: &str) -> bool {
    ["offline", "no matching package", "failed to select a version", "unable to update"]
        .iter()
        .any(|part| text.to_lowercase().contains(part))
}

/// What to do where there is no network, or none is wanted.
pub const OFFLINE: &str = "a crate is not on this machine. Crates that were fetched once serve all later \
    sessions; with TRANSFOLIO_OFFLINE=1 in the environment, as without a network, no others are there. \
    `cargo fetch` on a machine with a network, and a copy of ~/.cargo/registry, brings them here";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_numbers_and_names_are_known() {
        let uses = of("let a = 1;\n:use serde, csv\nlet b = 2;").expect("known");
        assert_eq!(uses.code, "let a = 1;\n\nlet b = 2;");
        assert!(uses.before.starts_with(":dep serde = {") && uses.before.contains("use csv;"));
        assert_eq!(uses.built.len(), 2);
        assert_eq!(
            of("let used = 1;\n:used"),
            Ok(Uses { code: "let used = 1;\n:used".into(), ..Uses::default() })
        );
        assert!(of("let a = 1;\n:use").expect_err("no name").contains("polars 0.55.2"));
        assert!(of(":use nothing").expect_err("unknown").contains("plotters 0.3.7"));
        assert!(of(":use tch").expect_err("refused").contains("second libtorch"));
        assert!(
            wants_network("error: no matching package named `x` found")
                && !wants_network("mismatched types")
        );
    }
}
