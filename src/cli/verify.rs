//! `transfolio verify`: a report, rendered again.

use std::fmt;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::page::read_page;
use super::{Exit, out};
use crate::report::{
    self, Against, CheckingKey, SignatureCheck, Templates, Verification, signature_path,
};

/// What the long help says of the answer.
pub const HELP: &str = "\
What it says:
  A page carries the data it was computed from. verify renders it again from
  these and compares every byte; line ends and a byte-order mark are set aside,
  because git, editors and mail change them. A page that agrees says nothing
  but what its data give.

  It cannot say whose data they are: whoever changes the data and renders the
  page anew has a page that agrees. Against that there are
    - the fingerprint: `data 3f2a-91c0-... \u{b7} conclusions 77b1-04de-...`, to
      be quoted in a paper. `data` are the first 16 digits of the SHA-256 of the
      file of results (of several tables: of their SHA-256s, one after the
      other; of a study: of the specification, outcome, metrics and predictions
      of every run, without times and devices). `conclusions` are those of all
      numbers and verdicts, as shown, of the summary, the results and what is
      concluded from them (not of methods, run list, costs and provenance);
      they are the same in every template.
    - the signature (--key), made by `transfolio report --sign`, where you know
      the author's public key.
    - the records themselves (--records), where you have them.

  A page made with a template of its own carries that template, and is rendered
  with it. A template can say, hide and leave out anything: verify names it,
  compares the numbers with those of the built-in template, and leaves it to you
  to read the rest. Pass --template where you know what it was made with.

  A page of another version of transfolio cannot be verified as a whole: its
  numbers, drawings and files are compared, its words are not.

Exit codes: 0 the whole page agrees (and its signature is valid, with --key);
6 it does not, or it cannot be verified here; 3 it is no report of transfolio.";

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Report that `transfolio report` wrote
    pub page: PathBuf,
    /// Compute from this study folder or CSV file, or from these tables of cases
    /// (in the order the report was made of), not from the data inside the page
    #[arg(long, value_name = "FOLDER|FILE", num_args = 1..)]
    pub records: Vec<PathBuf>,
    /// Templates that you know the page to be made with: those that it carries
    /// must be these
    #[arg(long = "template", value_name = "NAME|FOLDER")]
    pub templates: Vec<String>,
    /// Check the signature of the page (PAGE.minisig beside it) with this public
    /// key of minisign: its file, or the key itself
    #[arg(long, value_name = "FILE|KEY")]
    pub key: Option<String>,
    /// How differences are written
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub format: Form,
}

/// How differences are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Form {
    Text,
    Json,
}

/// All that was found.
#[derive(Serialize)]
struct Found {
    agrees: bool,
    outcome: String,
    #[serde(flatten)]
    page: Verification,
    signature: Option<SignatureCheck>,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.page)?;
        match &self.signature {
            Some(SignatureCheck { valid: true, found }) => writeln!(f, "signature: {found}"),
            Some(SignatureCheck { found, .. }) => {
                writeln!(f, "the signature does NOT hold: {found}")
            }
            None => Ok(()),
        }
    }
}

/// Prints every difference; fails where there is one.
pub fn run(args: &VerifyArgs) -> anyhow::Result<Exit> {
    let key = args.key.as_deref().map(CheckingKey::of).transpose()?;
    let page = read_page(&args.page)?;
    let against = match args.records.as_slice() {
        [] => Against::Embedded,
        paths => Against::Records(paths.to_vec()),
    };
    let templates = match args.templates.as_slice() {
        [] => None,
        chosen => Some(Templates::chosen(chosen)?),
    };
    let mut verified = report::verify(&page, &against, templates.as_ref())?;
    let beside = signature_path(&args.page);
    if key.is_none() && beside.is_file() {
        verified.notes.push(format!(
            "{} was not checked; --key with the public key of its author does so",
            beside.display()
        ));
    }
    let found = Found {
        agrees: verified.agrees(),
        outcome: verified.outcome(),
        signature: key.map(|key| key.check(&page, &beside)),
        page: verified,
    };
    match args.format {
        Form::Text => out::text(&found)?,
        Form::Json => out::line(serde_json::to_string_pretty(&found)?)?,
    }
    let signed = found.signature.as_ref().is_none_or(|signature| signature.valid);
    Ok(if found.agrees && signed { Exit::Done } else { Exit::Differs })
}
