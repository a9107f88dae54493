//! A state as a sequence of 32-bit numbers, the state words: to save it, to restore it, to compare it
//! field by field.

use crate::grid::Position;

/// Visits each field of a state, in a fixed order.
pub(crate) trait Visitor {
    /// One 32-bit state word.
    fn word(&mut self, name: &'static str, word: &mut u32);

    fn int(&mut self, name: &'static str, x: &mut i32) {
        let mut word = *x as u32;
        self.word(name, &mut word);
        *x = word as i32;
    }

    fn float(&mut self, name: &'static str, x: &mut f32) {
        let mut word = x.to_bits();
        self.word(name, &mut word);
        *x = f32::from_bits(word);
    }

    fn flag(&mut self, name: &'static str, x: &mut bool) {
        let mut word = u32::from(*x);
        self.word(name, &mut word);
        *x = word != 0;
    }

    fn position(&mut self, name: &'static str, x: &mut Position) {
        self.int(name, &mut x.row);
        self.int(name, &mut x.col);
    }

    /// Small codes, four a word, the first in the lowest byte. Codes that `decode` does not know change nothing.
    fn codes<T: Copy>(
        &mut self,
        name: &'static str,
        cells: &mut [T],
        encode: impl Fn(T) -> u8,
        decode: impl Fn(u8) -> Option<T>,
    ) {
        for cells in cells.chunks_mut(4) {
            let mut bytes = [0; 4];
            bytes.iter_mut().zip(&*cells).for_each(|(byte, &cell)| *byte = encode(cell));
            let before = u32::from_le_bytes(bytes);
            let mut word = before;
            self.word(name, &mut word);
            if word != before {
                for (cell, byte) in cells.iter_mut().zip(word.to_le_bytes()) {
                    *cell = decode(byte).unwrap_or(*cell);
                }
            }
        }
    }

    /// Flags, 32 a word, the first in the lowest bit.
    fn bits(&mut self, name: &'static str, cells: &mut [bool]) {
        for cells in cells.chunks_mut(32) {
            let before = cells.iter().rev().fold(0, |word, &bit| word << 1 | u32::from(bit));
            let mut word = before;
            self.word(name, &mut word);
            if word != before {
                cells.iter_mut().enumerate().for_each(|(i, bit)| *bit = word >> i & 1 != 0);
            }
        }
    }
}

/// Passes on each state word with the name of its field.
pub(crate) struct Read<F>(pub F);

impl<F: FnMut(&'static str, u32)> Visitor for Read<F> {
    fn word(&mut self, name: &'static str, word: &mut u32) {
        self.0(name, *word);
    }
}

/// Replaces each state word by the next one of a list; by 0 when there are no more.
pub(crate) struct Write<'a>(pub &'a [u32]);

impl Visitor for Write<'_> {
    fn word(&mut self, _: &'static str, word: &mut u32) {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        (*word, self.0) = (*first, rest);
    }
}
