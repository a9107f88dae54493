//! How long something will still take.

use std::time::{Duration, Instant};

/// The time left, by what was done since the first measurement: work of before a resume took no
/// time of this session and says nothing about its speed.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeLeft {
    first: Option<(Instant, f64)>,
    now: Option<(Instant, f64)>,
}

impl TimeLeft {
    /// So large a share of all, 0 to 1, is done at that moment.
    pub fn measure(&mut self, share: f64, at: Instant) {
        self.first.get_or_insert((at, share));
        self.now = Some((at, share));
    }

    /// What the rest takes at the speed so far. `None` before the second measurement.
    pub fn estimate(&self) -> Option<Duration> {
        let ((first, from), (now, to)) = (self.first?, self.now?);
        let done = to - from;
        let seconds = now.duration_since(first).as_secs_f64() / done * (1.0 - to).max(0.0);
        (done > 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
    }

    /// `83 s left`, or nothing before the second measurement.
    pub fn words(&self) -> String {
        self.estimate().map_or_else(String::new, |left| format!("{} left", short(left)))
    }
}

/// A duration in at most six characters up to a year: `83 s`, `12 min`, `3.4 h`.
fn short(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds {
        _ if seconds < 99.5 => format!("{seconds:.0} s"),
        _ if seconds < 99.5 * 60.0 => format!("{:.0} min", seconds / 60.0),
        _ if seconds < 99.5 * 3600.0 => format!("{:.1} h", seconds / 3600.0),
        _ => format!("{:.0} d", seconds / 86_400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_is_that_since_the_first_measurement() {
        let (mut left, start) = (TimeLeft::default(), Instant::now());
        assert_eq!(left.estimate(), None);
        // A resumed training begins at 80 %.
        left.measure(0.8, start);
        assert_eq!((left.estimate(), left.words()), (None, String::new()));
        left.measure(0.9, start + Duration::from_secs(30));
        let seconds = left.estimate().unwrap().as_secs_f64();
        assert!((seconds - 30.0).abs() < 1e-6, "{seconds}");
        left.measure(1.0, start + Duration::from_secs(40));
        assert_eq!(left.words(), "0 s left");
    }

    #[test]
    fn durations_are_short() {
        for (seconds, words) in [
            (0, "0 s"),
            (99, "99 s"),
            (100, "2 min"),
            (5940, "99 min"),
            (12_240, "3.4 h"),
            (864_000, "10 d"),
        ] {
            assert_eq!(short(Duration::from_secs(seconds)), words);
        }
        assert!(short(Duration::MAX).ends_with(" d"));
    }
}
