//! Errors that read well in a cell.

use std::fmt;
use std::io;
use std::path::Path;

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
    /// Not of Transfolio: of the standard library, of another crate, of the
    /// notebook.
    Own,
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

    /// A file that cannot be read or written, and what may be done about it.
    pub(crate) fn file(op: &str, path: &Path, error: &io::Error) -> Self {
        let new = Self::new(Kind::File, format!("cannot {op} {}: {error}", path.display()));
        let here = std::env::current_dir().unwrap_or_default();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                new.hint("the disk is full: free some space, or choose a folder on another one")
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => new
                .hint(format!("choose a file that you may {op}; cells run in {}", here.display())),
            io::ErrorKind::NotFound if op == "write" => {
                new.hint("its folder is not there: std::fs::create_dir_all(..)? makes it")
            }
            io::ErrorKind::NotFound => {
                new.hint(format!("paths begin where cells run, in {}", here.display()))
            }
            _ => new,
        }
    }

    /// With the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
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
        f.write_str(&self.message)?;
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

impl Error {
    /// An error of one's own: `return Err(Error::own("no lesion in this image"));`.
    pub fn own(message: impl Into<String>) -> Self {
        Self::new(Kind::Own, message)
    }

    /// With what was attempted before it: `parse(text).map_err(Error::from)?` says
    /// what was wrong, `.during("the third row")` where.
    #[must_use]
    pub fn during(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

/// Any error of the standard library or of another crate; its causes too.
// `Error` itself is no `std::error::Error`: it could not be made of any then.
impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let text = inner.to_string();
            if !message.contains(&text) {
                message += &format!("\n  because: {text}");
            }
            cause = inner.source();
        }
        Self::new(Kind::Own, message)
    }
}

impl From<Error> for Box<dyn std::error::Error + Send + Sync> {
    fn from(error: Error) -> Self {
        error.to_string().into()
    }
}

impl From<Error> for Box<dyn std::error::Error> {
    fn from(error: Error) -> Self {
        error.to_string().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half(text: &str) -> Result<u32> {
        let number: u32 = text.parse()?;
        if number % 2 == 1 {
            return Err(Error::own(format!("{number} is odd")).hint("use an even number"));
        }
        Ok(number / 2)
    }

    #[test]
    fn functions_that_return_any_error_take_this_one() {
        fn any(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
            Ok(half(text)?)
        }
        assert!(any("3").expect_err("odd").to_string().contains("3 is odd"));
    }

    #[test]
    fn errors_of_others_and_of_one_s_own_are_taken() {
        assert_eq!(half("4"), Ok(2));
        assert_eq!(half("x").expect_err("no number").to_string(), "invalid digit found in string");
        let odd = half("3").expect_err("odd");
        assert_eq!(odd.to_string(), "3 is odd\n  way out: use an even number");
        assert_eq!(odd.during("row 2").message(), "row 2: 3 is odd");
    }

    #[test]
    fn files_that_cannot_be_written_say_what_to_do() {
        let told = |path: &str| {
            let path = Path::new(path);
            let error = std::fs::write(path, [0; 1 << 16]).expect_err("no such place");
            Error::file("write", path, &error).to_string()
        };
        if Path::new("/dev/full").exists() {
            let full = told("/dev/full");
            assert!(full.contains("way out: the disk is full"), "{full}");
        }
        let nowhere = told("/no/such/folder/x.csv");
        assert!(nowhere.contains("create_dir_all"), "{nowhere}");
        let denied = io::Error::from(io::ErrorKind::ReadOnlyFilesystem);
        let denied = Error::file("write", Path::new("x"), &denied).to_string();
        assert!(denied.contains("that you may write; cells run in /"), "{denied}");
        let missing = io::Error::from(io::ErrorKind::NotFound);
        let missing = Error::file("read", Path::new("x.png"), &missing).to_string();
        assert!(missing.contains("cannot read x.png") && missing.contains("cells run, in /"));
    }

    #[test]
    fn both_formats_are_for_people() {
        let error = Error::request("there is no metric \"auk\"").hint("use auc");
        assert_eq!(format!("{error:?}"), format!("{error}"));
        assert!(format!("{error}").contains("way out: use auc"));
        assert!(!format!("{error:?}").contains("Error {"));
    }
}
