//! JAX's counter-based generator: what `jax.random` draws from a key, bit for bit.
//!
//! Source: `jax/_src/prng.py` and `jax/_src/random.py` of jax 0.10.2, with
//! `jax_threefry_partitionable` on, as it is by default. Number `i` of an array depends on the key
//! and `i` alone, so that any of them can be drawn without the others.

/// A key of `jax.random`: its two 32-bit numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Key(pub u32, pub u32);

const ROTATIONS: [[u32; 4]; 2] = [[13, 15, 26, 6], [17, 29, 16, 24]];

/// Threefry-2x32 with 20 rounds: one block of the counter `(x, y)`.
#[inline]
fn threefry(Key(a, b): Key, mut x: u32, mut y: u32) -> (u32, u32) {
    let schedule = [a, b, a ^ b ^ 0x1BD1_1BDA];
    x = x.wrapping_add(schedule[0]);
    y = y.wrapping_add(schedule[1]);
    for group in 0..5 {
        for rotation in ROTATIONS[group % 2] {
            x = x.wrapping_add(y);
            y = y.rotate_left(rotation) ^ x;
        }
        x = x.wrapping_add(schedule[(group + 1) % 3]);
        y = y.wrapping_add(schedule[(group + 2) % 3]).wrapping_add(group as u32 + 1);
    }
    (x, y)
}

impl Key {
    /// `jax.random.PRNGKey(seed)` of a seed that fits 32 bits.
    pub const fn new(seed: u32) -> Self {
        Self(0, seed)
    }

    /// Row `i` of `jax.random.split(key, n)`, whatever `n`; also `jax.random.fold_in(key, i)`.
    #[inline]
    pub fn child(self, i: u32) -> Self {
        let (x, y) = threefry(self, 0, i);
        Self(x, y)
    }

    /// `jax.random.split(key)`.
    #[inline]
    pub fn split(self) -> (Self, Self) {
        (self.child(0), self.child(1))
    }

    /// `key, drawn = jax.random.split(key)`: becomes the first child and returns the second.
    #[inline]
    pub fn draw(&mut self) -> Self {
        let (key, drawn) = self.split();
        *self = key;
        drawn
    }

    /// Entry `i` of `jax.random.bits(key, shape)`.
    #[inline]
    pub fn bits(self, i: u32) -> u32 {
        let (x, y) = threefry(self, 0, i);
        x ^ y
    }

    /// Entry `i` of `jax.random.uniform(key, shape)`, in [0, 1).
    #[inline]
    pub fn uniform(self, i: u32) -> f32 {
        f32::from_bits(self.bits(i) >> 9 | 0x3F80_0000) - 1.0
    }

    /// Entry `i` of `jax.random.randint(key, shape, low, high)`; `low` if the range is empty.
    #[inline]
    pub fn integer(self, i: u32, low: i32, high: i32) -> i32 {
        let (first, second) = self.split();
        let span = if high <= low { 1 } else { high.wrapping_sub(low) as u32 };
        let (upper, lower) = (first.bits(i) % span, second.bits(i) % span);
        let half = 65_536 % span;
        let power = half.wrapping_mul(half) % span;
        low.wrapping_add((upper.wrapping_mul(power).wrapping_add(lower) % span) as i32)
    }

    /// `jax.random.choice(key, N, p=p)` of few probabilities: at most 16, whose running sum XLA
    /// takes in order. They need not add up to 1. 0 if there is a NaN among them.
    #[inline]
    pub fn choice<const N: usize>(self, p: [f32; N]) -> usize {
        const { assert!(N <= 16) };
        let mut sum = 0.0;
        let sums = p.map(|p| {
            sum += p;
            sum
        });
        let drawn = sum * (1.0 - self.uniform(0));
        sums.iter().position(|&sum| drawn <= sum).unwrap_or(0)
    }

    /// `jax.random.choice(key, cells, p=p)` where `p` is `weight` at the ascending `candidates`
    /// and 0 elsewhere. Cell 0 if there are no candidates. There are at most 4096 cells; of a
    /// candidate beyond them, which one is drawn is not what JAX would draw.
    ///
    /// XLA's running sum goes by blocks of 16, their totals by blocks of 16 again, which decides
    /// the last bits. Adding 0 is exact, so only the candidates in each block matter.
    pub fn choice_among(self, weight: f32, candidates: &[u16]) -> usize {
        const BLOCKS: usize = 256; // of 16 cells; a map of 64×64 has so many
        let mut within = [0.0f32; 17];
        for i in 1..17 {
            within[i] = within[i - 1] + weight;
        }
        let mut counts = [0u8; BLOCKS];
        for &cell in candidates {
            let count = &mut counts[usize::from(cell / 16) % BLOCKS];
            *count = 16.min(*count + 1);
        }
        // The sum up to the end of each block.
        let mut sums = [0.0f32; BLOCKS];
        let mut before = 0.0;
        for (sums, counts) in sums.chunks_exact_mut(16).zip(counts.chunks_exact(16)) {
            let mut sum = 0.0;
            for (end, &count) in sums.iter_mut().zip(counts) {
                sum += within[usize::from(count)];
                *end = sum;
            }
            sums.iter_mut().for_each(|sum| *sum += before);
            before += sum;
        }
        let drawn = sums[BLOCKS - 1] * (1.0 - self.uniform(0));
        let (mut block, mut inside) = (usize::MAX, 0);
        for &cell in candidates {
            let (cell, before) = (usize::from(cell), block);
            block = cell / 16 % BLOCKS;
            inside = if block == before { 16.min(inside + 1) } else { 1 };
            let before = if block == 0 { 0.0 } else { sums[block - 1] };
            if drawn <= within[inside] + before {
                return cell;
            }
        }
        candidates.last().map_or(0, |&cell| cell.into())
    }

    /// `jax.random.permutation(key, N)` of few numbers: one stable sort by random bits.
    pub fn permutation<const N: usize>(self) -> [u8; N] {
        let key = self.child(1);
        let mut rows: [(u32, u8); N] = std::array::from_fn(|i| (key.bits(i as u32), i as u8));
        rows.sort_by_key(|&(bits, _)| bits); // stable, without allocation so short
        rows.map(|(_, i)| i)
    }
}
