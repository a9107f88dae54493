//! State as 32-bit words, for checkpoints: exact to the bit.

/// Collects words.
#[derive(Default)]
pub(crate) struct Writer(pub Vec<u32>);

impl Writer {
    pub fn floats(&mut self, values: &[f32]) {
        self.0.extend(values.iter().map(|value| value.to_bits()));
    }

    pub fn doubles(&mut self, values: &[f64]) {
        values.iter().for_each(|value| self.long(value.to_bits()));
    }

    pub fn long(&mut self, value: u64) {
        self.0.extend([value as u32, (value >> 32) as u32]);
    }
}

/// Reads words in order; `None` where none are left.
pub(crate) struct Reader<'a>(pub &'a [u32]);

impl Reader<'_> {
    pub fn floats(&mut self, values: &mut [f32]) -> Option<()> {
        let (words, rest) = self.0.split_at_checked(values.len())?;
        values.iter_mut().zip(words).for_each(|(value, word)| *value = f32::from_bits(*word));
        self.0 = rest;
        Some(())
    }

    pub fn doubles(&mut self, values: &mut [f64]) -> Option<()> {
        for value in values {
            *value = f64::from_bits(self.long()?);
        }
        Some(())
    }

    pub fn long(&mut self) -> Option<u64> {
        let ([low, high], rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from(*low) | u64::from(*high) << 32)
    }
}
