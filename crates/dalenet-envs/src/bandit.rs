//! A bandit with a hint, for quick tests of a learner.

use crate::{
    Actions, Space,
    simulator::{Simulator, Spec},
    state_words::{Reader, Writer},
};
use dalenet::Generator;

/// How many hints, and arms.
const ARMS: usize = 4;
/// Standard deviation of the reward.
const NOISE: f32 = 0.1;

/// Sixteen bandits. The observation is one of four hints (one-hot), the action one of four arms: the
/// arm after the hint's own has a mean reward of 1, the others of 0. Every episode is one step. Random
/// actions earn 0.25 on average, the best policy 1.
#[derive(Default)]
pub(crate) struct Bandit([usize; 16]);

impl Simulator for Bandit {
    const LANES: usize = 16;

    fn spec(&self) -> Spec {
        Spec::new(Space::unit(ARMS), Space::Discrete { n: ARMS }, 1)
    }

    fn start(&mut self, lane: usize, generator: &mut Generator) {
        self.0[lane] = generator.below(ARMS);
    }

    fn step(
        &mut self,
        actions: Actions<'_>,
        generators: &mut [Generator],
        rewards: &mut [f32],
        terminated: &mut [bool],
    ) {
        let Actions::Discrete(actions) = actions else { return };
        for (lane, &arm) in actions.iter().enumerate() {
            let right = arm as usize == (self.0[lane] + 1) % ARMS;
            rewards[lane] += f32::from(right) + NOISE * generators[lane].normal();
            terminated[lane] = true;
        }
    }

    fn observe(&mut self, out: &mut [f32]) {
        for (out, &hint) in out.chunks_exact_mut(ARMS).zip(&self.0) {
            out.fill(0.0);
            out[hint] = 1.0;
        }
    }

    fn save(&self, lane: usize, out: &mut Writer) {
        out.0.push(self.0[lane] as u32);
    }

    fn restore(&mut self, lane: usize, from: &mut Reader<'_>) {
        self.0[lane] = from.u32() as usize % ARMS;
    }
}

#[cfg(test)]
mod tests {
    use crate::{Actions, Options, make};

    /// Closed form: the arm after the hint has a mean reward of 1, the others of 0.
    #[test]
    fn only_the_arm_after_the_hint_pays() {
        let mut env = make("bandit", 4000, &Options::default()).unwrap();
        let hints: Vec<usize> = env
            .reset(3)
            .observations
            .chunks(4)
            .map(|x| x.iter().position(|&x| x == 1.0).unwrap())
            .collect();
        for shift in 0..4 {
            env.reset(3);
            let arms: Vec<u32> = hints.iter().map(|hint| ((hint + shift) % 4) as u32).collect();
            let batch = env.step(Actions::Discrete(&arms)).unwrap();
            let mean = batch.rewards.iter().sum::<f32>() / 4000.0;
            let want = if shift == 1 { 1.0 } else { 0.0 };
            assert!((mean - want).abs() < 0.01, "{shift}: {mean}");
            assert!(batch.terminated.iter().all(|&over| over));
        }
        for hint in 0..4 {
            let share = hints.iter().filter(|&&h| h == hint).count();
            assert!((800..1200).contains(&share));
        }
    }
}
