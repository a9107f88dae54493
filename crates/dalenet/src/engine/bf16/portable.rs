//! The kernel in plain Rust: what the others are tested against where there are no others.

use super::{Operands, TILE, Tile, pack::BLOCK};

/// The values of a pair.
fn values(pair: u32) -> [f32; 2] {
    [f32::from_bits(pair << 16), f32::from_bits(pair & 0xFFFF_0000)]
}

pub fn tile(operands: &Operands<'_>, out: &mut Tile) {
    out.0 = [[0.0; TILE]; TILE];
    for (b, block) in operands.left.iter().enumerate() {
        let Some(block) = block else { continue };
        let right = operands.right.chunks_exact(2 * BLOCK);
        for (left, right) in block.chunks_exact(BLOCK).zip(right) {
            for (i, row) in left.iter().enumerate() {
                let sums = &mut out.0[b * BLOCK + i];
                for (pair, columns) in row.0.iter().zip(right.chunks_exact(2)) {
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
