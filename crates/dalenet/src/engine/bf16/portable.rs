//! The kernel in plain Rust: what the others are tested against where there are no others.

use super::{Operands, Sums, TILE, line::BLOCK};

/// The values of a pair.
fn values(pair: u32) -> [f32; 2] {
    [f32::from_bits(pair << 16), f32::from_bits(pair & 0xFFFF_0000)]
}

/// # Safety
/// `sums` has the rows of the operands' blocks.
pub unsafe fn tile(operands: &Operands<'_>, sums: Sums) {
    for (b, left) in operands.left.iter().enumerate() {
        let Some(left) = left else { continue };
        for i in 0..BLOCK {
            // SAFETY: the caller's: this block is there.
            let sums = unsafe { sums.row(b * BLOCK + i) };
            *sums = [0.0; TILE];
            for p in 0..left.count {
                let row = left.block::<BLOCK>(p)[i];
                let columns = operands.right.block::<{ 2 * BLOCK }>(p).as_chunks::<2>().0;
                for (pair, columns) in row.0.iter().zip(columns) {
                    let [x, y] = values(*pair);
                    let columns = columns.iter().flat_map(|line| &line.0);
                    for (sum, column) in sums.iter_mut().zip(columns) {
                        let [a, b] = values(*column);
                        *sum += x * a;
                        *sum += y * b;
                    }
                }
            }
        }
    }
}
