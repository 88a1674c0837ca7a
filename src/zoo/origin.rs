//! What a weights file of a study says of itself, in the header of its
//! safetensors: enough to use it elsewhere and to trace it back.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::catalogue::Entry;
use super::error::CheckpointError;
use super::safetensors_file;
use crate::records::Ancestor;
use crate::spec::{RunId, RunKind, RunSpec};

/// The one key of the header: with several, the order in which the format's
/// crate writes them would change the file from run to run.
const KEY: &str = "transfolio";

/// Version of [`Origin`].
const FORMAT: u32 = 1;

/// Where weights come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Version of this structure.
    pub format: u32,
    /// Version of transfolio that trained them.
    pub transfolio: String,
    /// Version of libtorch.
    pub libtorch: String,
    /// Name of the run: the hash of `spec`.
    pub run: RunId,
    /// The resolved run, without the paths of this machine; its `data_hash`
    /// names the images and labels.
    pub spec: RunSpec,
    /// Names of the outputs, in order.
    pub classes: Vec<String>,
    /// What the run started from, and what that started from, oldest first;
    /// empty where the chain starts at random weights.
    pub ancestors: Vec<Ancestor>,
}

impl Origin {
    /// Of weights that a run has trained.
    pub fn new(
        spec: &RunSpec,
        classes: &[String],
        ancestors: Vec<Ancestor>,
        libtorch: &str,
    ) -> Self {
        Self {
            format: FORMAT,
            transfolio: env!("CARGO_PKG_VERSION").into(),
            libtorch: libtorch.into(),
            run: spec.id(),
            spec: spec.portable(),
            classes: classes.to_vec(),
            ancestors,
        }
    }

    /// The chain that ends with these weights, whose file has that SHA-256.
    pub fn chain(&self, sha256: &str) -> Vec<Ancestor> {
        let mut chain = self.ancestors.clone();
        chain.push(Ancestor {
            title: match self.spec.kind {
                RunKind::Pretraining => {
                    format!("the pretraining `{}` on `{}`", self.spec.init, self.spec.task)
                }
                RunKind::Target => {
                    format!("`{}` fine-tuned on `{}`", self.spec.init, self.spec.task)
                }
            },
            sha256: sha256.into(),
            run: Some(self.run.clone()),
            data_hash: Some(self.spec.data_hash.clone()),
        });
        chain
    }

    pub(super) fn to_metadata(&self) -> Result<HashMap<String, String>, String> {
        let json = serde_json::to_string(self).map_err(|error| error.to_string())?;
        Ok(HashMap::from([(KEY.to_string(), json)]))
    }
}

/// What a file says of its origin; `None` where it is no safetensors file or
/// was not made by a study.
///
/// # Errors
/// Where the file cannot be read, or what it says is damaged or newer than
/// this build.
pub fn origin(path: &Path) -> Result<Option<Origin>, CheckpointError> {
    let Some(metadata) = safetensors_file::metadata(path)? else { return Ok(None) };
    let Some(json) = metadata.get(KEY) else { return Ok(None) };
    let malformed = |reason: String| CheckpointError::Malformed {
        path: path.to_path_buf(),
        container: "weights file of a study",
        reason,
    };
    let Version { format } =
        serde_json::from_str(json).map_err(|error| malformed(error.to_string()))?;
    if format > FORMAT {
        return Err(malformed(format!(
            "its origin has format {format}, this build reads up to {FORMAT}"
        )));
    }
    serde_json::from_str(json).map(Some).map_err(|error| malformed(error.to_string()))
}

/// What a file of that SHA-256 comes from, itself last: the catalogue's model,
/// the chain that a study wrote into it, or no more than its name.
pub fn ancestry(
    path: &Path,
    entry: Option<&Entry>,
    sha256: &str,
) -> Result<Vec<Ancestor>, CheckpointError> {
    let itself =
        |title: String| vec![Ancestor { title, sha256: sha256.into(), run: None, data_hash: None }];
    if let Some(entry) = entry {
        let Entry { id, title, data, .. } = entry;
        return Ok(itself(format!("{title} on {data} (`{id}` of the catalogue)")));
    }
    if let Some(origin) = origin(path)? {
        return Ok(origin.chain(sha256));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(itself(format!("the file {name}")))
}

#[derive(Deserialize)]
struct Version {
    format: u32,
}
