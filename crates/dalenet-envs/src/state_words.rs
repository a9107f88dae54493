//! Saved state as 32-bit numbers, the state words of a checkpoint.

use dalenet::GeneratorState;

/// Collects state words.
#[derive(Default)]
pub(crate) struct Writer(pub Vec<u32>);

impl Writer {
    pub fn u64(&mut self, x: u64) {
        self.0.extend([x as u32, (x >> 32) as u32]);
    }

    pub fn f64(&mut self, x: f64) {
        self.u64(x.to_bits());
    }

    pub fn f32s(&mut self, x: &[f32]) {
        self.0.extend(x.iter().map(|x| x.to_bits()));
    }

    pub fn flags(&mut self, x: &[bool]) {
        self.0.extend(x.iter().map(|&x| u32::from(x)));
    }

    pub fn generator(&mut self, state: &GeneratorState) {
        let GeneratorState { seed, stream, position: [low, high] } = *state;
        [seed, stream, low, high].into_iter().for_each(|x| self.u64(x));
    }
}

/// Reads state words in the order they were written. Beyond the last one it gives zeros; whether
/// there are enough is checked by their number beforehand.
pub(crate) struct Reader<'a>(pub &'a [u32]);

impl<'a> Reader<'a> {
    /// The next `n` state words, or fewer if there are no more.
    pub fn take(&mut self, n: usize) -> &'a [u32] {
        let (first, rest) = self.0.split_at(n.min(self.0.len()));
        self.0 = rest;
        first
    }

    pub fn u32(&mut self) -> u32 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    pub fn u64(&mut self) -> u64 {
        u64::from(self.u32()) | u64::from(self.u32()) << 32
    }

    pub fn f64(&mut self) -> f64 {
        f64::from_bits(self.u64())
    }

    pub fn f32s(&mut self, x: &mut [f32]) {
        x.iter_mut().for_each(|x| *x = f32::from_bits(self.u32()));
    }

    pub fn flags(&mut self, x: &mut [bool]) {
        x.iter_mut().for_each(|x| *x = self.u32() != 0);
    }

    pub fn generator(&mut self) -> GeneratorState {
        let (seed, stream) = (self.u64(), self.u64());
        GeneratorState { seed, stream, position: [self.u64(), self.u64()] }
    }
}
