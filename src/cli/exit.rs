//! Exit codes.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Something else went wrong (a file cannot be written, say).
    Other = 1,
    /// Wrong usage or specification.
    Usage = 2,
    /// Data: images, labels, checkpoints, result tables.
    Data = 3,
    /// Device or libtorch.
    Device = 4,
    /// Some runs failed.
    RunsFailed = 5,
    /// `verify`, `diff` or `check` found a difference, or what `verify` was given cannot be
    /// verified.
    Differs = 6,
    /// Never again: a slot that no other try would help (another version of the
    /// program, a folder that its machine does not see).
    Never = 42,
    /// Try again: a slot that was stopped, or whose time was up, before the study
    /// was over; and whatever was stopped by SIGUSR1.
    Again = 75,
    /// Stopped by the end of its terminal (SIGHUP).
    HungUp = 129,
    /// Stopped by Ctrl-C.
    Interrupted = 130,
    /// Stopped by SIGTERM.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The exit code that an error asks for, by its type.
pub(super) fn code_of(error: &anyhow::Error) -> Exit {
    error.chain().find_map(known).unwrap_or(Exit::Other)
}

fn known(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    use crate::{compare, frame, notebook, published, report, spec};
    if cause.is::<report::SignatureError>() {
        return Some(Exit::Usage);
    }
    if cause.is::<spec::SpecError>() || cause.is::<compare::CompareError>() {
        return Some(Exit::Usage);
    }
    // A transparent error hides its inner one from the chain.
    if let Some(error) = cause.downcast_ref::<report::ReportError>() {
        return match error {
            report::ReportError::Compare(_)
            | report::ReportError::Citation(
                report::BibliographyError::UnknownKey { .. }
                | report::BibliographyError::Style { .. },
            )
            | report::ReportError::Maths { .. }
            | report::ReportError::NoSubject { .. }
            | report::ReportError::NoPictures(_)
            | report::ReportError::NoTemplate { .. }
            | report::ReportError::Template { .. } => Some(Exit::Usage),
            report::ReportError::Frame(error) => Some(of_frame(error)),
            report::ReportError::Bundle(_)
            | report::ReportError::Bibliography { .. }
            | report::ReportError::Citation(_)
            | report::ReportError::NoData => Some(Exit::Data),
            _ => None,
        };
    }
    if let Some(error) = cause.downcast_ref::<notebook::NotebookError>() {
        return match error {
            notebook::NotebookError::Request(_) => Some(Exit::Usage),
            notebook::NotebookError::NotANotebook { .. } => Some(Exit::Data),
            _ => None,
        };
    }
    if let Some(error) = cause.downcast_ref::<frame::FrameError>() {
        return Some(of_frame(error));
    }
    if cause.is::<published::PublishedError>() {
        return Some(Exit::Data);
    }
    #[cfg(feature = "torch")]
    {
        use crate::{cluster, predict, study, train, zoo};
        if let Some(error) = cause.downcast_ref::<cluster::ClusterError>() {
            return Some(match error {
                cluster::ClusterError::NoScheduler { .. }
                | cluster::ClusterError::Refused { .. }
                | cluster::ClusterError::NoJob { .. }
                | cluster::ClusterError::Record(_) => Exit::Other,
                _ => Exit::Usage,
            });
        }
        if cause.is::<zoo::CatalogueError>() {
            return Some(Exit::Usage);
        }
        if let Some(error) = cause.downcast_ref::<zoo::LocalError>() {
            return Some(match error {
                zoo::LocalError::Name { .. }
                | zoo::LocalError::Unknown { .. }
                | zoo::LocalError::Taken { .. } => Exit::Usage,
                _ => Exit::Data,
            });
        }
        if let Some(error) = cause.downcast_ref::<predict::PredictError>() {
            return Some(of_prediction(error));
        }
        if cause.is::<zoo::CheckpointError>() || cause.is::<zoo::FetchError>() {
            return Some(Exit::Data);
        }
        if cause.is::<train::device::DeviceError>() {
            return Some(Exit::Device);
        }
        if let Some(error) = cause.downcast_ref::<study::StudyError>() {
            return Some(match error {
                study::StudyError::Spec(_)
                | study::StudyError::OtherStudy { .. }
                | study::StudyError::Local { .. }
                | study::StudyError::Catalogue(_) => Exit::Usage,
                study::StudyError::Data { .. }
                | study::StudyError::FewLabels { .. }
                | study::StudyError::DataCheck { .. }
                | study::StudyError::Weights { .. }
                | study::StudyError::WeightsHash { .. }
                | study::StudyError::Fetch(_)
                | study::StudyError::NotFetched { .. } => Exit::Data,
                study::StudyError::Memory { .. } => Exit::Device,
                _ => Exit::Other,
            });
        }
    }
    None
}

#[cfg(feature = "torch")]
fn of_prediction(error: &crate::predict::PredictError) -> Exit {
    use crate::predict::PredictError as Error;
    use crate::zoo::LocalError;
    match error {
        Error::Usage(_)
        | Error::Catalogue(_)
        | Error::Model(_)
        | Error::Local(
            LocalError::Name { .. } | LocalError::Unknown { .. } | LocalError::Taken { .. },
        ) => Exit::Usage,
        Error::Torch { .. } | Error::Device(_) => Exit::Device,
        Error::Output { .. } | Error::Record(_) => Exit::Other,
        _ => Exit::Data,
    }
}

/// A column that is not there is wrong usage, a table that cannot be read is
/// wrong data.
fn of_frame(error: &crate::frame::FrameError) -> Exit {
    match error {
        crate::frame::FrameError::NoFactor { .. } => Exit::Usage,
        _ => Exit::Data,
    }
}
