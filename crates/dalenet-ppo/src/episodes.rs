//! Returns of whole episodes.

use crate::words::{Reader, Writer};
use dalenet_envs::Batch;

/// A complete episode.
#[derive(Clone, Copy, Debug, PartialEq)]
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
}

impl Episodes {
    pub fn new(envs: usize) -> Self {
        Self { running: vec![Episode { ret: 0.0, steps: 0 }; envs] }
    }

    /// Counts a step and calls `done` with each episode that it ended and its environment. Failed
    /// episodes are left out.
    pub fn add(&mut self, batch: &Batch, mut done: impl FnMut(usize, Episode)) {
        for (i, episode) in self.running.iter_mut().enumerate() {
            episode.ret += f64::from(batch.rewards[i]);
            episode.steps += 1;
            if batch.terminated[i] || batch.truncated[i] {
                let over = std::mem::replace(episode, Episode { ret: 0.0, steps: 0 });
                if !batch.failed[i] {
                    done(i, over);
                }
            }
        }
    }

    pub fn save(&self, to: &mut Writer) {
        for episode in &self.running {
            to.doubles(&[episode.ret]);
            to.long(episode.steps);
        }
    }

    pub fn restore(&mut self, from: &mut Reader<'_>) -> Option<()> {
        for episode in &mut self.running {
            let mut ret = [0.0];
            from.doubles(&mut ret)?;
            *episode = Episode { ret: ret[0], steps: from.long()? };
        }
        Some(())
    }
}
