//! The one source of chance: a counter-based generator whose whole state can be saved.

use crate::tensor::Matrix;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

/// A ChaCha8 generator. The same seed and stream give the same numbers on every machine.
///
/// ```
/// use dalenet::Generator;
/// let mut a = Generator::new(7, 0);
/// a.uniform();
/// let mut b = Generator::restore(&a.state());
/// assert_eq!(a.uniform(), b.uniform());
/// ```
#[derive(Clone, Debug)]
pub struct Generator {
    seed: u64,
    rng: ChaCha8Rng,
}

/// Where a [`Generator`] stands; goes into checkpoints.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeneratorState {
    /// The seed it was made with.
    pub seed: u64,
    /// Which of the seed's independent streams.
    pub stream: u64,
    /// How many 32-bit words it has given, as low and high half.
    pub position: [u64; 2],
}

impl Generator {
    /// The start of one of the 2⁶⁴ independent streams of a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self { seed, rng }
    }

    /// The generator that goes on exactly where `state` was taken.
    pub fn restore(state: &GeneratorState) -> Self {
        let mut generator = Self::new(state.seed, state.stream);
        let [low, high] = state.position.map(u128::from);
        generator.rng.set_word_pos(low | high << 64);
        generator
    }

    /// Where it stands now.
    pub fn state(&self) -> GeneratorState {
        let position = self.rng.get_word_pos();
        GeneratorState {
            seed: self.seed,
            stream: self.rng.get_stream(),
            position: [position as u64, (position >> 64) as u64],
        }
    }

    /// A number from U[0, 1).
    pub fn uniform(&mut self) -> f32 {
        self.rng.random()
    }

    /// A number from N(0, 1).
    pub fn normal(&mut self) -> f32 {
        self.rng.sample(StandardNormal)
    }

    /// A rows×cols matrix of numbers from N(0, scale²).
    pub(crate) fn normals(&mut self, rows: usize, cols: usize, scale: f32) -> Matrix {
        let values = (0..rows * cols).map(|_| scale * self.normal()).collect();
        Matrix::from_vec(rows, cols, values)
    }

    /// A whole number from 0 to `end` − 1.
    ///
    /// # Panics
    /// If `end == 0`.
    pub fn below(&mut self, end: usize) -> usize {
        self.rng.random_range(0..end)
    }

    /// Puts `items` into a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.rng);
    }
}
