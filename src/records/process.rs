//! Who a process is, among all machines that see a folder.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// A process, among all machines and over their restarts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Name of the machine.
    pub host: String,
    /// This start of the machine, and which processes see each other there: ids
    /// of processes mean the same within it. Empty where that is not known.
    pub boot: String,
    /// Id of the process.
    pub process: u32,
    /// When it started, in ticks since the machine did: ids are used again.
    pub began: u64,
}

impl Process {
    /// This one.
    pub fn this() -> Self {
        static THIS: OnceLock<(String, String, u64)> = OnceLock::new();
        let id = std::process::id();
        let (host, boot, began) =
            THIS.get_or_init(|| (host(), boot(), began(id).unwrap_or(0))).clone();
        Self { host, boot, process: id, began }
    }

    /// Whether it has certainly ended; of other machines nobody here can tell.
    pub fn is_gone(&self) -> bool {
        let this = Self::this();
        if self.boot.is_empty() || self.host != this.host || self.boot != this.boot {
            return false;
        }
        began(self.process).is_none_or(|began| self.began != 0 && began != self.began)
    }
}

fn host() -> String {
    sysinfo::System::host_name().unwrap_or_else(|_| "unknown".into())
}

/// The start of the machine with the namespace of its processes: containers have
/// the same machine, and ids of their own.
fn boot() -> String {
    let Ok(boot) = std::fs::read_to_string("/proc/sys/kernel/random/boot_id") else {
        return String::new();
    };
    let Ok(space) = std::fs::read_link("/proc/self/ns/pid") else { return String::new() };
    format!("{} {}", boot.trim(), space.display())
}

/// When a process began; `None` where there is none, or one that has ended and
/// waits for its parent.
fn began(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in brackets, may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// A name that no other process gives: 16 hexadecimal digits.
pub fn token() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut bytes = [0; 8];
    if getrandom::getrandom(&mut bytes).is_err() {
        // Without randomness of the system: time, process and a count.
        let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let time = time.map_or(0, |time| time.as_nanos() as u64);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        bytes = (time ^ (u64::from(std::process::id()) << 40) ^ (count << 20)).to_le_bytes();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_nobody_here_knows_of_others() {
        let this = Process::this();
        assert!(!this.is_gone());
        for other in [
            Process { host: "elsewhere".into(), ..this.clone() },
            Process { boot: "another start".into(), ..this.clone() },
            Process { boot: String::new(), process: u32::MAX, ..this.clone() },
        ] {
            assert!(!other.is_gone(), "{other:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_ended_is_gone_though_its_id_is_used_again() {
        let this = Process::this();
        assert!(!this.boot.is_empty() && this.began > 0);
        assert!(Process { began: this.began + 1, ..this.clone() }.is_gone());
        let mut child = std::process::Command::new("true").spawn().expect("a process");
        let id = child.id();
        child.wait().expect("ended");
        assert!(Process { process: id, ..this }.is_gone());
    }

    #[test]
    fn tokens_differ_and_are_hexadecimal() {
        let (a, b) = (token(), token());
        assert!(a != b && a.len() == 16 && a.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
