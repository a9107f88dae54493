//! Which attempts have died. Judged by the observer's own monotonic clock: no two clocks are compared.

use super::{
    attempt_file::{AttemptFile, State},
    owner::Owner,
};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// What a worker has seen of the attempts of others.
pub(crate) struct Watch {
    lease: Duration,
    /// The last heartbeat by run and token, and when it was first seen.
    seen: HashMap<(String, u64), (Option<AttemptFile>, Instant)>,
}

impl Watch {
    /// An attempt without a heartbeat for `lease` is dead.
    pub fn new(lease: Duration) -> Self {
        Self { lease, seen: HashMap::new() }
    }

    /// Whether the attempt `token` at a run is over: `worker` sees at `now` what it wrote last and who
    /// claimed it.
    pub fn is_over(
        &mut self,
        (run, token): (&str, u64),
        file: Option<AttemptFile>,
        owner: Option<&Owner>,
        worker: &Owner,
        now: Instant,
    ) -> bool {
        if file.as_ref().is_some_and(|file| file.state != State::Working) {
            return true;
        }
        if owner.is_some_and(|owner| worker.sees_end_of(owner)) {
            return true;
        }
        let last = self.seen.entry((run.into(), token)).or_insert_with(|| (file.clone(), now));
        if last.0 != file {
            *last = (file, now);
        }
        now.duration_since(last.1) >= self.lease
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(beat: u64, state: State) -> Option<AttemptFile> {
        Some(AttemptFile {
            nonce: "a".into(),
            token: 1,
            host: "there".into(),
            pid: 1,
            began: "1970-01-01T00:00:00Z".into(),
            beat,
            step: 0,
            steps: 0,
            state,
        })
    }

    #[test]
    fn an_attempt_is_over_a_lease_after_its_last_sign_of_life() {
        let (lease, start) = (Duration::from_secs(180), Instant::now());
        let mut watch = Watch::new(lease);
        let worker = Owner::here();
        let mut over = |seconds, file| {
            let now = start + Duration::from_secs(seconds);
            watch.is_over(("r", 1), file, None, &worker, now)
        };
        assert!(!over(0, None), "it may be about to begin");
        assert!(!over(179, None));
        assert!(!over(180, file(0, State::Working)));
        assert!(!over(359, file(0, State::Working)));
        assert!(!over(360, file(1, State::Working)));
        assert!(over(540, file(1, State::Working)));
        // A heartbeat after all: it was paused.
        assert!(!over(541, file(2, State::Working)));
    }

    #[test]
    fn an_attempt_that_says_so_is_over_at_once() {
        let mut watch = Watch::new(Duration::from_secs(180));
        let worker = Owner::here();
        for state in [State::Left, State::Failed("no data".into())] {
            assert!(watch.is_over(("r", 1), file(1, state), None, &worker, Instant::now()));
        }
        let owner = Owner { pid: 0, ..worker.clone() };
        let over =
            watch.is_over(("r", 1), file(1, State::Working), Some(&owner), &worker, Instant::now());
        assert_eq!(over, cfg!(target_os = "linux"));
    }
}
