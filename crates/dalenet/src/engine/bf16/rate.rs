//! How fast the kernels alone are, on operands that are packed.

use super::{Kernel, Line, Packed, multiply};
use crate::engine::view::{Target, View};
use std::time::Instant;

/// Rows, inner and columns: what stays in the nearest cache; layers of HalfCheetah, MNIST and the full
/// Craftax; a tile of CIFAR-10's patches; a wide layer of Craftax and its gradient.
const SHAPES: [[usize; 3]; 7] = [
    [32, 256, 32],
    [640, 256, 256],
    [128, 2048, 1024],
    [512, 8268, 512],
    [128, 150, 512],
    [8192, 1024, 1024],
    [256, 8192, 1024],
];
const ROUNDS: usize = 9;

/// `cargo test --release -p dalenet --lib kernels_alone -- --ignored --nocapture`; the first line of a
/// kernel is close to what the processor can do at most.
#[test]
#[ignore = "measures"]
fn kernels_alone() {
    let kernels = Kernel::available().filter(|kernel| kernel.packs());
    for kernel in kernels.filter(|kernel| *kernel != Kernel::Portable) {
        for [m, k, n] in SHAPES {
            let rate = rate(kernel, [m, k, n]);
            println!("{kernel} {m}×{k}×{n}: {rate:.1} GFLOP/s");
            assert!(rate > 0.0);
        }
    }
}

/// The median in GFLOP/s, one thread.
fn rate(kernel: Kernel, [m, k, n]: [usize; 3]) -> f64 {
    let (a, b, mut out) = (vec![1.0; m * k], vec![1.0; k * n], vec![0.0; m * n]);
    let left: Packed<Vec<Line>> =
        Packed::left(View::rows_of(&a, k), |lines| vec![Line::default(); lines]);
    let right: Packed<Vec<Line>> =
        Packed::right(View::rows_of(&b, n), |lines| vec![Line::default(); lines]);
    let operations = 2 * m * k * n;
    let repeats = (1usize << 28).div_ceil(operations);
    let mut seconds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..repeats {
                let out = Target { at: out.as_mut_ptr(), stride: n, add: None };
                // SAFETY: all entries of `out`, which nobody else has; the kernel is available.
                unsafe { multiply(kernel, out, (left.borrow(), 0..m), (right.borrow(), 0..n)) };
            }
            start.elapsed().as_secs_f64() / repeats as f64
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    assert!(out.iter().all(|sum| *sum == k as f32), "ones times ones");
    operations as f64 / seconds[ROUNDS / 2] / 1e9
}
