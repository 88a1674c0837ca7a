//! What can go wrong while slots are asked for.

use std::path::PathBuf;

use crate::records::RecordError;

/// What can go wrong while slots are asked for.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ClusterError {
    #[error("{name:?} is no launcher, expected slurm, hyperqueue, print, kubernetes or skypilot")]
    NoLauncher { name: String },
    #[error("{value:?} is no time, expected such as 4h, 90m, 30s, 04:00:00 or 1-12:00:00")]
    NoTime { value: String },
    #[error(
        "{option} is {value:?}, which holds a line break or nothing: it would change the script \
         that a scheduler reads"
    )]
    NoOption { option: &'static str, value: String },
    #[error(
        "slots of {time} are too short: {reserve} of them are kept to stop and save in (--reserve), \
         and a run has to start before; ask for more --time"
    )]
    TooShort { time: String, reserve: String },
    #[error(
        "{program} is not on this machine ({launcher} is asked through it); submit where it is, \
         or take --launcher print to see what to start by hand"
    )]
    NoScheduler { program: &'static str, launcher: &'static str },
    #[error("{program} refused: {said}")]
    Refused { program: &'static str, said: String },
    #[error("{program} did not say which job it made: {said:?}")]
    NoJob { program: &'static str, said: String },
    #[error(
        "{slots} slots are more than the {most} that this Slurm takes as one array (MaxArraySize)"
    )]
    TooMany { slots: u32, most: u32 },
    #[error("{launcher} is not asked from here: its file is {path}")]
    NotAsked { launcher: &'static str, path: PathBuf },
    #[error(transparent)]
    Record(#[from] RecordError),
}
