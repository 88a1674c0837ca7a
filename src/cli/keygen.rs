//! `transfolio keygen`: keys that sign reports, in minisign's format.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::{Exit, out};
use crate::report;

/// The variable that holds the password of a secret key.
pub(super) const PASSWORD: &str = "TRANSFOLIO_KEY_PASSWORD";

/// Arguments of `keygen`.
#[derive(Debug, Args)]
pub struct KeygenArgs {
    /// Secret key to write; the public one is NAME.pub beside it
    #[arg(default_value = "transfolio.key", value_name = "NAME")]
    pub name: PathBuf,
    /// Leave the secret key without a password: whoever has the file can sign
    #[arg(long)]
    pub no_password: bool,
}

/// Writes a pair of keys; never over others.
pub fn run(args: &KeygenArgs) -> anyhow::Result<Exit> {
    let public = args.name.with_added_extension("pub");
    for path in [&args.name, &public] {
        anyhow::ensure!(
            !path.exists(),
            "{} is there already; keys are not written over, because a lost one cannot be had again",
            path.display()
        );
    }
    let keys = report::new_keys(args.no_password, password())?;
    write(&args.name, &keys.secret, true)?;
    write(&public, &keys.public, false)?;
    out::text(format_args!(
        "secret key: {} (keep it to yourself)\npublic key: {} (publish it beside your papers)\n\
         `transfolio report --sign {0}` signs, `transfolio verify --key {1}` checks\n",
        args.name.display(),
        public.display()
    ))?;
    Ok(Exit::Done)
}

/// The password of a secret key, where the environment has it.
pub(super) fn password() -> Option<String> {
    std::env::var(PASSWORD).ok()
}

fn write(path: &Path, text: &str, secret: bool) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("cannot write {}", path.display()))
}
