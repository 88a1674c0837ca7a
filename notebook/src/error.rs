//! Errors that read well in a cell.

use std::fmt;

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for does not exist or is not valid.
    Request,
    /// The worker process is missing, cannot be started, or ended.
    Worker,
    /// The user interrupted the work.
    Interrupted,
    /// A file cannot be read or written.
    File,
}

/// What went wrong, and the way out.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    message: String,
    hint: Option<String>,
}

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::new(Kind::Request, message)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What went wrong, without the way out.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  way out: {hint}")?;
        }
        Ok(())
    }
}

/// The same as [`fmt::Display`]: `unwrap` and a last expression that is an
/// `Err` print this one.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_are_for_people() {
        let error = Error::request("there is no metric \"auk\"").hint("use auc");
        assert_eq!(format!("{error:?}"), format!("{error}"));
        assert!(format!("{error}").contains("way out: use auc"));
        assert!(!format!("{error:?}").contains("Error {"));
    }
}
