//! Puts libtorch into a per-user cache and points the build at it.
//!
//! The pip wheel of torch is built against CUDA and weighs 4.7 GB installed.
//! Its CPU part is 544 MB: `libtorch_cpu.so`, `libc10.so` and `libgomp.so.1`,
//! plus the two CUDA runtime libraries that `libtorch_cpu.so` links to. The
//! wheels are fetched by pip (which knows the machine's index and proxy),
//! verified by SHA-256 and unpacked, never installed. `libtorch_cuda*.so` is
//! left out on purpose: torch-sys would link to it, and the program loads the
//! one of a full installation at start instead.

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

/// The libtorch release that tch 0.24 binds.
const VERSION: &str = "2.11.0";

struct Wheel {
    requirement: &'static str,
    file: &'static str,
    sha256: &'static str,
}

const WHEELS: [Wheel; 3] = [
    Wheel {
        requirement: "torch==2.11.0",
        file: "torch-2.11.0-cp312-cp312-manylinux_2_28_x86_64.whl",
        sha256: "0f68f4ac6d95d12e896c3b7a912b5871619542ec54d3649cf48cc1edd4dd2756",
    },
    Wheel {
        requirement: "nvidia-cuda-runtime==13.0.96",
        file: "nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
        sha256: "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
    },
    Wheel {
        requirement: "nvidia-cuda-cupti==13.0.85",
        file: "nvidia_cuda_cupti-13.0.85-py3-none-manylinux_2_25_x86_64.whl",
        sha256: "4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8",
    },
];

/// Members of the wheels that the build and the program need.
fn wanted(member: &str) -> bool {
    member.starts_with("torch/include/")
        || matches!(
            member,
            "torch/lib/libtorch_cpu.so"
                | "torch/lib/libc10.so"
                | "torch/lib/libgomp.so.1"
                | "nvidia/cu13/lib/libcudart.so.13"
                | "nvidia/cu13/lib/libcupti.so.13"
        )
}

/// Makes libtorch available to every later cargo command of this checkout.
///
/// Does nothing when the caller brings a libtorch of his own.
pub(crate) fn ensure_present(root: &Path) -> Result<()> {
    for variable in ["LIBTORCH", "LIBTORCH_USE_PYTORCH"] {
        if std::env::var_os(variable).is_some_and(|v| !v.is_empty()) {
            println!("libtorch: using the one named by {variable}");
            return Ok(());
        }
    }
    let home = install()?;
    write_config(root, &home.join("torch"))
}

/// Folder that holds everything the project caches for this user.
pub(crate) fn cache_dir() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("TRANSFOLIO_CACHE") {
        return Ok(dir.into());
    }
    let base = match std::env::var_os("XDG_CACHE_HOME").filter(|v| !v.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    Ok(base.join("transfolio"))
}

fn install() -> Result<PathBuf> {
    let home = cache_dir()?.join(format!("libtorch-{VERSION}-cpu"));
    if home.join("complete").is_file() {
        return Ok(home);
    }
    ensure!(
        cfg!(all(target_os = "linux", target_arch = "x86_64")),
        "libtorch is fetched on x86-64 Linux only; elsewhere set LIBTORCH to an unpacked \
         libtorch {VERSION}, or LIBTORCH_USE_PYTORCH=1 to use the torch {VERSION} of the active Python"
    );
    let parent = cache_dir()?;
    fs::create_dir_all(&parent).with_context(|| format!("cannot create {}", parent.display()))?;
    // Everything happens in a folder beside the final one and is renamed at
    // the end: an interrupted set-up never looks finished.
    let partial = parent.join(format!("libtorch-{VERSION}-cpu.partial-{}", std::process::id()));
    fs::create_dir_all(&partial)?;
    let result = WHEELS.iter().try_for_each(|wheel| fetch(wheel, &partial));
    let result = result.and_then(|()| stub(&partial.join("torch/lib")));
    if let Err(error) = result {
        let _ = fs::remove_dir_all(&partial);
        return Err(error);
    }
    fs::write(partial.join("complete"), VERSION)?;
    if let Err(error) = fs::rename(&partial, &home) {
        // Another set-up may have finished first; its result is as good.
        let _ = fs::remove_dir_all(&partial);
        if !home.join("complete").is_file() {
            return Err(error).with_context(|| format!("cannot create {}", home.display()));
        }
    }
    println!("libtorch: {VERSION} (CPU part) is in {}", home.display());
    Ok(home)
}

fn fetch(wheel: &Wheel, home: &Path) -> Result<()> {
    println!("libtorch: fetching {}", wheel.requirement);
    let downloads = home.join("wheels");
    let status = Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check"])
        .args(["--no-deps", "--only-binary=:all:", "--implementation", "cp"])
        // The wheel is unpacked, not imported: one Python version serves all.
        .args(["--python-version", "3.12", "--abi", "cp312", "--abi", "none"])
        .args(["--platform", "manylinux_2_28_x86_64", "--platform", "manylinux_2_25_x86_64"])
        .args(["--platform", "manylinux_2_17_x86_64", "--platform", "manylinux2014_x86_64"])
        .arg(wheel.requirement)
        .arg("--dest")
        .arg(&downloads)
        .status()
        .context("cannot start `python3 -m pip`; install Python 3 with pip, or set LIBTORCH")?;
    ensure!(
        status.success(),
        "pip could not download {} ({status}); check the network, or set LIBTORCH to an unpacked \
         libtorch {VERSION}",
        wheel.requirement
    );
    let file = downloads.join(wheel.file);
    let got = sha256(&file)?;
    ensure!(
        got == wheel.sha256,
        "{} has SHA-256 {got}, expected {}; nothing was unpacked",
        file.display(),
        wheel.sha256
    );
    unpack(&file, home)?;
    fs::remove_dir_all(&downloads)?;
    Ok(())
}

fn sha256(file: &Path) -> Result<String> {
    let mut reader =
        File::open(file).with_context(|| format!("pip did not leave {}", file.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = reader.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn unpack(wheel: &Path, home: &Path) -> Result<()> {
    let mut archive = zip::ZipArchive::new(io::BufReader::new(File::open(wheel)?))
        .with_context(|| format!("{} is not a zip archive", wheel.display()))?;
    extract_wanted(&mut archive, home)
}

fn extract_wanted<R: Read + Seek>(archive: &mut zip::ZipArchive<R>, home: &Path) -> Result<()> {
    for index in 0..archive.len() {
        let mut member = archive.by_index(index)?;
        let Some(path) = member.enclosed_name() else { continue };
        if member.is_dir() || !wanted(&path.to_string_lossy()) {
            continue;
        }
        let target = home.join(path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut out = File::create(&target)?;
        io::copy(&mut member, &mut out)
            .with_context(|| format!("cannot write {}", target.display()))?;
    }
    Ok(())
}

/// torch-sys links `-ltorch`, and the real `libtorch.so` pulls in CUDA; an
/// empty library of that name satisfies the linker and is dropped from the
/// finished binary.
fn stub(lib: &Path) -> Result<()> {
    let source = lib.join("stub.c");
    fs::write(&source, "int transfolio_libtorch_stub;\n")?;
    let status = Command::new(std::env::var("CC").unwrap_or_else(|_| "cc".into()))
        .args(["-shared", "-fPIC", "-Wl,-soname,libtorch.so", "-o"])
        .arg(lib.join("libtorch.so"))
        .arg(&source)
        .status()
        .context("cannot start the C compiler `cc`; install one, or set CC")?;
    fs::remove_file(&source)?;
    if !status.success() {
        bail!("the C compiler failed to make {}/libtorch.so ({status})", lib.display());
    }
    Ok(())
}

/// Written only when it changes, so that cargo rebuilds nothing.
fn write_config(root: &Path, libtorch: &Path) -> Result<()> {
    let text = format!(
        "# Written by `cargo xtask setup`; an exported LIBTORCH wins.\n[env]\nLIBTORCH = {:?}\n",
        libtorch.display().to_string()
    );
    let file = root.join(".cargo/libtorch.toml");
    if fs::read_to_string(&file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
}
