//! Where everything of the kernel lies.

use std::path::PathBuf;

use crate::notebook::NotebookError;

/// Folders of the kernel, all below the user's cache folder:
///
/// ```text
/// evcxr/bin/transfolio-evcxr   the host, built once for all versions
/// evcxr/host/ evcxr/target/    its sources and its build
/// kernel/VERSION/crate/        the crate that cells compile against
/// kernel/VERSION/config/       evcxr.toml
/// kernel/VERSION/library/      the standard library's sources, for the analysis
/// kernel/VERSION/template/     a workspace that is built; sessions are copies
/// kernel/VERSION/sessions/N/   one per notebook that runs
/// kernel/specs.json            kernel specs that were written, for uninstall
/// ```
#[derive(Clone, Debug)]
pub struct Places {
    cache: PathBuf,
}

#[allow(missing_docs)]
impl Places {
    /// `TRANSFOLIO_CACHE`, else `transfolio` in the user's cache folder.
    pub fn of_user() -> Result<Self, NotebookError> {
        let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        set("TRANSFOLIO_CACHE")
            .or_else(|| set("XDG_CACHE_HOME").map(|dir| dir.join("transfolio")))
            .or_else(|| set("HOME").map(|dir| dir.join(".cache/transfolio")))
            .map(Self::at)
            .ok_or_else(|| {
                NotebookError::setup("there is no cache folder", "set HOME or TRANSFOLIO_CACHE")
            })
    }

    pub fn at(cache: impl Into<PathBuf>) -> Self {
        Self { cache: cache.into() }
    }
    pub fn evcxr(&self) -> PathBuf {
        // The build is the same for every cache of data: 14 minutes of work
        // are shared where a test or a user moves the other caches.
        std::env::var_os("TRANSFOLIO_EVCXR_ROOT")
            .filter(|v| !v.is_empty())
            .map_or_else(|| self.cache.join("evcxr"), PathBuf::from)
    }
    pub fn host(&self) -> PathBuf {
        self.evcxr().join("bin/transfolio-evcxr")
    }
    pub fn kernels(&self) -> PathBuf {
        self.cache.join("kernel")
    }
    pub fn specs(&self) -> PathBuf {
        self.kernels().join("specs.json")
    }
    pub fn kernel(&self) -> PathBuf {
        self.kernels().join(env!("CARGO_PKG_VERSION"))
    }
    pub fn cell_crate(&self) -> PathBuf {
        self.kernel().join("crate")
    }
    pub fn config(&self) -> PathBuf {
        self.kernel().join("config")
    }
    pub fn library(&self) -> PathBuf {
        self.kernel().join("library")
    }
    pub fn template(&self) -> PathBuf {
        self.kernel().join("template")
    }
    pub fn sessions(&self) -> PathBuf {
        self.kernel().join("sessions")
    }
    pub fn rendered(&self) -> PathBuf {
        self.cache.join("render")
    }
}
