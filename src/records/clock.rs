//! The clock of the file server: machines that share a folder have clocks of their
//! own, minutes apart, and the times of files are of neither.

use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// The time where a folder lies.
#[derive(Clone, Copy, Debug)]
pub struct ServerClock {
    there: SystemTime,
    read: Instant,
}

/// How long a reading counts; clocks drift by less than a second meanwhile.
const FRESH: Duration = Duration::from_mins(5);

impl ServerClock {
    /// Reads the clock: the time that a file gets which is written now.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let mut probe = super::files::beside(folder)?;
        // Written and not only made: some servers date a file by its writing.
        probe.write_all(b"x")?;
        probe.as_file().sync_all()?;
        Ok(Self::at(probe.as_file().metadata()?.modified()?))
    }

    /// The clock, of a file that was written just now.
    pub(super) fn at(there: SystemTime) -> Self {
        Self { there, read: Instant::now() }
    }

    /// Whether it should be read again.
    pub fn is_old(&self) -> bool {
        self.read.elapsed() > FRESH
    }

    /// How long ago, there, a file was written; nothing where it is of the future.
    pub fn age(&self, written: SystemTime) -> Duration {
        (self.there + self.read.elapsed()).duration_since(written).unwrap_or_default()
    }

    /// The time there, so long ago.
    pub fn ago(&self, age: Duration) -> SystemTime {
        let now = self.there + self.read.elapsed();
        now.checked_sub(age).unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// How far the clock of this machine is off: seconds, above 0 where it is ahead.
    pub fn ahead(&self) -> f64 {
        let there = self.there + self.read.elapsed();
        match SystemTime::now().duration_since(there) {
            Ok(ahead) => ahead.as_secs_f64(),
            Err(behind) => -behind.duration().as_secs_f64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_of_the_clock_where_the_folder_lies() {
        let dir = tempfile::tempdir().expect("a folder");
        let clock = ServerClock::of(dir.path()).expect("a clock");
        assert!(clock.ahead().abs() < 5.0 && !clock.is_old());
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 0);
        // A server two minutes behind: what it dates now is not two minutes old.
        let behind = SystemTime::now() - Duration::from_mins(2);
        let clock = ServerClock::at(behind);
        assert!(clock.age(behind) < Duration::from_secs(5));
        assert!((clock.ahead() - 120.0).abs() < 5.0);
        assert_eq!(clock.age(behind + Duration::from_hours(1)), Duration::ZERO);
        assert!(clock.age(behind - Duration::from_mins(3)) >= Duration::from_mins(3));
    }
}
