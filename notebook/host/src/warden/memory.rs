//! Ends the cells when they use too much memory or when evcxr is gone.

use std::os::unix::process::parent_id;
use std::sync::Arc;

use super::state::Ended;
use super::{WATCH, Warden, orphaned};

/// Bytes that the cells may use.
const MEMORY: &str = "TRANSFOLIO_CELL_MEMORY";

pub fn watch(warden: &Arc<Warden>) {
    let warden = Arc::clone(warden);
    let parent = parent_id();
    std::thread::spawn(move || {
        let limit = limit();
        loop {
            std::thread::sleep(WATCH);
            let mut state = warden.state();
            if orphaned(parent) {
                state.kill();
                std::process::exit(0);
            }
            if let Some((used, limit)) = resident(state.pid).zip(limit)
                && used > limit
                && state.why.is_none()
            {
                let gib = |bytes: u64| bytes as f64 / 1024f64.powi(3);
                state.why = Some(Ended::Memory(format!(
                    "out of memory: the cell used {:.1} GiB, more than the limit of {:.1} GiB, and was \
                     ended (set {MEMORY} to a number of bytes to allow more)",
                    gib(used),
                    gib(limit)
                )));
                state.kill();
            }
        }
    });
}

/// What was asked for, else four fifths of what is free now.
fn limit() -> Option<u64> {
    if let Some(bytes) = std::env::var(MEMORY).ok().and_then(|text| text.parse().ok()) {
        return Some(bytes);
    }
    let free = kilobytes("/proc/meminfo", "MemAvailable:")?;
    // In a container the limit of its group counts, where it has one.
    let read = |name: &str| {
        let text = std::fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok()?;
        text.trim().parse::<u64>().ok()
    };
    let group =
        read("memory.max").map(|max| max.saturating_sub(read("memory.current").unwrap_or(0)));
    Some(group.map_or(free, |group| group.min(free)) / 5 * 4)
}

fn resident(id: u32) -> Option<u64> {
    kilobytes(&format!("/proc/{id}/status"), "VmRSS:")
}

fn kilobytes(file: &str, field: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}
