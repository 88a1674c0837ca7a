//! Nobody is asked: what to start by hand, on as many machines as there are.

use super::launcher::Written;
use super::shell::{self, Slot};
use super::submission::Asked;

pub(super) fn files(asked: &Asked) -> Vec<Written> {
    let slot = Slot {
        head: "# Start it on each machine that sees the study folder: bash slot.sh [NUMBER]".into(),
        number: "${1:-0}",
        own: "$(hostname)-$$",
        limit: asked.time.map(|time| time.0.to_string()),
        requeue: None,
    };
    vec![
        Written { name: "slot.sh", text: shell::slot(asked, &slot) },
        Written { name: "report.sh", text: shell::report(asked, "") },
    ]
}
