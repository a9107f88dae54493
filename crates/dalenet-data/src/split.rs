//! Examples with their labels, from which batches are gathered.

use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::Error;

/// N examples of D values each, with N labels.
///
/// A split made from another ([`subset`](Split::subset), [`split_off`](Split::split_off))
/// shares its values: it costs a few bytes an example.
#[derive(Clone, Debug)]
pub struct Split {
    /// All examples of the file, row after row.
    values: Arc<Values>,
    /// D, the values of one example.
    width: usize,
    /// Which rows of `values` are the N examples.
    rows: Vec<u32>,
    /// The label of each.
    labels: Vec<u16>,
}

/// The values of a data set's examples, N×D, row-major.
#[derive(Debug)]
pub(crate) enum Values {
    Bytes(Vec<u8>),
    Floats(Vec<f32>),
}

impl Split {
    /// N examples of `width` = D bytes each (N×D, row-major), with N `labels`.
    ///
    /// ```
    /// use dalenet_data::Split;
    ///
    /// let split = Split::from_bytes(vec![0, 51, 102, 255], 2, vec![7, 3])?;
    /// let mut batch = [0.0; 2];
    /// split.gather(&[1], &mut batch);
    /// assert_eq!(batch, [0.4, 1.0]);
    /// # Ok::<(), dalenet_data::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] unless there are N×D bytes, D at least 1.
    pub fn from_bytes(bytes: Vec<u8>, width: usize, labels: Vec<u16>) -> Result<Split, Error> {
        Split::new(Values::Bytes(bytes), width, labels)
    }

    /// N examples of `width` = D floats each (N×D, row-major), with N `labels`.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] unless there are N×D floats, D at least 1.
    pub fn from_floats(floats: Vec<f32>, width: usize, labels: Vec<u16>) -> Result<Split, Error> {
        Split::new(Values::Floats(floats), width, labels)
    }

    pub(crate) fn new(values: Values, width: usize, labels: Vec<u16>) -> Result<Split, Error> {
        let length = match &values {
            Values::Bytes(bytes) => bytes.len(),
            Values::Floats(floats) => floats.len(),
        };
        match u32::try_from(labels.len()) {
            Ok(examples) if width > 0 && labels.len().checked_mul(width) == Some(length) => {
                let rows = (0..examples).collect();
                Ok(Split { values: Arc::new(values), width, rows, labels })
            }
            _ => Err(Error::Lengths { values: length, examples: labels.len(), width }),
        }
    }

    /// All values that the examples are among.
    pub(crate) fn values(&self) -> &Values {
        &self.values
    }

    /// N, the number of examples.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no examples.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// D, the number of values of one example.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The N labels, from 0.
    pub fn labels(&self) -> &[u16] {
        &self.labels
    }

    /// Which rows of the data set's file the N examples are.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The examples at `indices`, in that order.
    ///
    /// # Panics
    ///
    /// If an index is not below N.
    pub fn subset(&self, indices: &[u32]) -> Split {
        let pick = |i: &u32| *i as usize;
        Split {
            values: Arc::clone(&self.values),
            width: self.width,
            rows: indices.iter().map(|i| self.rows[pick(i)]).collect(),
            labels: indices.iter().map(|i| self.labels[pick(i)]).collect(),
        }
    }

    /// Writes the B examples at `indices` to `out`, which is B×D, row-major: bytes as
    /// value/255, floats as they are.
    ///
    /// # Panics
    ///
    /// If `out.len()` ≠ B·D, or an index is not below N.
    pub fn gather(&self, indices: &[u32], out: &mut [f32]) {
        assert_eq!(out.len(), indices.len() * self.width, "out is not B×D");
        let starts = indices.iter().map(|&i| self.rows[i as usize] as usize * self.width);
        let examples = starts.zip(out.chunks_exact_mut(self.width));
        match &*self.values {
            Values::Bytes(bytes) => {
                for (start, out) in examples {
                    let bytes = &bytes[start..start + self.width];
                    for (out, &byte) in out.iter_mut().zip(bytes) {
                        *out = f32::from(byte) / 255.0;
                    }
                }
            }
            Values::Floats(floats) => {
                for (start, out) in examples {
                    out.copy_from_slice(&floats[start..start + self.width]);
                }
            }
        }
    }

    /// Two splits: what is left to train on, and `held_out` examples for validation.
    ///
    /// Which examples these are depends on N and `seed` only: the same on every machine, today
    /// and in later versions.
    ///
    /// ```
    /// use dalenet_data::Split;
    ///
    /// let all = Split::from_bytes((0..100).collect(), 1, vec![0; 100])?;
    /// let (train, validation) = all.split_off(20, 0)?;
    /// assert_eq!((train.len(), validation.len()), (80, 20));
    /// # Ok::<(), dalenet_data::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::HoldOut`] unless at least one example is left to train on.
    pub fn split_off(self, held_out: usize, seed: u64) -> Result<(Split, Split), Error> {
        if held_out >= self.len() {
            return Err(Error::HoldOut { held_out, examples: self.len() });
        }
        let order = shuffled(self.rows.len() as u32, seed);
        let (validation, train) = order.split_at(held_out);
        Ok((self.subset(train), self.subset(validation)))
    }
}

/// 0 … `length`−1 in an order drawn from `seed`: Fisher–Yates with ChaCha8, whose key is the
/// seed in little-endian and zeros.
fn shuffled(length: u32, seed: u64) -> Vec<u32> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut generator = ChaCha8Rng::from_seed(key);
    let mut order: Vec<u32> = (0..length).collect();
    for last in (1..order.len()).rev() {
        // The high half of a 128-bit product maps 64 random bits to 0 ..= last.
        let below = u128::from(generator.next_u64()) * (last as u128 + 1);
        order.swap(last, (below >> 64) as usize);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathers_floats_as_they_are_in_the_order_asked() {
        let split = Split::from_floats(vec![-1.5, 2.0, 3e9, 0.0], 2, vec![0, 1]).unwrap();
        let mut batch = [0.0; 6];
        split.gather(&[1, 0, 1], &mut batch);
        assert_eq!(batch, [3e9, 0.0, -1.5, 2.0, 3e9, 0.0]);
    }

    #[test]
    fn a_byte_is_its_value_over_255() {
        let split = Split::from_bytes((0..=255).collect(), 256, vec![0]).unwrap();
        let mut batch = [0.0; 256];
        split.gather(&[0], &mut batch);
        for (byte, value) in batch.iter().enumerate() {
            assert_eq!(*value, byte as f32 / 255.0);
        }
    }

    #[test]
    fn a_subset_of_a_subset_finds_the_same_examples() {
        let split = Split::from_bytes(vec![0, 51, 102, 153], 1, vec![10, 11, 12, 13]).unwrap();
        let subset = split.subset(&[3, 1, 0]).subset(&[1, 0]);
        assert_eq!(subset.labels(), [11, 13]);
        assert_eq!(subset.rows(), [1, 3]);
        let mut batch = [0.0; 2];
        subset.gather(&[0, 1], &mut batch);
        assert_eq!(batch, [0.2, 0.6]);
    }

    #[test]
    fn the_held_out_examples_are_disjoint_and_complete() {
        let labels: Vec<u16> = (0..1000).map(|i| i % 7).collect();
        let all = Split::from_bytes(vec![0; 1000], 1, labels.clone()).unwrap();
        let (train, validation) = all.split_off(250, 3).unwrap();
        assert_eq!(validation.len(), 250);
        let mut rows = [train.rows(), validation.rows()].concat();
        rows.sort_unstable();
        assert_eq!(rows, (0..1000).collect::<Vec<u32>>());
        for split in [train, validation] {
            for (row, label) in split.rows().iter().zip(split.labels()) {
                assert_eq!(*label, labels[*row as usize]);
            }
        }
    }

    #[test]
    fn every_order_is_equally_likely() {
        let mut counts = std::collections::HashMap::new();
        for seed in 0..6000 {
            *counts.entry(shuffled(3, seed)).or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 6);
        // Five standard deviations of a binomial count with n = 6000, p = 1/6.
        assert!(counts.values().all(|n| (n - 1000).abs() < 145), "{counts:?}");
    }

    #[test]
    fn something_must_be_left_to_train_on() {
        let all = Split::from_bytes(vec![0; 3], 1, vec![0; 3]).unwrap();
        let (train, validation) = all.clone().split_off(0, 0).unwrap();
        assert_eq!((train.len(), validation.len()), (3, 0));
        let error = all.split_off(3, 0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot hold out 3 of 3 examples: hold out fewer, \
             so that at least one is left to train on"
        );
    }

    #[test]
    fn values_and_labels_must_belong_together() {
        assert!(Split::from_bytes(vec![0; 5], 2, vec![0; 2]).is_err());
        assert!(Split::from_bytes(vec![], 0, vec![]).is_err());
        assert!(Split::from_floats(vec![0.0; 4], usize::MAX, vec![0; 2]).is_err());
    }
}
