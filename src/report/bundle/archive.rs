//! A bundle as a zip archive, which is what a page carries and a reader may
//! save and open.
//!
//! ```text
//! bundle.json     version, name, reading, options, claims, manner
//! results.csv     the CSV file, byte for byte            (results of a CSV file)
//! study.json      the study, as in its folder            (results of a study)
//! runs.json       specification and record of every run  (results of a study)
//! carried.json    results of what the page does not hold (results of a study,
//!                 or of tables of cases that are too large)
//! table-0         a table of cases, byte for byte        (tables of cases)
//! template/...    templates that are not built in        (pages that have some)
//! ```

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::look::Look;
use super::types::{Bundle, Carried, CaseFile, Manner, RunRow, Source, StudySource};
use crate::compare::CompareOptions;
use crate::frame::Reading;
use crate::records::StudyRecord;
use crate::report::downloads::MOST_INFLATED;
use crate::spec::Claim;

/// Version of the archive.
const FORMAT: u32 = 3;

/// What can be wrong with embedded data.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum BundleError {
    #[error("the embedded data is not an archive: {reason}")]
    NoArchive { reason: String },
    #[error("the embedded data lacks {name}, or it cannot be read: {reason}")]
    Member { name: String, reason: String },
    #[error(
        "the embedded data has format {got}, written by transfolio {version}; this build reads up \
         to {FORMAT}: use a newer transfolio"
    )]
    TooNew { got: u32, version: String },
    #[error(
        "the embedded data has format {got}, written by transfolio {version}; this build reads \
         format {FORMAT}: verify the page with that version, or write the report anew from its \
         records"
    )]
    TooOld { got: u32, version: String },
    #[error("the embedded data cannot be written: {reason}")]
    Write { reason: String },
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    transfolio: String,
    name: String,
    #[serde(default)]
    reading: Reading,
    options: CompareOptions,
    claims: Vec<Claim>,
    #[serde(default)]
    results_sha256: String,
    #[serde(default)]
    manner: Manner,
    /// Tables of cases, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tables: Vec<CaseFile>,
    /// Names of the templates that are not built in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    templates: Vec<String>,
}

impl Bundle {
    /// The archive: same bundle in, same bytes out.
    pub(in crate::report) fn pack(&self) -> Result<Vec<u8>, BundleError> {
        let reading = match &self.source {
            Source::Csv { reading, .. } | Source::Cases { reading, .. } => reading.clone(),
            Source::Study(study) => Reading { further: study.asked.clone(), ..Reading::default() },
            Source::Published => Reading::default(),
        };
        let manifest = Manifest {
            format: FORMAT,
            transfolio: env!("CARGO_PKG_VERSION").into(),
            name: self.name.clone(),
            reading,
            options: self.options.clone(),
            claims: self.claims.clone(),
            results_sha256: self.study().map_or(String::new(), |s| s.results_sha256.clone()),
            manner: self.manner.clone(),
            tables: match &self.source {
                Source::Cases { files, .. } => files.clone(),
                _ => Vec::new(),
            },
            templates: self.manner.look.files.keys().cloned().collect(),
        };
        let mut members = vec![("bundle.json".to_string(), json(&manifest)?)];
        let mut add = |name: &str, bytes: Vec<u8>| members.push((name.to_string(), bytes));
        match &self.source {
            Source::Csv { bytes, .. } => add("results.csv", bytes.clone()),
            Source::Cases { files, .. } => {
                for (at, file) in files.iter().enumerate() {
                    if let Some(bytes) = &file.bytes {
                        add(&format!("table-{at}"), bytes.clone());
                    }
                }
                if self.carried.reduced.is_some() {
                    add("carried.json", json(&self.carried)?);
                }
            }
            Source::Study(study) => {
                add("study.json", json(&study.record)?);
                add("runs.json", json(&study.runs)?);
                add("carried.json", json(&self.carried)?);
            }
            // The published numbers are part of the program.
            Source::Published => {}
        }
        for (name, text) in &self.manner.look.files {
            add(&member_of(name), text.clone().into_bytes());
        }
        write(&members).map_err(|error| BundleError::Write { reason: error.to_string() })
    }

    /// The bundle of an archive, all members of which may unpack to `room` bytes.
    pub(in crate::report) fn unpack(bytes: &[u8], room: u64) -> Result<Self, BundleError> {
        let mut archive = Members::open(bytes, room)?;
        let text = archive.member("bundle.json")?;
        let Version { format, transfolio } = parse("bundle.json", &text)?;
        if format > FORMAT {
            return Err(BundleError::TooNew { got: format, version: transfolio });
        }
        if format < FORMAT {
            return Err(BundleError::TooOld { got: format, version: transfolio });
        }
        let mut manifest: Manifest = parse("bundle.json", &text)?;
        manifest.manner.look.files = templates(&mut archive, &manifest.templates)?;
        let is_study = archive.has("study.json");
        let (source, carried) = if is_study {
            let record: StudyRecord = parse("study.json", &archive.member("study.json")?)?;
            let member = |reason| BundleError::Member { name: "study.json".into(), reason };
            record.study.check_references().map_err(member)?;
            let runs: Vec<RunRow> = parse("runs.json", &archive.member("runs.json")?)?;
            let carried: Carried = parse("carried.json", &archive.member("carried.json")?)?;
            let (results_sha256, asked) = (manifest.results_sha256, manifest.reading.further);
            let study = StudySource { record, runs, results_sha256, asked };
            (Source::Study(Box::new(study)), carried)
        } else if !manifest.tables.is_empty() {
            let carried = if archive.has("carried.json") {
                parse("carried.json", &archive.member("carried.json")?)?
            } else {
                Carried::default()
            };
            let mut files = manifest.tables;
            if carried.reduced.is_none() {
                for (at, file) in files.iter_mut().enumerate() {
                    file.bytes = Some(archive.member(&format!("table-{at}"))?);
                }
            }
            (Source::Cases { files, reading: manifest.reading }, carried)
        } else if manifest.manner.published && !archive.has("results.csv") {
            (Source::Published, Carried::default())
        } else {
            let bytes = archive.member("results.csv")?;
            (Source::Csv { bytes, reading: manifest.reading }, Carried::default())
        };
        Ok(Self {
            name: manifest.name,
            source,
            options: manifest.options,
            claims: manifest.claims,
            carried,
            manner: manifest.manner,
        })
    }
}

/// The version of the program that wrote an archive.
pub(in crate::report) fn written_by(bytes: &[u8]) -> Result<String, BundleError> {
    let text = Members::open(bytes, MOST_INFLATED)?.member("bundle.json")?;
    parse::<Version>("bundle.json", &text).map(|version| version.transfolio)
}

/// The member that holds a template.
fn member_of(template: &str) -> String {
    format!("template/{template}")
}

/// The templates that a page brings.
fn templates(
    archive: &mut Members<'_>,
    names: &[String],
) -> Result<BTreeMap<String, String>, BundleError> {
    let mut out = BTreeMap::new();
    let mut room = Look::LARGEST as u64;
    for name in names {
        let fail = |reason: String| BundleError::Member { name: member_of(name), reason };
        if !Look::may_hold(name) {
            return Err(fail("no template has such a name".into()));
        }
        let bytes = archive.limited(&member_of(name), room)?;
        room -= bytes.len() as u64;
        let text = String::from_utf8(bytes).map_err(|_| fail("it is not UTF-8 text".into()))?;
        out.insert(name.clone(), text);
    }
    Ok(out)
}

#[derive(Deserialize)]
struct Version {
    format: u32,
    #[serde(default)]
    transfolio: String,
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, BundleError> {
    serde_json::to_vec(value).map_err(|error| BundleError::Write { reason: error.to_string() })
}

fn write(members: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    // The zip epoch: no clock.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, bytes) in members {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The members of an archive, and what they may still unpack to.
struct Members<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    room: u64,
}

impl<'a> Members<'a> {
    fn open(bytes: &'a [u8], room: u64) -> Result<Self, BundleError> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| BundleError::NoArchive { reason: error.to_string() })?;
        Ok(Self { archive, room })
    }

    fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    fn member(&mut self, name: &str) -> Result<Vec<u8>, BundleError> {
        self.limited(name, self.room)
    }

    /// A member of so many bytes at most; all members share the room.
    fn limited(&mut self, name: &str, most: u64) -> Result<Vec<u8>, BundleError> {
        let most = most.min(self.room);
        let fail = |reason: String| BundleError::Member { name: name.into(), reason };
        let file = self.archive.by_name(name).map_err(|error| fail(error.to_string()))?;
        let mut bytes = Vec::new();
        let read = file.take(most + 1).read_to_end(&mut bytes);
        self.room = self.room.saturating_sub(bytes.len() as u64);
        read.map_err(|error| fail(error.to_string()))?;
        if bytes.len() as u64 > most {
            return Err(fail(format!(
                "it unpacks to more than {most} bytes, which is all that is left for what a page \
                 holds"
            )));
        }
        Ok(bytes)
    }
}

fn parse<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, BundleError> {
    serde_json::from_slice(bytes)
        .map_err(|error| BundleError::Member { name: name.into(), reason: error.to_string() })
}

/// SHA-256 as hexadecimal digits.
pub(in crate::report) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> Bundle {
        let bytes = b"init,seed,value\na,0,0.5\n".to_vec();
        let reading = Reading::only(&["init=a".parse().expect("a filter")]);
        Bundle {
            name: "r.csv".into(),
            source: Source::Csv { bytes, reading },
            options: CompareOptions::default(),
            claims: Vec::new(),
            carried: Carried::default(),
            manner: Manner { subject: Some("a".into()), ..Manner::default() },
        }
    }

    #[test]
    fn a_bundle_comes_back_as_it_was_and_is_packed_the_same_twice() {
        let packed = bundle().pack().expect("packed");
        assert_eq!(packed, bundle().pack().expect("packed"));
        assert_eq!(Bundle::unpack(&packed, MOST_INFLATED).expect("unpacked"), bundle());
    }

    #[test]
    fn what_is_no_bundle_is_refused() {
        assert!(matches!(
            Bundle::unpack(b"<html>", MOST_INFLATED),
            Err(BundleError::NoArchive { .. })
        ));
        let other = write(&[("a.txt".into(), vec![1])]).expect("written");
        assert!(matches!(Bundle::unpack(&other, MOST_INFLATED), Err(BundleError::Member { .. })));
        let newer =
            write(&[("bundle.json".into(), br#"{"format":99}"#.to_vec())]).expect("written");
        assert!(matches!(
            Bundle::unpack(&newer, MOST_INFLATED),
            Err(BundleError::TooNew { got: 99, .. })
        ));
    }
    /// Each member fits, and all of them together do not.
    #[test]
    fn members_share_the_room() {
        let packed = bundle().pack().expect("packed");
        let sizes: Vec<u64> = {
            let mut archive = ZipArchive::new(Cursor::new(&packed[..])).expect("an archive");
            (0..archive.len()).map(|at| archive.by_index(at).expect("a member").size()).collect()
        };
        let all: u64 = sizes.iter().sum();
        assert_eq!(Bundle::unpack(&packed, all).expect("unpacked"), bundle());
        for room in [all - 1, *sizes.iter().max().expect("members"), 0] {
            let refused = Bundle::unpack(&packed, room).expect_err("refused").to_string();
            assert!(refused.contains("all that is left"), "{refused}");
        }
    }
}
