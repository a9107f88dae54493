//! The state words of a checkpoint: a header of name, count and options; first seed and failures; every
//! environment; the batch.

use super::{Rules, Vectorised};
use crate::{
    Batch, Error, Restart,
    simulator::Simulator,
    state_words::{Reader, Writer},
};

/// FNV-1a of the task's name, without `brax/`: the name of those tasks when the format began.
fn hash(name: &str) -> u32 {
    let name = name.strip_prefix("brax/").unwrap_or(name);
    name.bytes().fold(2_166_136_261, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619))
}

impl<S: Simulator> Vectorised<S> {
    fn header(&self) -> [u32; 5] {
        let Rules { episode_length, action_repeat, stagger, restart, autoreset, .. } = self.rules;
        let starts = u32::from(restart == Restart::Same) | u32::from(stagger > 0) << 1;
        let starts = starts | (autoreset as u32) << 2;
        let count = self.batch.rewards.len() as u32;
        [hash(self.name), count, episode_length, action_repeat, starts]
    }

    pub(super) fn saved(&self) -> Vec<u32> {
        let mut out = Writer(self.header().to_vec());
        out.u64(self.groups[0].seed());
        out.u64(self.groups.iter().map(|group| group.failures).sum());
        self.groups.iter().for_each(|group| group.save(&mut out));
        let Batch { observations, next, rewards, terminated, truncated, failed, unlocked, .. } =
            &self.batch;
        [observations, next, rewards].into_iter().for_each(|numbers| out.f32s(numbers));
        [terminated, truncated, failed, unlocked].into_iter().for_each(|flags| out.flags(flags));
        let nonzero = self.spec.nonzero;
        if nonzero > 0 {
            for group in &self.groups {
                group.acting.save(nonzero, &mut out);
                group.led.save(nonzero, &mut out);
            }
        }
        out.0
    }

    pub(super) fn restore_saved(&mut self, state: &[u32]) -> Result<(), Error> {
        let header = self.header();
        if !state.starts_with(&header) || state.len() != self.saved().len() {
            return Err(self.refusal());
        }
        let mut from = Reader(&state[header.len()..]);
        let [_seed, failures] = [from.u64(), from.u64()];
        self.groups.iter_mut().for_each(|group| group.restore(&mut from));
        self.groups[0].failures = failures;
        let Batch { observations, next, rewards, terminated, truncated, failed, unlocked, .. } =
            &mut self.batch;
        [observations, next, rewards].into_iter().for_each(|numbers| from.f32s(numbers));
        for flags in [terminated, truncated, failed, &mut *unlocked] {
            from.flags(flags);
        }
        let unlocked = unlocked.chunks(S::LANES * self.spec.achievements.len().max(1));
        for (group, unlocked) in self.groups.iter_mut().zip(unlocked) {
            group.unlocked.copy_from_slice(unlocked);
        }
        let nonzero = self.spec.nonzero;
        if nonzero > 0 {
            for group in &mut self.groups {
                group.acting.restore(nonzero, &mut from);
                group.led.restore(nonzero, &mut from);
            }
        }
        Ok(())
    }

    fn refusal(&self) -> Error {
        let Rules { episode_length, action_repeat, restart, autoreset, .. } = self.rules;
        let (count, name) = (self.batch.rewards.len(), self.name);
        let wanted = format!(
            "{count} × `{name}` with episodes of {episode_length}, actions × {action_repeat}, \
             {restart:?}, {autoreset:?}"
        );
        Error::Saved { wanted }
    }
}
