//! What is wrong with the kernel, and what to do.

use std::path::Path;
use std::process::Command;

use super::host::Host;
use super::places::Places;
use super::process::output;
use super::session::STAMP;
use super::toolchain::{Toolchain, on_path};
use super::{sources, spec};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub what: &'static str,
    /// What was found.
    pub found: String,
    /// What to do; absent where all is well.
    pub way_out: Option<String>,
    /// Whether notebooks work without it.
    pub optional: bool,
}

impl Check {
    fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, found: found.into(), way_out: None, optional: false }
    }

    fn bad(what: &'static str, found: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self { what, found: found.into(), way_out: Some(way_out.into()), optional: false }
    }

    fn note(what: &'static str, found: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self { optional: true, ..Self::bad(what, found, way_out) }
    }
}

const INSTALL: &str = "run `transfolio kernel install`";

/// Looks at everything a kernel needs.
pub fn doctor(places: &Places, prefix: Option<&Path>) -> Vec<Check> {
    let mut checks = Vec::new();
    let toolchain = Toolchain::find();
    match &toolchain {
        Ok(toolchain) => {
            checks.push(Check::good("toolchain", toolchain.short()));
            checks.push(match &toolchain.sources {
                Some(path) => Check::good("rust-src", path.display().to_string()),
                None => Check::bad(
                    "rust-src",
                    "missing: variables would have no types",
                    "run `rustup component add rust-src`, or `transfolio kernel install`",
                ),
            });
        }
        Err(error) => checks.push(Check::bad("toolchain", "no cargo", error.to_string())),
    }
    checks.push(match Host::find(places) {
        Some(Host::Own(path)) => Check::good("host", path.display().to_string()),
        Some(Host::Foreign(path)) => Check::note(
            "host",
            format!(
                "{}: an interrupt loses the variables, and nothing is rendered",
                path.display()
            ),
            "run `transfolio kernel install` without --foreign",
        ),
        None => Check::bad("host", "not built", INSTALL),
    });
    checks.push(template(places, toolchain.as_ref().ok()));
    checks.push(kernel_spec(prefix));
    checks.push(config_in_the_way());
    checks.push(jupyter());
    checks
}

fn template(places: &Places, toolchain: Option<&Toolchain>) -> Check {
    let what = "workspace";
    let template = places.template();
    let Ok(stamp) = std::fs::read_to_string(template.join(STAMP)) else {
        return Check::bad(what, format!("{} is not built", template.display()), INSTALL);
    };
    if !sources::same(sources::CELL_CRATE, &places.cell_crate()) {
        return Check::bad(what, "the crate for cells is not the one of this program", INSTALL);
    }
    if toolchain.is_some_and(|toolchain| !stamp.starts_with(toolchain.version.trim())) {
        return Check::bad(
            what,
            format!("built by {}", stamp.lines().next().unwrap_or_default()),
            "run `transfolio kernel install` again; until then the first cell builds anew",
        );
    }
    Check::good(what, template.display().to_string())
}

fn kernel_spec(prefix: Option<&Path>) -> Check {
    let what = "kernel spec";
    let folder = match spec::folder(prefix) {
        Ok(folder) => folder,
        Err(error) => return Check::bad(what, "no folder", error.to_string()),
    };
    let Some(spec) = spec::read(&folder) else {
        return Check::bad(what, format!("none in {}", folder.display()), INSTALL);
    };
    let program = spec["argv"][0].as_str().unwrap_or_default();
    if !Path::new(program).is_file() {
        return Check::bad(what, format!("it starts {program}, which is gone"), INSTALL);
    }
    let own = std::env::current_exe().unwrap_or_default();
    if Path::new(program) != own {
        return Check::note(
            what,
            format!("it starts {program}, not {}", own.display()),
            "run `transfolio kernel install` with the program that notebooks should use",
        );
    }
    if spec["metadata"]["transfolio"] != env!("CARGO_PKG_VERSION") {
        return Check::bad(what, "it is of another version", INSTALL);
    }
    Check::good(what, folder.display().to_string())
}

/// evcxr reads an `evcxr.toml` of the notebook's folder instead of ours.
fn config_in_the_way() -> Check {
    let what = "evcxr.toml";
    if Path::new("evcxr.toml").is_file() {
        return Check::note(
            what,
            "one in this folder takes the place of the kernel's own",
            "move it away, or give it the lines of the kernel's (dependency and prelude)",
        );
    }
    Check::good(what, "none in this folder")
}

fn jupyter() -> Check {
    let what = "jupyter";
    match on_path("jupyter") {
        Some(path) => {
            let version = output(Command::new(&path).args(["lab", "--version"]));
            let version = version.map_or(String::new(), |text| format!(" (lab {})", text.trim()));
            Check::good(what, format!("{}{version}", path.display()))
        }
        None => Check::note(
            what,
            "not on the PATH; `transfolio render` does without",
            "install JupyterLab (`pip install jupyterlab`)",
        ),
    }
}
