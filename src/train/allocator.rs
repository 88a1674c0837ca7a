//! Memory that a training process keeps.
//!
//! glibc gives large freed blocks back to the system at once, and the system
//! zeroes their pages before they come again: at the recipe's own size a
//! training spends half of its time there, because activations of more than
//! 32 MB come and go at every step. Told to keep what it has, the process takes
//! each page once. Its peak rises, by a third at most where it was measured.

use std::env;

/// What a process does with freed memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreedMemory {
    /// It keeps it.
    Kept,
    /// The user asked for that: the variable, and why it decides.
    AsSet(&'static str),
    /// The allocator is not glibc's, and is left alone.
    NotGlibc,
    /// glibc refused the settings.
    Refused,
}

/// `0` leaves the allocator alone.
const SWITCH: &str = "TRANSFOLIO_KEEP_MEMORY";

/// Somebody's own settings of glibc's allocator win.
const OWN_SETTINGS: [&str; 4] =
    ["MALLOC_MMAP_MAX_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_"];

/// What [`keep_freed_memory`] will do here.
pub fn planned() -> FreedMemory {
    decided(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

fn decided(variable: impl Fn(&str) -> Option<String>) -> FreedMemory {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return FreedMemory::NotGlibc;
    }
    if variable(SWITCH).is_some_and(|value| value.trim() == "0") {
        return FreedMemory::AsSet(SWITCH);
    }
    if let Some(name) = OWN_SETTINGS.into_iter().find(|name| variable(name).is_some()) {
        return FreedMemory::AsSet(name);
    }
    if variable("GLIBC_TUNABLES").is_some_and(|value| value.contains("glibc.malloc.")) {
        return FreedMemory::AsSet("GLIBC_TUNABLES");
    }
    FreedMemory::Kept
}

/// Makes this process keep freed memory, libtorch included; call it before the
/// first large tensor. Only for processes that compute until they end.
pub fn keep_freed_memory() -> FreedMemory {
    match planned() {
        FreedMemory::Kept if set() => FreedMemory::Kept,
        FreedMemory::Kept => FreedMemory::Refused,
        other => other,
    }
}

/// Makes this process keep the room of some decoded images: without it the pages of
/// each are given back and zeroed for the next. For commands that prepare data.
pub fn keep_room_for_images() {
    if planned() == FreedMemory::Kept {
        set_for_images();
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn set() -> bool {
    // As many bytes as the process grows by at a time.
    const GROWTH: i32 = 256 << 20;
    // -1 is no threshold at all, by mallopt(3).
    tell(&[(libc::M_MMAP_MAX, 0), (libc::M_TRIM_THRESHOLD, -1), (libc::M_TOP_PAD, GROWTH)])
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn set_for_images() -> bool {
    // The most that glibc takes as a threshold for blocks of their own.
    const BLOCK: i32 = 32 << 20;
    tell(&[(libc::M_MMAP_THRESHOLD, BLOCK), (libc::M_TRIM_THRESHOLD, 2 * BLOCK)])
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)]
fn tell(settings: &[(i32, i32)]) -> bool {
    // SAFETY: mallopt takes two integers and may be called at any time.
    settings.iter().all(|&(name, value)| unsafe { libc::mallopt(name, value) } == 1)
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn set_for_images() -> bool {
    false
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn set() -> bool {
    false
}

impl FreedMemory {
    /// A line for `doctor`.
    pub fn words(self) -> String {
        match self {
            Self::Kept => format!(
                "training and predict keep freed memory (faster, up to a third more at the peak); \
                 {SWITCH}=0 leaves it to the system"
            ),
            Self::AsSet(name) => {
                format!("freed memory is handled as {name} in the environment says")
            }
            Self::NotGlibc => "freed memory is left to the system: only glibc's allocator can be \
                               told to keep it"
                .into(),
            Self::Refused => "glibc refused to keep freed memory; it is left to the system".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn memory_is_kept_unless_the_user_says_otherwise() {
        let with = |name: &'static str, value: &'static str| {
            decided(move |asked| (asked == name).then(|| value.to_string()))
        };
        assert_eq!(with("", ""), FreedMemory::Kept);
        assert_eq!(with(SWITCH, "1"), FreedMemory::Kept);
        assert_eq!(with(SWITCH, "0"), FreedMemory::AsSet(SWITCH));
        assert_eq!(with("MALLOC_TOP_PAD_", "0"), FreedMemory::AsSet("MALLOC_TOP_PAD_"));
        let tunables = "glibc.malloc.trim_threshold=1";
        assert_eq!(with("GLIBC_TUNABLES", tunables), FreedMemory::AsSet("GLIBC_TUNABLES"));
        assert_eq!(with("GLIBC_TUNABLES", "glibc.pthread.rseq=0"), FreedMemory::Kept);
    }
}
