//! How fast something goes on, as it is now and not as it was on average since the start.

use std::time::{Duration, Instant};

/// What is this long ago counts for a third.
const MEMORY: Duration = Duration::from_secs(30);

/// A count per second, weighted towards the last half minute.
#[derive(Debug)]
pub(super) struct Rate {
    seen: (Instant, u64),
    /// What was counted and the seconds that it took, both fading.
    counted: f64,
    seconds: f64,
}

impl Rate {
    /// Returns the rate of a count that is zero at `start`.
    pub(super) fn new(start: Instant) -> Self {
        Self {
            seen: (start, 0),
            counted: 0.0,
            seconds: 0.0,
        }
    }

    /// Notes how far the count is.
    pub(super) fn note(&mut self, now: Instant, count: u64) {
        let (then, before) = std::mem::replace(&mut self.seen, (now, count));
        let passed = now.duration_since(then).as_secs_f64();
        let kept = (-passed / MEMORY.as_secs_f64()).exp();
        self.counted = self.counted * kept + count.saturating_sub(before) as f64;
        self.seconds = self.seconds * kept + passed;
    }

    /// Returns the count per second.
    pub(super) fn per_second(&self) -> f64 {
        if self.seconds > 0.0 {
            self.counted / self.seconds
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails unless the rate is `expect`, a twentieth more or less, after stretches of so many seconds at so many per
    /// second, noted ten times a second.
    fn check(stretches: &[(u32, u64)], expect: f64) {
        let start = Instant::now();
        let mut rate = Rate::new(start);
        let (mut tenths, mut count) = (0, 0);
        for &(seconds, per_second) in stretches {
            for _ in 0..seconds * 10 {
                tenths += 1;
                count += per_second / 10;
                rate.note(start + Duration::from_millis(100) * tenths, count);
            }
        }
        let found = rate.per_second();
        assert!(
            (found - expect).abs() <= expect / 20.0 + 0.001,
            "{stretches:?}: {found}"
        );
    }

    #[test]
    fn a_steady_rate_is_right_from_the_start() {
        check(&[(1, 100)], 100.0);
        check(&[(600, 100)], 100.0);
    }

    #[test]
    fn a_long_idle_time_is_soon_forgotten() {
        check(&[(3600, 0), (90, 100)], 95.0);
        check(&[(60, 100), (3600, 0)], 0.0);
    }

    #[test]
    fn few_looks_tell_the_same() {
        let start = Instant::now();
        let mut rate = Rate::new(start);
        rate.note(start + Duration::from_secs(10), 1000);
        assert!((rate.per_second() - 100.0).abs() < 1.0, "{rate:?}");
        assert!(Rate::new(start).per_second().abs() < f64::EPSILON);
    }
}
