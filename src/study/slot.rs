//! A slot: a runner that a scheduler gives some hours.

use std::time::{Duration, Instant};

/// How a runner is to behave as one slot of many.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// When its time is up; never where absent.
    pub until: Option<Instant>,
    /// Time at the end for finishing a step and saving; in it no run is begun, and
    /// those that are under way are stopped.
    pub reserve: Duration,
}

/// What is reserved at the end of a slot where nobody says.
pub const RESERVE: Duration = Duration::from_secs(90);

impl Slot {
    /// Whether it is time to stop.
    pub(super) fn is_short(&self) -> bool {
        self.left().is_some_and(|left| left <= self.reserve)
    }

    /// Time left, where it ends.
    fn left(&self) -> Option<Duration> {
        self.until.map(|until| until.saturating_duration_since(Instant::now()))
    }

    /// Why a slot of this length is of no use, if it is.
    pub fn too_short(&self) -> Option<String> {
        let left = self.left()?;
        (left <= self.reserve).then(|| {
            format!(
                "the time of this slot is up in {:.0} s, and {} s of it are kept to stop and save in: \
                 no run would get on; ask for more time (--time), or keep less (--reserve)",
                left.as_secs_f64(),
                self.reserve.as_secs()
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_short_from_the_reserve_on() {
        let slot = |seconds: u64| Slot {
            until: Some(Instant::now() + Duration::from_secs(seconds)),
            reserve: Duration::from_mins(1),
        };
        assert!(slot(30).is_short() && slot(60).is_short() && !slot(100).is_short());
        assert!(slot(59).too_short().expect("too short").contains("--time"));
        assert!(slot(100).too_short().is_none());
        let ended = Slot { until: Some(Instant::now()), reserve: Duration::ZERO };
        assert!(ended.is_short());
        let endless = Slot { until: None, reserve: Duration::from_mins(1) };
        assert!(!endless.is_short() && endless.too_short().is_none());
    }
}
