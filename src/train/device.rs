//! Which device a run uses, and CUDA found at start.
//!
//! The binary is built against the CPU part of libtorch. When a full
//! installation of the same release is on the machine, its `libtorch_cuda.so`
//! is loaded into the process before the first tensor; libtorch then finds the
//! CUDA backend as if it had been linked.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::sync::OnceLock;

/// Release of libtorch this build speaks.
pub const LIBTORCH: &str = "2.11.0";

/// What the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceChoice {
    /// CUDA when it is there, else the CPU.
    Auto,
    /// The CPU.
    Cpu,
    /// One CUDA device.
    Cuda(usize),
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            other => other
                .strip_prefix("cuda:")
                .and_then(|index| index.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(|| {
                    format!("{other:?} is no device; expected auto, cpu, cuda or cuda:N")
                }),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}

/// Why the asked-for device cannot be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum DeviceError {
    #[error(
        "device {asked} was asked for, but CUDA is not available: {reason}; run `transfolio \
         doctor`, or use --device cpu"
    )]
    NoCuda { asked: DeviceChoice, reason: String },
    #[error("device cuda:{asked} was asked for, but there are {count} CUDA devices")]
    NoSuchDevice { asked: usize, count: i64 },
    #[error("precision \"{asked}\" was asked for, but device {device} has {has}")]
    Precision { asked: &'static str, device: String, has: &'static str },
}

/// What was found of CUDA, and why it is not used where it is not.
#[derive(Clone, Debug)]
pub struct Cuda {
    /// The library that was loaded.
    pub library: Option<PathBuf>,
    /// Number of devices.
    pub devices: i64,
    /// Why there are none.
    pub reason: Option<String>,
}

/// Looks for CUDA, once per process. Must come before the first tensor:
/// libtorch remembers the answer to its first CUDA query for ever.
pub fn find_cuda() -> &'static Cuda {
    static FOUND: OnceLock<Cuda> = OnceLock::new();
    FOUND.get_or_init(|| {
        if cuda_is_linked() {
            return count_devices(None);
        }
        match torch_library_folder() {
            Err(reason) => Cuda { library: None, devices: 0, reason: Some(reason) },
            Ok(folder) => match load(&folder) {
                Ok(library) => count_devices(Some(library)),
                Err(reason) => Cuda { library: None, devices: 0, reason: Some(reason) },
            },
        }
    })
}

/// A libtorch with CUDA may have been given at build time; it is loaded then.
fn cuda_is_linked() -> bool {
    std::fs::read_to_string("/proc/self/maps").is_ok_and(|maps| maps.contains("libtorch_cuda.so"))
}

fn count_devices(library: Option<PathBuf>) -> Cuda {
    let devices = tch::Cuda::device_count();
    let reason = (devices == 0).then(|| match driver_version() {
        Some(version) => {
            format!("libtorch sees no device although NVIDIA driver {version} is loaded")
        }
        None => "no NVIDIA driver is loaded on this machine".to_string(),
    });
    Cuda { library, devices, reason }
}

/// Version of the kernel's NVIDIA driver.
pub fn driver_version() -> Option<String> {
    let text = std::fs::read_to_string("/proc/driver/nvidia/version").ok()?;
    let mut words = text.lines().next()?.split_whitespace();
    words.find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(Into::into)
}

/// The `lib` folder of a full torch installation: `TRANSFOLIO_TORCH`, else the
/// torch of the active Python.
fn torch_library_folder() -> Result<PathBuf, String> {
    if let Some(dir) = std::env::var_os("TRANSFOLIO_TORCH") {
        let dir = PathBuf::from(dir);
        return [dir.join("lib"), dir.clone()]
            .into_iter()
            .find(|lib| lib.join("libtorch_cuda.so").is_file())
            .ok_or_else(|| {
                format!("TRANSFOLIO_TORCH is {}, which has no lib/libtorch_cuda.so", dir.display())
            });
    }
    let script = "import importlib.util as u, importlib.metadata as m, os\n\
                  s = u.find_spec('torch')\n\
                  print(m.version('torch') if s else ''); print(os.path.dirname(s.origin) if s else '')";
    let output = Command::new("python3").args(["-c", script]).output();
    let text = match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).to_string()
        }
        _ => return Err(no_torch()),
    };
    let (version, folder) = text.trim().split_once('\n').ok_or_else(no_torch)?;
    let release = version.split('+').next().unwrap_or_default();
    if release != LIBTORCH {
        return Err(format!(
            "the active Python has torch {version}, this build needs {LIBTORCH}; set \
             TRANSFOLIO_TORCH to a torch {LIBTORCH} with CUDA"
        ));
    }
    let lib = Path::new(folder).join("lib");
    if lib.join("libtorch_cuda.so").is_file() {
        return Ok(lib);
    }
    Err(format!(
        "the active Python's torch {version} has no CUDA (no libtorch_cuda.so in {})",
        lib.display()
    ))
}

fn no_torch() -> String {
    format!(
        "no full torch {LIBTORCH} was found: the active Python has none, and TRANSFOLIO_TORCH is \
         not set"
    )
}

#[allow(unsafe_code)]
fn load(folder: &Path) -> Result<PathBuf, String> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
    let path = folder.join("libtorch_cuda.so");
    // SAFETY: the library's initialisers register the CUDA backend with the
    // libtorch already in the process; its release was checked above, and it
    // is never unloaded.
    let library = unsafe { Library::open(Some(&path), RTLD_NOW | RTLD_GLOBAL) }
        .map_err(|error| format!("cannot load {}: {error}", path.display()))?;
    std::mem::forget(library);
    Ok(path)
}

/// The device to use, or why it cannot be used. Never falls back silently
/// from CUDA to the CPU.
pub fn choose(choice: DeviceChoice) -> Result<tch::Device, DeviceError> {
    if choice == DeviceChoice::Cpu {
        return Ok(tch::Device::Cpu);
    }
    let cuda = find_cuda();
    match choice {
        DeviceChoice::Auto if cuda.devices > 0 => Ok(tch::Device::Cuda(0)),
        DeviceChoice::Auto | DeviceChoice::Cpu => Ok(tch::Device::Cpu),
        DeviceChoice::Cuda(_) if cuda.devices == 0 => Err(DeviceError::NoCuda {
            asked: choice,
            reason: cuda.reason.clone().unwrap_or_else(|| "libtorch does not say why".into()),
        }),
        DeviceChoice::Cuda(asked) if asked as i64 >= cuda.devices => {
            Err(DeviceError::NoSuchDevice { asked, count: cuda.devices })
        }
        DeviceChoice::Cuda(index) => Ok(tch::Device::Cuda(index)),
    }
}

/// `cpu` or `cuda:N`, for records.
pub fn label(device: tch::Device) -> String {
    match device {
        tch::Device::Cuda(index) => format!("cuda:{index}"),
        _ => "cpu".into(),
    }
}
