//! Craftax and Craftax-Classic from `dalenet-craftax`, as environments.

use crate::{
    Actions, Space,
    vectorised::Block,
    words::{Reader, Writer},
};
use dalenet::Generator;
use dalenet_craftax::{Key, Outcome, classic, full};

/// The game of an environment, to draw it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum CraftaxState<'a> {
    /// Craftax-Classic.
    Classic(&'a classic::State),
    /// Craftax.
    Full(&'a full::State),
}

impl<'a> CraftaxState<'a> {
    /// What both games have in common.
    pub fn game(self) -> &'a dyn dalenet_craftax::render::Game {
        match self {
            Self::Classic(state) => state,
            Self::Full(state) => state,
        }
    }
}

/// What the two games have in common.
pub(crate) trait Game: Send + Sync {
    const NAME: &'static str;
    const OBSERVATION: usize;
    const NONZERO: usize;
    const ACTIONS: usize;
    const EPISODE: u32;
    const ACHIEVEMENTS: &'static [&'static str];
    const ACHIEVABLE: i32;

    fn new(key: Key) -> Self;
    /// Begins anew, in the same memory.
    fn reset(&mut self, key: Key);
    /// The key that the state carries, from which the next step is drawn.
    fn key(&self) -> Key;
    fn step(&mut self, key: Key, action: u32) -> Outcome;
    fn is_over(&self) -> bool;
    fn observe(&self, out: &mut [f32]);
    fn observe_sparse(&self, put: impl FnMut(usize, f32));
    fn unlocked(&self) -> &[bool];
    fn save(&self, out: &mut Vec<u32>);
    /// How many words [`Self::save`] gives.
    fn words(&self) -> usize;
    fn restore(&mut self, words: &[u32]);
    fn shown(&self) -> CraftaxState<'_>;
}

macro_rules! game {
    ($module:ident, $name:literal, $variant:ident) => {
        impl Game for $module::State {
            const NAME: &'static str = $name;
            const OBSERVATION: usize = $module::OBSERVATION;
            const NONZERO: usize = $module::NONZERO;
            const ACTIONS: usize = $module::Action::ALL.len();
            const EPISODE: u32 = $module::EPISODE as u32;
            const ACHIEVEMENTS: &'static [&'static str] = &$module::Achievement::NAMES;
            const ACHIEVABLE: i32 = $module::ACHIEVABLE;

            fn new(key: Key) -> Self {
                Self::new(key)
            }
            fn reset(&mut self, key: Key) {
                self.reset(key);
            }
            fn key(&self) -> Key {
                self.key
            }
            fn step(&mut self, key: Key, action: u32) -> Outcome {
                let action = $module::Action::from_code(action).unwrap_or($module::Action::Noop);
                self.step(key, action)
            }
            fn is_over(&self) -> bool {
                self.is_over()
            }
            fn observe(&self, out: &mut [f32]) {
                self.observe_dense(out);
            }
            fn observe_sparse(&self, put: impl FnMut(usize, f32)) {
                self.observe(put);
            }
            fn unlocked(&self) -> &[bool] {
                &self.achievements
            }
            fn save(&self, out: &mut Vec<u32>) {
                self.save(out);
            }
            fn words(&self) -> usize {
                $module::State::WORDS
            }
            fn restore(&mut self, words: &[u32]) {
                self.restore(words);
            }
            fn shown(&self) -> CraftaxState<'_> {
                CraftaxState::$variant(self)
            }
        }
    };
}

game!(classic, "craftax-classic", Classic);
game!(full, "craftax", Full);

/// One game.
pub(crate) struct Craftax<G>(G);

impl<G: Game> Default for Craftax<G> {
    fn default() -> Self {
        Self(G::new(Key::default()))
    }
}

impl<G: Game> Block for Craftax<G> {
    const LANES: usize = 1;
    const EPISODE: u32 = G::EPISODE;
    const SHARE: usize = 8;
    const NONZERO: usize = G::NONZERO;
    const ACHIEVEMENTS: &'static [&'static str] = G::ACHIEVEMENTS;
    const ACHIEVABLE: Option<f64> = Some(G::ACHIEVABLE as f64);

    fn name(&self) -> &'static str {
        G::NAME
    }

    fn observation_space(&self) -> Space {
        Space::Continuous { low: vec![0.0; G::OBSERVATION], high: vec![1.0; G::OBSERVATION] }
    }

    fn action_space(&self) -> Space {
        Space::Discrete { n: G::ACTIONS }
    }

    fn start(&mut self, _: usize, generator: &mut Generator) {
        let [high, low] = [(); 2].map(|()| generator.below(1 << 32) as u32);
        self.0.reset(Key(high, low));
    }

    fn step(
        &mut self,
        actions: Actions<'_>,
        _: &mut [Generator],
        rewards: &mut [f32],
        terminated: &mut [bool],
    ) {
        let Actions::Discrete(actions) = actions else { return };
        for (lane, &action) in actions.iter().enumerate() {
            // A repeated action can come too late.
            if !self.0.is_over() {
                rewards[lane] += self.0.step(self.0.key(), action).reward;
            }
            terminated[lane] = self.0.is_over();
        }
    }

    fn observe(&mut self, out: &mut [f32]) {
        self.0.observe(out);
    }

    fn observe_sparse(&self, columns: &mut Vec<u32>, values: &mut Vec<f32>) {
        self.0.observe_sparse(|column, value| {
            columns.push(column as u32);
            values.push(value);
        });
    }

    fn unlocked(&self, _: usize) -> &[bool] {
        self.0.unlocked()
    }

    fn save(&self, _: usize, out: &mut Writer) {
        self.0.save(&mut out.0);
    }

    fn restore(&mut self, _: usize, from: &mut Reader<'_>) {
        let words = from.take(self.0.words());
        self.0.restore(words);
    }

    fn craftax(&self) -> Option<CraftaxState<'_>> {
        Some(self.0.shown())
    }
}
