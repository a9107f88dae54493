//! What a vectorised environment needs of a game: sizes, episodes, observations, saved states.

use crate::{classic, full, render::Game, threefry::Key};

/// A game as an environment: [`Game::act`] is a step of it.
///
/// ```
/// use dalenet_craftax::{Environment, Key, classic, full, render::Game};
///
/// fn play<G: Environment>() {
///     let mut game = G::new(Key::new(7));
///     let mut observation = vec![0.0; G::OBSERVATION];
///     game.act(0);
///     game.observe_dense(&mut observation);
///     let nonzero = observation.iter().filter(|&&x| x != 0.0).count();
///     assert!((1..=G::NONZERO).contains(&nonzero));
/// }
/// play::<classic::State>();
/// play::<full::State>();
/// ```
pub trait Environment: Game + Sized {
    /// Its name in craftax, without `-Symbolic-v1`.
    const NAME: &'static str;
    /// Numbers in an observation.
    const OBSERVATION: usize;
    /// The most of them that are not 0.
    const NONZERO: usize;
    /// Steps after which an episode is over.
    const EPISODE: u32;
    /// Total reward of all achievements.
    const ACHIEVABLE: i32;
    /// Number of 32-bit state words that [`Self::save`] appends.
    const STATE_WORDS: usize;

    /// The start of the episode that the key gives.
    fn new(key: Key) -> Self;
    /// Starts another episode in the same memory.
    fn reset(&mut self, key: Key);
    /// Whether the episode is over.
    fn is_over(&self) -> bool;
    /// Writes the observation: [`Self::OBSERVATION`] numbers.
    fn observe_dense(&self, out: &mut [f32]);
    /// Calls `put(column, value)` for each number of the observation that is not 0.
    fn observe(&self, put: impl FnMut(usize, f32));
    /// Appends the whole state as [`Self::STATE_WORDS`] state words.
    fn save(&self, out: &mut Vec<u32>);
    /// Restores a saved state; missing state words count as 0.
    fn restore(&mut self, state: &[u32]);
}

macro_rules! environment {
    ($game:ident, $name:literal) => {
        impl Environment for $game::State {
            const NAME: &'static str = $name;
            const OBSERVATION: usize = $game::OBSERVATION;
            const NONZERO: usize = $game::NONZERO;
            const EPISODE: u32 = $game::EPISODE as u32;
            const ACHIEVABLE: i32 = $game::ACHIEVABLE;
            const STATE_WORDS: usize = $game::State::WORDS;

            fn new(key: Key) -> Self {
                $game::State::new(key)
            }
            fn reset(&mut self, key: Key) {
                $game::State::reset(self, key);
            }
            fn is_over(&self) -> bool {
                $game::State::is_over(self)
            }
            fn observe_dense(&self, out: &mut [f32]) {
                $game::State::observe_dense(self, out);
            }
            #[inline]
            fn observe(&self, put: impl FnMut(usize, f32)) {
                $game::State::observe(self, put);
            }
            fn save(&self, out: &mut Vec<u32>) {
                $game::State::save(self, out);
            }
            fn restore(&mut self, state: &[u32]) {
                $game::State::restore(self, state);
            }
        }
    };
}

environment!(classic, "Craftax-Classic");
environment!(full, "Craftax");
