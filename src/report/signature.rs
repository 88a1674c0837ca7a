//! Signatures of pages: minisign's, in a file beside the page.
//!
//! Byte comparison says that a page is what its data give; it cannot say whose
//! data they are. Whoever changes the data and renders the page anew has a page
//! that agrees. Against that there is the fingerprint, where a paper quotes it,
//! and the signature, where its readers know the public key.
//!
//! The signature is of the page as it is written, which holds its data. It has
//! the format of minisign, whose own tool checks it: `minisign -Vm PAGE -p KEY`.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minisign::{KeyPair, PublicKey, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};
use serde::Serialize;

use super::fingerprint::Fingerprint;
use super::reading::Opened;
use super::verify::clean;

/// What can be wrong with keys and signatures that are to be made.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum SignatureError {
    #[error("cannot read the key {}: {reason}", path.display())]
    Read { path: PathBuf, reason: String },
    #[error(
        "{} is no secret key of minisign: {reason}; `transfolio keygen` or `minisign -G` makes one",
        path.display()
    )]
    Secret { path: PathBuf, reason: String },
    #[error(
        "the secret key {} cannot be opened: {reason}; its password is asked for on the terminal, \
         or taken from TRANSFOLIO_KEY_PASSWORD",
        path.display()
    )]
    Password { path: PathBuf, reason: String },
    #[error("{got} is no public key of minisign: {reason}; {way_out}")]
    Public { got: String, reason: String, way_out: &'static str },
    #[error("no keys can be made: {reason}")]
    Make { reason: String },
    #[error("the page cannot be signed: {reason}")]
    Sign { reason: String },
}

/// A key that signs.
pub struct SigningKey(SecretKey);

impl SigningKey {
    /// Reads a secret key of minisign. One that has a password is opened with the
    /// one that is given, else asked for on the terminal.
    ///
    /// # Errors
    /// What is no key, and a wrong password.
    pub fn read(path: &Path, password: Option<String>) -> Result<Self, SignatureError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let reason = error.to_string();
            SignatureError::Read { path: path.into(), reason }
        })?;
        let no_key = |reason: String| SignatureError::Secret { path: path.into(), reason };
        let encoded = text
            .lines()
            .nth(1)
            .ok_or_else(|| no_key("it has no second line, where a key stands".into()))?;
        let bytes = STANDARD
            .decode(encoded.trim())
            .map_err(|error| no_key(format!("its second line is no base64 ({error})")))?;
        // After the signature's algorithm stands how the key is encrypted: with
        // scrypt, or not at all.
        let open = match bytes.get(2..4) {
            Some(b"\0\0") => Ok(true),
            Some(b"Sc") => Ok(false),
            _ => Err(no_key("its second line is no secret key".into())),
        }?;
        let key = SecretKeyBox::from(text);
        if open {
            let key = key.into_unencrypted_secret_key();
            return key.map(Self).map_err(|error| no_key(error.to_string()));
        }
        key.into_secret_key(password).map(Self).map_err(|error| SignatureError::Password {
            path: path.into(),
            reason: error.to_string(),
        })
    }

    /// The signature of a page as minisign writes it, with what it stands for in
    /// its trusted comment.
    ///
    /// # Errors
    /// No random numbers from the system.
    pub fn sign(
        &self,
        page: &str,
        name: &str,
        fingerprint: &Fingerprint,
    ) -> Result<String, SignatureError> {
        let version = env!("CARGO_PKG_VERSION");
        // Plain letters: not every tool shows others.
        let fingerprint = fingerprint.to_string().replace(" \u{b7}", ",");
        let trusted = format!("file:{}, {fingerprint}, transfolio {version}", clean(name));
        let untrusted = "signature of a report by transfolio";
        minisign::sign(None, &self.0, Cursor::new(page), Some(&trusted), Some(untrusted))
            .map(|signature| signature.to_string())
            .map_err(|error| SignatureError::Sign { reason: error.to_string() })
    }
}

/// A new pair of keys, as minisign writes them.
pub struct NewKeys {
    /// The secret one.
    pub secret: String,
    /// The public one.
    pub public: String,
}

/// Makes a pair of keys; the secret one gets the password that is given, else
/// one that is asked for on the terminal, unless it is to have none.
///
/// # Errors
/// No terminal to ask on, and no random numbers.
pub fn new_keys(open: bool, password: Option<String>) -> Result<NewKeys, SignatureError> {
    let fail = |error: minisign::PError| SignatureError::Make { reason: error.to_string() };
    let pair = if open {
        KeyPair::generate_unencrypted_keypair()
    } else {
        KeyPair::generate_encrypted_keypair(password)
    }
    .map_err(fail)?;
    let comment = if open { "minisign secret key" } else { "minisign encrypted secret key" };
    Ok(NewKeys {
        secret: pair.sk.to_box(Some(comment)).map_err(fail)?.to_string(),
        public: pair.pk.to_box().map_err(fail)?.to_string(),
    })
}

/// A key that checks signatures.
pub struct CheckingKey(PublicKey);

impl CheckingKey {
    /// A public key of minisign: its file, or the key itself in base64.
    ///
    /// # Errors
    /// What is neither.
    pub fn of(given: &str) -> Result<Self, SignatureError> {
        let path = Path::new(given);
        let fail = |reason: String, way_out| {
            let got = format!("{given:?}");
            SignatureError::Public { got, reason, way_out }
        };
        if !path.is_file()
            && let Ok(key) = PublicKey::from_base64(given.trim())
        {
            return Ok(Self(key));
        }
        let text = std::fs::read_to_string(path).map_err(|error| {
            fail(error.to_string(), "pass the file that minisign wrote, or the key in base64")
        })?;
        if text.contains("secret key") {
            let way_out = "pass the public key (.pub), and show the secret one to nobody";
            return Err(fail("it is a secret key".into(), way_out));
        }
        let key = PublicKeyBox::from(text).into_public_key();
        key.map(Self)
            .map_err(|error| fail(error.to_string(), "pass the file that minisign wrote as .pub"))
    }

    /// Checks the signature of a page, as it lies in a file beside it.
    pub fn check(&self, page: &[u8], path: &Path) -> SignatureCheck {
        let shown = path.display();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return SignatureCheck::failed(format!(
                    "the page is not signed: there is no {shown}; `transfolio report --sign KEY` \
                     writes it"
                ));
            }
            Err(error) => {
                return SignatureCheck::failed(format!("{shown} cannot be read: {error}"));
            }
        };
        let signature = match parsed(&text) {
            Ok(signature) => signature,
            Err(reason) => {
                return SignatureCheck::failed(format!("{shown} is no signature: {reason}"));
            }
        };
        let (asked, made) = (id(self.0.keynum()), id(signature.keynum()));
        if asked != made {
            return SignatureCheck::failed(format!(
                "another key signed the page: {shown} is of key {made}, and {asked} was asked for"
            ));
        }
        let valid = |page: &[u8]| {
            minisign::verify(&self.0, &signature, Cursor::new(page), true, false, false)
        };
        // What is signed is the page as it was written, with Unix line ends.
        let opened = || (Opened::of(page).fault.is_none()).then(|| Opened::of(page).text);
        let comment = clean(&signature.trusted_comment().unwrap_or_default());
        match valid(page) {
            Ok(()) => SignatureCheck::valid(format!("valid, of key {asked} ({comment})")),
            Err(_) if opened().is_some_and(|text| valid(text.as_bytes()).is_ok()) => {
                SignatureCheck::valid(format!(
                    "valid, of key {asked} ({comment}), once line ends and byte-order mark are as \
                     they were written"
                ))
            }
            Err(error) => SignatureCheck::failed(format!(
                "{shown} is not the signature of this page: key {made} signed another page, or \
                 the page or its signature was changed since ({error})"
            )),
        }
    }
}

/// A signature, bounded: the crate takes the length of its second part on trust.
fn parsed(text: &str) -> Result<SignatureBox, String> {
    let global = text.lines().nth(3).ok_or("it has fewer than four lines")?;
    match STANDARD.decode(global.trim()) {
        Ok(bytes) if bytes.len() == 64 => {}
        Ok(bytes) => return Err(format!("its last line has {} bytes, not 64", bytes.len())),
        Err(error) => return Err(format!("its last line is no base64 ({error})")),
    }
    SignatureBox::from_string(text).map_err(|error| error.to_string())
}

/// The id of a key as minisign writes it.
fn id(number: &[u8]) -> String {
    number.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

/// What came of checking a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignatureCheck {
    /// Whether the key signed this page.
    pub valid: bool,
    /// What was found, in words.
    pub found: String,
}

impl SignatureCheck {
    fn valid(found: String) -> Self {
        Self { valid: true, found }
    }

    fn failed(found: String) -> Self {
        Self { valid: false, found }
    }
}

/// Where the signature of a page lies.
pub fn signature_path(page: &Path) -> PathBuf {
    let mut name = page.as_os_str().to_owned();
    name.push(".minisig");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place {
        dir: tempfile::TempDir,
        public: String,
    }

    impl Place {
        fn new() -> Self {
            let dir = tempfile::tempdir().expect("a folder");
            let pair = KeyPair::generate_unencrypted_keypair().expect("keys");
            let secret = pair.sk.to_box(None).expect("a key").to_string();
            std::fs::write(dir.path().join("secret"), secret).expect("written");
            Self { dir, public: pair.pk.to_base64() }
        }

        fn signed(&self, page: &str) -> PathBuf {
            let key = SigningKey::read(&self.dir.path().join("secret"), None).expect("a key");
            let text = key.sign(page, "a\tb\n.html", &Fingerprint::default()).expect("signed");
            let path = signature_path(&self.dir.path().join("a.html"));
            std::fs::write(&path, text).expect("written");
            path
        }

        fn check(&self, page: &[u8], path: &Path) -> SignatureCheck {
            CheckingKey::of(&self.public).expect("a key").check(page, path)
        }
    }

    #[test]
    fn a_signature_is_of_one_page_and_one_key() {
        let place = Place::new();
        let path = place.signed("page\n");
        assert!(place.check(b"page\n", &path).valid);
        assert!(place.check(b"\xef\xbb\xbfpage\r\n", &path).valid, "its lines were changed");
        let changed = place.check(b"Page\n", &path);
        assert!(!changed.valid && changed.found.contains("another page"), "{changed:?}");
        let other = Place::new().check(b"page\n", &path);
        assert!(!other.valid && other.found.contains("another key"), "{other:?}");
        let none = place.check(b"page\n", Path::new("nowhere.minisig"));
        assert!(!none.valid && none.found.contains("not signed"), "{none:?}");
    }

    #[test]
    fn a_damaged_signature_is_a_finding_and_no_panic() {
        let place = Place::new();
        let path = place.signed("page\n");
        let whole = std::fs::read_to_string(&path).expect("a signature");
        let lines: Vec<&str> = whole.lines().collect();
        let mut damaged: Vec<String> =
            (0..whole.len()).filter_map(|at| whole.get(..at)).map(str::to_string).collect();
        for line in 0..4 {
            for text in ["", "AAAA", "untrusted comment: ", "trusted comment: \u{e9}", lines[1]] {
                let mut changed = lines.clone();
                changed[line] = text;
                damaged.push(changed.join("\n"));
            }
        }
        // Of these nothing but what is not signed may be left valid.
        for text in damaged {
            std::fs::write(&path, &text).expect("written");
            let same = text.lines().skip(1).eq(lines.iter().skip(1).copied());
            let comment = text.starts_with("untrusted comment: ");
            assert_eq!(place.check(b"page\n", &path).valid, same && comment, "{text}");
        }
    }

    #[test]
    fn a_key_with_a_password_needs_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let pair = KeyPair::generate_encrypted_keypair(Some("word".into())).expect("keys");
        let path = dir.path().join("secret");
        std::fs::write(&path, pair.sk.to_box(None).expect("a key").to_string()).expect("written");
        assert!(SigningKey::read(&path, Some("word".into())).is_ok());
        let error = SigningKey::read(&path, Some("wrong".into())).err().expect("an error");
        assert!(error.to_string().contains("password"), "{error}");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("key");
        for text in ["", "a", "a\nb", "a\nAAAA", "a\nAAAAAAAA\n", "a\n\u{e9}\n"] {
            std::fs::write(&path, text).expect("written");
            assert!(SigningKey::read(&path, None).is_err(), "{text:?}");
            assert!(CheckingKey::of(&path.display().to_string()).is_err(), "{text:?}");
        }
        assert!(CheckingKey::of("nowhere.pub").is_err());
        let place = Place::new();
        let secret = place.dir.path().join("secret").display().to_string();
        let error = CheckingKey::of(&secret).err().expect("an error").to_string();
        assert!(error.contains("secret"), "{error}");
    }
}
