//! What each task runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::{axe, clients, device, libtorch, notebook, peer};

const HELP: &str = "\
cargo xtask <TASK>

  setup        fetch libtorch into the per-user cache, point the build at it, and build
               the helper that draws PNG files and formats CSL citations
  demo         setup, build, run the built-in phantom study, write its report
               (arguments after it go to `transfolio demo`)
  test         setup, build, run the whole test suite, with and without libtorch
  bench-peer   setup, build, speed and memory beside the tools people use today,
               in one run (report, training, statistics, loading, decoding, or nothing for all;
               --rounds N, --threads N; for the training --network NAME and --batch N)
  bench-scale  build, the full analysis of a synthetic study of 30 models x 10 tasks
               x 14 labels x 10 seeds with 25,000 test images, its time and memory
               (5 GB on disk meanwhile; --models N, --cases N, --folder DIR, ...)
  coverage     build, empirical coverage of every interval of a mean beside the
               documented figures (--simulations N, --resamples N, --seed N)
  parity       setup, build, each network with random weights in torchvision or timm and
               here: the largest difference (networks by name, or nothing for all);
               `parity steps`: the losses of 20 steps from equal weights, in 64 bits;
               `parity masks`: metrics of masks beside MONAI and medpy
  kernel       setup, build, build the host of notebooks (once, about 15 minutes of
               processor time), install the Jupyter kernel `transfolio`
  bench-notebook
               time from the start of a kernel to the first figure, of later cells, of
               `:use plotters`, of an unchanged notebook and of a changed cell (the
               kernel's host must be built; --program FILE saves the build)
  notebook-clients
               JupyterLab, nbclient and papermill into the per-user cache, and the tests
               that need them (the kernel's host must be built)
  frames       build and run a cell with Polars frames, the feature `polars` of the crate
               for cells (it builds polars in a folder of its own: about 5 minutes)
  kills        build, kill runners and workers of a small study at moments of chance, 200
               times (--kills N, --jobs N, --seed N): nothing may be lost, changed or
               called a failure (Linux)
  cluster      build, unpack Slurm (Debian's packages), run a small study through it and
               through HyperQueue (--hq PATH, HQ, `hq` on PATH, or its release) on two
               nodes, and kill slots, daemons and nodes at 50 moments of chance (--kills N,
               --launcher NAME, --seed N): the results must be those of the undisturbed
               study (Linux)
  device-check build, and check the device of this machine: all networks against the CPU,
               a study twice, a study that is killed, then speed and memory beside
               PyTorch (--device NAME, --minutes N, --out DIR, --program FILE); without a
               GPU in a reduced form. `device-check pack` makes the folder that travels to
               a machine without network or compiler, where `bash run.sh` does the same
  shared       build, and run two runners at one folder through two mounts that simulate a
               network file system (bindfs, of Debian's packages), killing them (--kills N):
               the results must be those of one runner (Linux, as root)
  lint         format check, clippy and documentation with warnings denied
  help         this list
";

/// Builds the helper; not together with the main package, which would then be
/// built with the helper's features of shared dependencies.
const HELPER: [&str; 3] = ["build", "--package", "transfolio-typeset"];

/// Runs the task named by the first argument.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let root = workspace_root()?;
    let rest: Vec<&str> = args.iter().skip(1).map(String::as_str).collect();
    match args.first().map(String::as_str) {
        Some("setup") => {
            libtorch::ensure_present(&root)?;
            cargo(&root, &HELPER)
        }
        Some("demo") => demo(&root, rest),
        Some("test") => {
            libtorch::ensure_present(&root)?;
            if let Err(reason) = axe::ensure_present() {
                println!("axe-core cannot be had, pages are not checked with it: {reason:#}");
            }
            cargo(&root, &HELPER)?;
            cargo(&root, &["test", "--package", "transfolio-typeset"])?;
            cargo(&root, &["test"])?;
            cargo(&root, &["test", "--no-default-features", "--lib"])?;
            cargo(&root, &["test", "--package", "xtask"])
        }
        Some("bench-peer") => {
            libtorch::ensure_present(&root)?;
            peer::run(&root, &rest)
        }
        Some("bench-scale") => bench(&root, "full_analysis", &rest),
        Some("coverage") => bench(&root, "coverage", &rest),
        Some("parity") => {
            libtorch::ensure_present(&root)?;
            match rest.as_slice() {
                ["masks"] => peer::masks::run(&root),
                ["steps", networks @ ..] => peer::steps::run(&root, networks),
                _ => peer::parity::run(&root, &rest),
            }
        }
        Some("kernel") => {
            libtorch::ensure_present(&root)?;
            let mut all = vec!["run", "--", "kernel", "install"];
            all.extend(rest);
            cargo(&root, &all)
        }
        Some("bench-notebook") => {
            libtorch::ensure_present(&root)?;
            let given = rest.iter().position(|argument| *argument == "--program");
            let given = given.and_then(|at| rest.get(at + 1)).map(PathBuf::from);
            if given.is_none() {
                cargo(&root, &HELPER)?;
                cargo(&root, &["build"])?;
            }
            notebook::run(&root, given)
        }
        Some("notebook-clients") => {
            libtorch::ensure_present(&root)?;
            clients::ensure_present()?;
            let all = ["test", "--test", "suite", "jupyter::", "--", "--include-ignored"];
            cargo(&root, &[&all[..], &["--nocapture", "--test-threads", "1"]].concat())
        }
        Some("frames") => {
            libtorch::ensure_present(&root)?;
            let all = ["test", "--test", "suite", "notebook::a_frame", "--", "--ignored"];
            cargo(&root, &[&all[..], &["--nocapture"]].concat())
        }
        Some("device-check") => device::run(&root, &rest),
        #[cfg(target_os = "linux")]
        Some("kills") => crate::kills::run(built_unless_given(&root, &rest)?, &rest),
        #[cfg(target_os = "linux")]
        Some("cluster") => crate::cluster::run(built_unless_given(&root, &rest)?, &rest),
        #[cfg(target_os = "linux")]
        Some("shared") => crate::shared::run(built_unless_given(&root, &rest)?, &rest),
        Some("lint") => {
            libtorch::ensure_present(&root)?;
            cargo(&root, &["fmt", "--all", "--check"])?;
            cargo(&root, &["clippy", "--all-targets", "--", "-D", "warnings"])?;
            let left_out =
                ["clippy", "--no-default-features", "--lib", "--bins", "--", "-D", "warnings"];
            cargo(&root, &left_out)?;
            cargo(&root, &["clippy", "--package", "transfolio-typeset", "--", "-D", "warnings"])?;
            cargo(&root, &["clippy", "--package", "xtask", "--", "-D", "warnings"])?;
            let benches = ["--lib", "--bins", "--benches", "--", "-D", "warnings"];
            cargo(&root, &[&["clippy", "--package", "transfolio-benches"], &benches[..]].concat())?;
            document(&root)
        }
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        Some(other) => bail!("there is no task {other:?}\n\n{HELP}"),
    }
}

/// The program, built unless `--program` names another one.
#[cfg(target_os = "linux")]
fn built_unless_given(root: &Path, args: &[&str]) -> Result<PathBuf> {
    if !args.contains(&"--program") {
        libtorch::ensure_present(root)?;
        cargo(root, &["build"])?;
    }
    Ok(target_dir(root).join("debug/transfolio"))
}

/// Runs the phantom study from start to end.
fn demo(root: &Path, rest: Vec<&str>) -> Result<()> {
    libtorch::ensure_present(root)?;
    // Two jobs of one thread finish more runs than one job of two.
    let mut all = vec!["run", "--", "demo"];
    if rest.is_empty() {
        all.extend(["--jobs", "2"]);
    }
    all.extend(rest);
    cargo(root, &all)?;
    if !target_dir(root).join("debug/transfolio-typeset").is_file() {
        println!(
            "PNG files of figures (`transfolio report --export`) and CSL styles need a helper: \
             `cargo xtask setup` builds it"
        );
    }
    Ok(())
}

/// The documentation of all items, private ones too, of the library and of the
/// crate for cells: links that lead nowhere are errors, as every warning.
fn document(root: &Path) -> Result<()> {
    for package in ["transfolio", "transfolio-notebook"] {
        let args = ["doc", "--no-deps", "--document-private-items", "--lib", "--package", package];
        cargo_with(root, &args, &[("RUSTDOCFLAGS", "-D warnings")])?;
    }
    Ok(())
}

/// Builds and runs a program of the package of benchmarks; none needs libtorch.
fn bench(root: &Path, name: &str, args: &[&str]) -> Result<()> {
    let mut all = vec!["run", "--release", "--package", "transfolio-benches", "--bin", name, "--"];
    all.extend(args);
    cargo(root, &all)
}

/// The checkout that `cargo xtask` was called in: cargo says which. A program
/// built in another checkout that shares the build directory would know only
/// that one.
fn workspace_root() -> Result<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.parent().map(Path::to_path_buf).context("xtask has no parent folder")
}

/// Where cargo leaves what it builds.
pub(crate) fn target_dir(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

pub(crate) fn cargo(root: &Path, args: &[&str]) -> Result<()> {
    cargo_with(root, args, &[])
}

/// [`cargo`] with variables of the environment.
pub(crate) fn cargo_with(root: &Path, args: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    println!("cargo {}", args.join(" "));
    let mut command = Command::new(env!("CARGO"));
    // This process was started by cargo, which describes the package `xtask` in
    // the environment. The build script of `ring` is run again when that
    // changes, and with it all of polars is built again: a cargo started here
    // must find what a cargo started in a shell finds.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(&name);
        }
    }
    command.envs(variables.iter().copied());
    let status = command.current_dir(root).args(args).status().context("cannot start cargo")?;
    ensure!(status.success(), "`cargo {}` failed ({status})", args.join(" "));
    Ok(())
}
