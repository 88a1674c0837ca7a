//! Whom slots are asked of.

use std::str::FromStr;

use super::error::ClusterError;
use super::submission::{Asked, Submission};
use super::{hyperqueue, kubernetes, print, skypilot, slurm};

/// Whom slots are asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Launcher {
    /// Slurm.
    Slurm,
    /// HyperQueue.
    HyperQueue,
    /// Nobody: the commands are shown.
    Print,
    /// Kubernetes: an indexed job is written.
    Kubernetes,
    /// SkyPilot: a task is written.
    SkyPilot,
}

/// A file of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub text: String,
}

/// What the scheduler says of slots that have not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// So many wait, for these reasons.
    Slots(usize, Vec<String>),
    /// It does not say, and why.
    Unknown(String),
}

impl FromStr for Launcher {
    type Err = ClusterError;

    fn from_str(text: &str) -> Result<Self, ClusterError> {
        match text {
            "slurm" => Ok(Self::Slurm),
            "hyperqueue" | "hq" => Ok(Self::HyperQueue),
            "print" => Ok(Self::Print),
            "kubernetes" => Ok(Self::Kubernetes),
            "skypilot" => Ok(Self::SkyPilot),
            other => Err(ClusterError::NoLauncher { name: other.into() }),
        }
    }
}

impl Launcher {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slurm => "slurm",
            Self::HyperQueue => "hyperqueue",
            Self::Print => "print",
            Self::Kubernetes => "kubernetes",
            Self::SkyPilot => "skypilot",
        }
    }

    /// The files that it takes, for what is asked.
    pub fn files(self, asked: &Asked) -> Vec<Written> {
        match self {
            Self::Slurm => slurm::files(asked),
            Self::HyperQueue => hyperqueue::files(asked),
            Self::Print => print::files(asked),
            Self::Kubernetes => kubernetes::files(asked),
            Self::SkyPilot => skypilot::files(asked),
        }
    }

    /// What would keep the slots from being given, as far as it can be told before.
    ///
    /// # Errors
    /// The program of the scheduler is not there, or the slots are too many for it.
    pub fn check(self, asked: &Asked) -> Result<(), ClusterError> {
        match self {
            Self::Slurm => slurm::check(asked),
            Self::HyperQueue => hyperqueue::check(),
            Self::Print | Self::Kubernetes | Self::SkyPilot => Ok(()),
        }
    }

    /// Asks for the slots: the jobs of them and of the report. Their files are there.
    ///
    /// # Errors
    /// The scheduler refuses, in its words.
    pub fn submit(self, asked: &Asked) -> Result<(Option<String>, Option<String>), ClusterError> {
        match self {
            Self::Slurm => slurm::submit(asked),
            Self::HyperQueue => hyperqueue::submit(asked),
            Self::Print | Self::Kubernetes | Self::SkyPilot => Ok((None, None)),
        }
    }

    /// Slots that have not begun.
    pub fn pending(self, submission: &Submission) -> Pending {
        match (self, &submission.job) {
            (Self::Slurm, Some(job)) => slurm::pending(job),
            (Self::HyperQueue, Some(job)) => hyperqueue::pending(job),
            _ => Pending::Unknown("no scheduler was asked".into()),
        }
    }

    /// Ends the slots of a submission, those that wait and those that work.
    ///
    /// # Errors
    /// The scheduler refuses, in its words.
    pub fn cancel(self, submission: &Submission) -> Result<(), ClusterError> {
        match self {
            Self::Slurm => slurm::cancel(submission),
            Self::HyperQueue => hyperqueue::cancel(submission),
            Self::Print | Self::Kubernetes | Self::SkyPilot => Ok(()),
        }
    }
}
