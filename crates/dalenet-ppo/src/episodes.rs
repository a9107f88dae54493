//! Returns of whole episodes.

use dalenet::checkpoint::{Checkpoint, Error, Values};
use dalenet_envs::Batch;
use std::collections::VecDeque;

/// A complete episode.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Episode {
    /// Sum of its rewards, as the environment gave them.
    pub ret: f64,
    /// Number of its steps.
    pub steps: u64,
}

/// Counts, K, the achievements that environment `index` unlocked in the episode that has just ended.
pub(crate) fn count_unlocked(counts: &mut [u64], batch: &Batch, index: usize) {
    let unlocked = &batch.unlocked[index * counts.len()..][..counts.len()];
    counts.iter_mut().zip(unlocked).for_each(|(count, unlocked)| *count += u64::from(*unlocked));
}

/// The running episodes of N environments.
#[derive(Clone, Debug)]
pub(crate) struct Episodes {
    running: Vec<Episode>,
    /// Where the running episode is a first one that is cut early.
    staggered: Vec<bool>,
}

impl Episodes {
    /// Episodes at their start, the first ones `staggered` or not.
    pub fn new(envs: usize, staggered: bool) -> Self {
        Self { running: vec![Episode::default(); envs], staggered: vec![staggered; envs] }
    }

    /// Counts a step and calls `done` with each episode that it ended and its environment. Failed
    /// episodes are left out, and first ones that staggering has cut.
    pub fn add(&mut self, batch: &Batch, mut done: impl FnMut(usize, Episode)) {
        for (i, episode) in self.running.iter_mut().enumerate() {
            episode.ret += f64::from(batch.rewards[i]);
            episode.steps += 1;
            if batch.terminated[i] || batch.truncated[i] {
                let over = std::mem::take(episode);
                let staggered = std::mem::take(&mut self.staggered[i]);
                if !(batch.failed[i] || staggered && batch.truncated[i]) {
                    done(i, over);
                }
            }
        }
    }

    pub fn save(&self, to: &mut Vec<(String, Values)>) {
        let returns = self.running.iter().map(|episode| episode.ret).collect();
        let steps = self.running.iter().map(|episode| episode.steps).collect();
        let staggered = self.staggered.iter().map(|flag| u64::from(*flag)).collect();
        to.extend([
            ("episodes.return".into(), Values::F64(returns)),
            ("episodes.steps".into(), Values::U64(steps)),
            ("episodes.staggered".into(), Values::U64(staggered)),
        ]);
    }

    pub fn restore(&mut self, from: &Checkpoint<'_>) -> Result<(), Error> {
        let envs = self.running.len();
        let returns = from.f64s("episodes.return", envs)?;
        let steps = from.u64s("episodes.steps", envs)?;
        let staggered = from.u64s("episodes.staggered", envs)?;
        let episodes = returns.into_iter().zip(steps);
        self.running = episodes.map(|(ret, steps)| Episode { ret, steps }).collect();
        self.staggered = staggered.into_iter().map(|flag| flag != 0).collect();
        Ok(())
    }
}

/// Returns of the latest episodes, the oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Latest(VecDeque<f64>);

impl Latest {
    /// How many returns are kept, as in CleanRL and Stable-Baselines3.
    const COUNT: usize = 100;
    const TENSOR: &str = "episodes.latest";

    pub fn new() -> Self {
        Self(VecDeque::with_capacity(Self::COUNT))
    }

    pub fn push(&mut self, episode: Episode) {
        if self.0.len() == Self::COUNT {
            self.0.pop_front();
        }
        self.0.push_back(episode.ret);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Their mean; `None` before the first episode has ended.
    pub fn mean(&self) -> Option<f64> {
        (self.len() > 0).then(|| self.0.iter().sum::<f64>() / self.len() as f64)
    }

    pub fn save(&self, to: &mut Vec<(String, Values)>) {
        to.push((Self::TENSOR.into(), Values::F64(self.0.iter().copied().collect())));
    }

    pub fn restore(&mut self, from: &Checkpoint<'_>) -> Result<(), Error> {
        let len = from.len(Self::TENSOR)?.min(Self::COUNT);
        self.0.clear();
        self.0.extend(from.f64s(Self::TENSOR, len)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step of two environments with reward 1; which ended, by termination and by truncation.
    fn batch(terminated: [bool; 2], truncated: [bool; 2]) -> Batch {
        let (terminated, truncated) = (terminated.to_vec(), truncated.to_vec());
        Batch {
            rewards: vec![1.0; 2],
            terminated,
            truncated,
            failed: vec![false; 2],
            ..Batch::default()
        }
    }

    #[test]
    fn first_episodes_that_were_cut_early_have_no_return() {
        let mut episodes = Episodes::new(2, true);
        let mut ended = Vec::new();
        let steps = [
            ([false, true], [true, false]), // cut: no return; fell: a return
            ([false, false], [false, false]),
            ([false, false], [true, true]), // whole second episodes
        ];
        for (terminated, truncated) in steps {
            episodes.add(&batch(terminated, truncated), |i, episode| {
                ended.push((i, episode.ret, episode.steps));
            });
        }
        assert_eq!(ended, [(1, 1.0, 1), (0, 2.0, 2), (1, 2.0, 2)]);
    }

    #[test]
    fn the_latest_hundred_returns_count() {
        let mut latest = Latest::new();
        assert_eq!((latest.len(), latest.mean()), (0, None));
        for i in 0..130 {
            latest.push(Episode { ret: f64::from(i), steps: 1 });
        }
        // Mean of 30, …, 129.
        assert_eq!((latest.len(), latest.mean()), (100, Some(79.5)));
    }
}
