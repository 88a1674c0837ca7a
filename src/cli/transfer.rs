//! How a transfer is shown: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::out;
use crate::download::FetchEvent;

/// A bar on a terminal, plain lines elsewhere.
pub(super) struct Shown {
    id: String,
    bar: Option<ProgressBar>,
}

impl Shown {
    pub(super) fn new(id: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            let template = "{prefix}  {bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  eta {eta}";
            let style = ProgressStyle::with_template(template);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(id.to_string());
            bar
        });
        Self { id: id.into(), bar }
    }

    pub(super) fn show(&mut self, event: &FetchEvent<'_>) {
        let line = match event {
            FetchEvent::Trying(url) => format!("from {url}"),
            FetchEvent::Begun { at, total, .. } => {
                if let Some(bar) = &self.bar {
                    if let Some(total) = total {
                        bar.set_length(*total);
                    }
                    bar.set_position(*at);
                    bar.reset_eta();
                }
                if *at == 0 {
                    return;
                }
                format!("going on at byte {at}")
            }
            FetchEvent::At(at) => {
                if let Some(bar) = &self.bar {
                    bar.set_position(*at);
                }
                return;
            }
            FetchEvent::Again { reason } => format!("{reason}; trying again"),
            FetchEvent::Checking => "verifying".into(),
        };
        match &self.bar {
            Some(bar) => bar.println(format!("{}: {line}", self.id)),
            None => out::progress(format_args!("{}: {line}", self.id)),
        }
    }

    pub(super) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
