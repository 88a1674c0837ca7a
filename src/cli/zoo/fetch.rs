//! `zoo fetch`.

use std::path::PathBuf;

use clap::Args;

use super::default_store;
use crate::cli::transfer::Shown;
use crate::cli::{Exit, out};
use crate::zoo::{self, FetchOptions};

/// Arguments of `zoo fetch`.
#[derive(Debug, Args)]
pub(super) struct FetchArgs {
    /// Models, as in `zoo list`
    #[arg(required = true)]
    ids: Vec<String>,
    /// Folder of fetched models [default: zoo in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Lock file with the checksums of the first downloads [default: zoo.lock in the store]
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// Address that is tried first, as MIRROR/ID/FILE [default: $TRANSFOLIO_ZOO_MIRROR]
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// A file that was downloaded by hand: it is verified and copied in
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

/// Fetches and verifies models.
pub(super) fn fetch(args: &FetchArgs) -> anyhow::Result<Exit> {
    anyhow::ensure!(
        args.from.is_none() || args.ids.len() == 1,
        "--from is for one model, {} were named",
        args.ids.len()
    );
    let store = match &args.store {
        Some(store) => store.clone(),
        None => default_store()?,
    };
    let mirror = args.mirror.clone().or_else(|| {
        std::env::var("TRANSFOLIO_ZOO_MIRROR").ok().filter(|mirror| !mirror.is_empty())
    });
    // All names first: a slip in the third must not show after two downloads.
    let entries = args.ids.iter().map(|id| zoo::find(id)).collect::<Result<Vec<_>, _>>()?;
    for entry in entries {
        let options = FetchOptions {
            lock: args.lock.clone(),
            mirror: mirror.clone(),
            from: args.from.clone(),
            ..FetchOptions::new(store.clone())
        };
        let mut shown = Shown::new(&entry.id);
        let fetched = zoo::fetch(entry, &options, &mut |event| shown.show(&event));
        shown.end();
        let fetched = fetched?;
        let state = if fetched.known { "there already" } else { "fetched" };
        out::line(format_args!("{}: {state}, verified: {}", entry.id, fetched.path.display()))?;
        out::line(format_args!(
            "  sha256 {}{}",
            fetched.sha256,
            if fetched.pinned { " (now pinned)" } else { "" }
        ))?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unresolved_model_is_not_fetched() {
        let args = FetchArgs {
            ids: vec!["coco".into()],
            store: Some("/nonexistent".into()),
            lock: None,
            mirror: None,
            from: None,
        };
        let error = fetch(&args).expect_err("an error").to_string();
        assert!(error.contains("unresolved"), "{error}");
    }
}
