//! Memory that this process holds and held.

/// Peak resident set in MiB; absent where the system does not say.
pub fn peak_mib() -> Option<f64> {
    field("VmHWM:")
}

/// Resident set in MiB; absent where the system does not say.
pub fn resident_mib() -> Option<f64> {
    field("VmRSS:")
}

/// Lets the peak begin anew, where the system can.
pub fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn field(name: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}
