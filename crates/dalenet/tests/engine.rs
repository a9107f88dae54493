//! Oracle: plain loops in double precision beside every fast operation, on shapes that do not
//! fit the engine's tiles; and the same bits at any number of threads. Products of bfloat16 by every
//! kernel that this processor has, beside the same loops over operands that are rounded first.

mod common;

use common::{bits, learner, signed, unsigned};
use dalenet::{
    Activation, Backprop, Dale, DaleForm, ErrorDiffusion, Generator, Matrix, Method, Modulo,
    Network, Optimiser, Shape, Workspace,
    engine::{
        self, Folded, Kernel, Moments, Operand, PackedWeights, Patches, Precision, Step, TILE_ROWS,
        Weights, round_to_bf16,
    },
    layer::{Convolution, Geometry, Pooling, PoolingMode, Signs, Window},
};

/// Batches, presynaptic and postsynaptic units (B, K, N) about the engine's tile sizes.
const SHAPES: [[usize; 3]; 16] = [
    [6, 40, 1100],
    [1, 1, 1],
    [1, 7, 5],
    [5, 1, 3],
    [3, 2, 1],
    [17, 33, 9],
    [16, 16, 16],
    [2, 255, 127],
    [3, 256, 128],
    [2, 257, 129],
    [1, 256, 1],
    [33, 5, 257],
    [2, 700, 3],
    [40, TILE_ROWS + 1, 50],
    [9, 3 * TILE_ROWS - 1, 400],
    [65, 2, 33],
];

fn wide(m: &Matrix, i: usize, j: usize) -> f64 {
    f64::from(m.row(i)[j])
}

/// Checks every entry; `scale` is the size of what was added up to get it.
fn compare(found: &Matrix, rows: usize, cols: usize, want: impl Fn(usize, usize) -> (f64, f64)) {
    assert_eq!((found.rows(), found.cols()), (rows, cols));
    for i in 0..rows {
        for j in 0..cols {
            let (value, scale) = want(i, j);
            let error = (wide(found, i, j) - value).abs();
            assert!(error <= 1e-6 * scale.max(1.0), "({i}, {j}): {error} off {value}");
        }
    }
}

/// A sum and the sum of the sizes of what was added.
fn sum(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((0.0, 0.0), |(sum, size), v| (sum + v, size + v.abs()))
}

/// What multiplies: `f32`, or a kernel for bfloat16 that this processor has.
fn multipliers() -> Vec<Option<Kernel>> {
    let all: Vec<_> = std::iter::once(None).chain(Kernel::available().map(Some)).collect();
    println!("products by {all:?}");
    all
}

/// Calls `check` with a workspace for every multiplier, and with what that makes of operands.
fn with_every_multiplier(mut check: impl FnMut(&Workspace, &dyn Fn(&Matrix) -> Matrix)) {
    for multiplier in multipliers() {
        match multiplier {
            None => check(&Workspace::default(), &Matrix::clone),
            Some(kernel) => check(&Workspace::with_kernel(kernel), &rounded),
        }
    }
}

fn rounded(m: &Matrix) -> Matrix {
    let values = m.as_slice().iter().map(|x| round_to_bf16(*x)).collect();
    Matrix::from_vec(m.rows(), m.cols(), values)
}

#[test]
fn product_agrees_with_the_sum_it_stands_for() {
    with_every_multiplier(|workspace, seen| {
        let mut generator = Generator::new(0, 0);
        let mut out = Matrix::from_rows(&[[f32::NAN; 9]; 9]); // what it held does not matter
        for [b, k, n] in SHAPES {
            let (x, w) = (signed(b, k, &mut generator), signed(k, n, &mut generator));
            engine::product(&mut out, &x, &w, workspace);
            let (x, w) = (seen(&x), seen(&w));
            compare(&out, b, n, |i, j| sum((0..k).map(|m| wide(&x, i, m) * wide(&w, m, j))));
        }
    });
}

#[test]
fn product_transposed_agrees_with_the_sum_it_stands_for() {
    with_every_multiplier(|workspace, seen| {
        let mut generator = Generator::new(1, 0);
        let mut out = Matrix::from_rows(&[[f32::NAN; 9]; 9]);
        for [b, k, n] in SHAPES {
            let (u, w) = (signed(b, n, &mut generator), signed(k, n, &mut generator));
            engine::product_transposed(&mut out, &u, &w, workspace);
            let (u, w) = (seen(&u), seen(&w));
            compare(&out, b, k, |i, j| sum((0..n).map(|m| wide(&u, i, m) * wide(&w, j, m))));
        }
    });
}

#[test]
fn gradient_agrees_with_the_sum_it_stands_for() {
    with_every_multiplier(|workspace, seen| {
        let mut generator = Generator::new(13, 0);
        let mut out = Matrix::from_rows(&[[f32::NAN; 9]; 9]);
        for [b, k, n] in SHAPES {
            let (x, u) = (signed(b, k, &mut generator), signed(b, n, &mut generator));
            engine::gradient(&mut out, &x, &u, workspace);
            let (x, u) = (seen(&x), seen(&u));
            compare(&out, k, n, |i, j| sum((0..b).map(|m| wide(&x, m, i) * wide(&u, m, j))));
        }
    });
}

/// Infinities and NaN reach the entries of the result that they belong to, and no others; what is too
/// small for a normal number may count as 0.
#[test]
fn bf16_keeps_what_is_not_finite() {
    for kernel in multipliers().into_iter().flatten() {
        let workspace = Workspace::with_kernel(kernel);
        let (mut x, mut w) = (Matrix::zeros(40, 50), Matrix::zeros(50, 35));
        x.as_mut_slice().fill(1.0);
        w.as_mut_slice().fill(1.0);
        x.row_mut(3)[49] = f32::INFINITY;
        x.row_mut(17)[1] = f32::NAN;
        x.row_mut(33)[30] = f32::MAX; // beyond the largest bfloat16
        x.row_mut(39).fill(1e-40);
        let mut out = Matrix::default();
        engine::product(&mut out, &x, &w, &workspace);
        for (i, row) in out.iter_rows().enumerate() {
            let right = |z: f32| match i {
                3 | 33 => z == f32::INFINITY,
                17 => z.is_nan(),
                39 => z.abs() <= 1e-38,
                _ => z == 50.0,
            };
            assert!(row.iter().all(|z| right(*z)), "{kernel}: row {i} is {row:?}");
        }
    }
}

/// One entry in all of the shapes: tiles and threads change no sum.
#[test]
fn kernels_of_pairs_agree_with_the_portable_one() {
    let mut generator = Generator::new(14, 0);
    for [b, k, n] in SHAPES {
        let (x, w) = (signed(b, k, &mut generator), signed(k, n, &mut generator));
        let by = |kernel| {
            let mut out = Matrix::default();
            engine::product(&mut out, &x, &w, &Workspace::with_kernel(kernel));
            out
        };
        let portable = by(Kernel::Portable);
        for kernel in multipliers().into_iter().flatten() {
            let found = by(kernel);
            compare(&found, b, n, |i, j| (wide(&portable, i, j), (k as f64).sqrt()));
        }
    }
}

#[test]
fn activate_agrees_with_its_formulas() {
    let mut generator = Generator::new(2, 0);
    for [b, _, n] in SHAPES {
        let bias = signed(1, n, &mut generator);
        let mut z = signed(b, n, &mut generator);
        z.as_mut_slice().iter_mut().for_each(|z| *z *= 8.0);
        let net = |i: usize, j: usize| wide(&z, i, j) + wide(&bias, 0, j);
        let total = |i: usize| (0..n).map(|j| net(i, j).exp()).sum::<f64>();
        let check = |activation: Activation, formula: &dyn Fn(usize, usize) -> f64| {
            let mut a = z.clone();
            engine::activate(&mut a, bias.as_slice(), activation);
            compare(&a, b, n, |i, j| (formula(i, j), 1.0));
        };
        let width = 3.0;
        let sigmoid = |i, j| 1.0 / (1.0 + (-2.0 * net(i, j) / f64::from(width)).exp());
        check(Activation::Sigmoid { width }, &sigmoid);
        check(Activation::Relu, &|i, j| net(i, j).max(0.0));
        check(Activation::Softmax, &|i, j| net(i, j).exp() / total(i));
        check(Activation::Identity, &net);
    }
}

#[test]
fn softmax_of_large_numbers_does_not_overflow() {
    let mut z = Matrix::from_rows(&[[1000.0, 999.0, -1000.0]]);
    engine::activate(&mut z, &[0.0; 3], Activation::Softmax);
    let e = 1.0f32.exp();
    for (found, want) in z.as_slice().iter().zip([e / (1.0 + e), 1.0 / (1.0 + e), 0.0]) {
        assert!((found - want).abs() < 1e-6, "{z:?}");
    }
}

#[test]
fn gate_agrees_with_the_derivative() {
    let mut generator = Generator::new(3, 0);
    for [b, _, n] in SHAPES {
        let mut a = unsigned(b, n, &mut generator);
        a.as_mut_slice()[0] = 0.0; // a relu that is off
        let u = signed(b, n, &mut generator);
        let check = |activation: Activation, derivative: &dyn Fn(f64) -> f64| {
            let mut gated = u.clone();
            engine::gate(&mut gated, &a, activation);
            compare(&gated, b, n, |i, j| (wide(&u, i, j) * derivative(wide(&a, i, j)), 1.0));
        };
        check(Activation::Sigmoid { width: 5.0 }, &|a| 2.0 / 5.0 * a * (1.0 - a));
        check(Activation::Relu, &|a| if a > 0.0 { 1.0 } else { 0.0 });
        check(Activation::Softmax, &|_| 1.0);
        check(Activation::Identity, &|_| 1.0);
    }
}

#[test]
fn add_column_sums_adds_to_what_is_there() {
    let mut generator = Generator::new(4, 0);
    for [b, _, n] in SHAPES {
        let m = signed(b, n, &mut generator);
        let start = signed(1, n, &mut generator);
        let mut sums = start.clone();
        engine::add_column_sums(sums.as_mut_slice(), &m, 0.5);
        compare(&sums, 1, n, |_, j| {
            sum((0..b).map(|i| 0.5 * wide(&m, i, j)).chain([wide(&start, 0, j)]))
        });
    }
}

#[test]
fn mean_squared_norm_agrees_with_its_formula() {
    let mut generator = Generator::new(5, 0);
    for [b, k, _] in SHAPES {
        let x = signed(b, k, &mut generator);
        let squares = x.as_slice().iter().map(|x| f64::from(*x).powi(2));
        let want = squares.sum::<f64>() / b as f64;
        let error = (f64::from(engine::mean_squared_norm(&x)) - want).abs();
        assert!(error < 1e-6 * want, "{b}×{k}: {error} off {want}");
    }
}

/// Images, windows and units (H, W, C; size, stride, padding; N) that no tile fits: odd sides,
/// stride 2, one channel, windows as large as the image, more padding than most.
const CONVOLUTIONS: [[usize; 7]; 8] = [
    [1, 1, 1, 1, 1, 0, 1],
    [5, 7, 1, 3, 1, 1, 3],
    [7, 5, 3, 3, 2, 0, 17],
    [9, 9, 2, 5, 2, 2, 33],
    [4, 4, 5, 4, 1, 0, 2],
    [6, 3, 2, 3, 3, 2, 1],
    [32, 32, 6, 5, 2, 0, 40],
    [8, 8, 40, 3, 1, 1, 24], // K = 360: more than one tile of a gradient
];

fn geometry([height, width, channels, size, stride, padding, units]: [usize; 7]) -> Geometry {
    let image = Shape { height, width, channels };
    Geometry::new(image, units, Window { size, stride, padding })
}

/// All patches of all images as rows, by counting pixels one at a time.
fn patches(images: &Matrix, g: &Geometry) -> Matrix {
    let mut rows = Vec::new();
    for image in images.iter_rows() {
        for place in 0..g.output.positions() {
            let [top, left] =
                [place / g.output.width, place % g.output.width].map(|at| at * g.window.stride);
            for i in 0..g.patch() {
                let (pixel, channel) = (i / g.input.channels, i % g.input.channels);
                let y = (top + pixel / g.window.size).wrapping_sub(g.window.padding);
                let x = (left + pixel % g.window.size).wrapping_sub(g.window.padding);
                let inside = y < g.input.height && x < g.input.width;
                let at = y.wrapping_mul(g.input.width).wrapping_add(x);
                let at = at.wrapping_mul(g.input.channels).wrapping_add(channel);
                rows.push(if inside { image[at] } else { 0.0 });
            }
        }
    }
    Matrix::from_vec(images.rows() * g.output.positions(), g.patch(), rows)
}

/// The same numbers with `rows` rows.
fn reshaped(m: &Matrix, rows: usize) -> Matrix {
    Matrix::from_vec(rows, m.as_slice().len() / rows, m.as_slice().to_vec())
}

#[test]
fn convolve_agrees_with_the_product_of_all_patches() {
    with_every_multiplier(|workspace, seen| {
        let mut generator = Generator::new(9, 0);
        let mut out = Matrix::from_rows(&[[f32::NAN; 9]; 9]);
        for shape in CONVOLUTIONS {
            let g = geometry(shape);
            for batch in [1, 3] {
                let images = signed(batch, g.input.len(), &mut generator);
                let weights = signed(g.patch(), shape[6], &mut generator);
                let bias = signed(1, shape[6], &mut generator);
                let (all, b) = (Patches::new(&images, g), bias.as_slice());
                engine::convolve(&mut out, &all, &weights, b, Activation::Identity, workspace);
                assert_eq!((out.rows(), out.cols()), (batch, g.output.len()));
                let (patches, weights) = (seen(&patches(&images, &g)), seen(&weights));
                let found = reshaped(&out, patches.rows());
                compare(&found, patches.rows(), shape[6], |i, j| {
                    let terms = (0..g.patch()).map(|k| wide(&patches, i, k) * wide(&weights, k, j));
                    sum(terms.chain([wide(&bias, 0, j)]))
                });
            }
        }
    });
}

#[test]
fn patches_gradient_agrees_with_the_product_of_all_patches() {
    with_every_multiplier(|workspace, seen| {
        let (mut generator, mut out) = (Generator::new(10, 0), Matrix::default());
        for shape in CONVOLUTIONS {
            let g = geometry(shape);
            for batch in [1, 5, 40] {
                let images = signed(batch, g.input.len(), &mut generator);
                let u = signed(batch, g.output.len(), &mut generator);
                engine::patches_gradient(
                    &mut out,
                    &Patches::new(&images, g),
                    u.as_slice(),
                    workspace,
                );
                let patches = seen(&patches(&images, &g));
                let u = seen(&reshaped(&u, patches.rows()));
                compare(&out, g.patch(), shape[6], |k, j| {
                    sum((0..patches.rows()).map(|i| wide(&patches, i, k) * wide(&u, i, j)))
                });
            }
        }
    });
}

/// 35 patches of one value each, the last three in a block of their own: nothing of the first block is left in it.
#[test]
fn an_infinity_in_a_patch_makes_the_gradient_infinite_and_not_nan() {
    with_every_multiplier(|workspace, _| {
        let g = geometry([5, 7, 1, 1, 1, 0, 2]);
        let mut images = Matrix::from_vec(1, 35, vec![1.0; 35]);
        images.row_mut(0)[20] = f32::INFINITY;
        let u = Matrix::from_vec(1, 70, vec![0.5; 70]);
        let mut out = Matrix::default();
        engine::patches_gradient(&mut out, &Patches::new(&images, g), u.as_slice(), workspace);
        assert_eq!(out.as_slice(), [f32::INFINITY; 2]);
    });
}

/// Scratch memory still holds the longer patches of another layer.
#[test]
fn an_infinity_in_another_layer_does_not_reach_a_convolution() {
    with_every_multiplier(|workspace, _| {
        let mut out = Matrix::default();
        for (channels, value) in [(20, f32::INFINITY), (5, 1.0)] {
            let g = geometry([1, 1, channels, 1, 1, 0, 1]);
            let images = Matrix::from_vec(1, channels, vec![value; channels]);
            let weights = Matrix::from_vec(channels, 1, vec![0.5; channels]);
            let all = Patches::new(&images, g);
            engine::convolve(&mut out, &all, &weights, &[0.0], Activation::Identity, workspace);
            assert_eq!(out.as_slice(), [0.5 * channels as f32 * value]);
        }
    });
}

/// ⟨u, patches(x)·W⟩ = ⟨transposed(u), x⟩ for every x: here for each unit vector.
#[test]
fn convolve_transposed_is_the_adjoint() {
    with_every_multiplier(|workspace, seen| {
        let (mut generator, mut out) = (Generator::new(11, 0), Matrix::default());
        for shape in &CONVOLUTIONS[..6] {
            let g = geometry(*shape);
            let u = signed(1, g.output.len(), &mut generator);
            let weights = signed(g.patch(), shape[6], &mut generator);
            engine::convolve_transposed(&mut out, &g, (&u, None), &weights, workspace);
            let (u, weights) = (seen(&reshaped(&u, g.output.positions())), seen(&weights));
            compare(&out, 1, g.input.len(), |_, at| {
                let mut image = Matrix::zeros(1, g.input.len());
                image.row_mut(0)[at] = 1.0;
                let patches = patches(&image, &g);
                let places = 0..patches.rows();
                sum(places.flat_map(|i| {
                    let (patches, u, weights) = (&patches, &u, &weights);
                    (0..g.patch()).map(move |k| {
                        let back: f64 =
                            (0..u.cols()).map(|j| wide(u, i, j) * wide(weights, k, j)).sum();
                        wide(patches, i, k) * back
                    })
                }))
            });
        }
    });
}

#[test]
fn presynaptic_power_of_a_convolution_is_that_of_its_patches() {
    let mut generator = Generator::new(12, 0);
    for shape in CONVOLUTIONS {
        let g = geometry(shape);
        let images = signed(3, g.input.len(), &mut generator);
        let patches = patches(&images, &g);
        let squares = patches.as_slice().iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        let want = squares / patches.rows() as f64;
        let found = f64::from(Patches::new(&images, g).mean_squared_norm());
        assert!((found - want).abs() <= 1e-6 * want, "{shape:?}: {found}, not {want}");
    }
}

/// Worked out by hand: windows of two places, one beyond the other by one.
#[test]
fn pooling_takes_the_largest_or_the_mean_and_hands_the_signal_back() {
    // 1 −4 3 / −2 2 −3 / 5 −1 0
    let units = Matrix::from_rows(&[[1.0, -4.0, 3.0, -2.0, 2.0, -3.0, 5.0, -1.0, 0.0]]);
    let image = Shape { height: 3, width: 3, channels: 1 };
    let g = Geometry::new(image, 1, Window { size: 2, stride: 1, padding: 0 });
    let signal = Matrix::from_rows(&[[1.0, 10.0, 100.0, 1000.0]]);
    let one = Matrix::from_rows(&[[2.0]]);
    let (mut pooled, mut u, mut chosen) = (Matrix::default(), Matrix::default(), Vec::new());

    engine::pool_largest((&mut pooled, &mut chosen), &units, &g);
    assert_eq!(pooled.as_slice(), [2.0, 3.0, 5.0, 2.0]);
    assert_eq!(chosen, [4, 2, 6, 4]);
    engine::pool_largest_transposed(&mut u, &signal, &chosen, &g);
    assert_eq!(u.as_slice(), [0.0, 0.0, 10.0, 0.0, 1001.0, 0.0, 100.0, 0.0, 0.0]);
    engine::pool_largest_transposed(&mut u, &one, &chosen, &g);
    assert_eq!(u.as_slice(), [0.0, 0.0, 2.0, 0.0, 4.0, 0.0, 2.0, 0.0, 0.0]);

    engine::pool_mean(&mut pooled, &units, &g);
    assert_eq!(pooled.as_slice(), [-0.75, -0.5, 1.0, -0.5]);
    let shares = [0.25, 2.75, 2.5, 25.25, 277.75, 252.5, 25.0, 275.0, 250.0];
    engine::pool_mean_transposed(&mut u, &signal, &g, None);
    assert_eq!(u.as_slice(), shares);
    // Gated by rectified units on the way.
    engine::pool_mean_transposed(&mut u, &signal, &g, Some((&units, Activation::Relu)));
    let gated: Vec<_> = shares
        .iter()
        .zip(units.as_slice())
        .map(|(s, a)| if *a != 0.0 { *s } else { 0.0 })
        .collect();
    assert_eq!(u.as_slice(), gated);
    // One value a channel is heard at every place.
    engine::pool_mean_transposed(&mut u, &one, &g, None);
    assert_eq!(u.as_slice(), [0.5, 1.0, 0.5, 1.0, 2.0, 1.0, 0.5, 1.0, 0.5]);
}

#[test]
fn the_first_of_equals_is_the_largest_and_nan_is_larger_than_any_number() {
    let image = Shape { height: 3, width: 3, channels: 1 };
    let all = Geometry::new(image, 1, Window { size: 3, stride: 1, padding: 0 });
    let (mut pooled, mut chosen) = (Matrix::default(), Vec::new());
    let mut largest = |values: [f32; 9]| {
        let units = Matrix::from_rows(&[values]);
        engine::pool_largest((&mut pooled, &mut chosen), &units, &all);
        (pooled.as_slice()[0], chosen[0])
    };
    assert_eq!(largest([0.0, 1.0, -1.0, 1.0, 0.5, 1.0, 0.0, 0.0, 0.0]), (1.0, 1));
    assert_eq!(largest([f32::NEG_INFINITY; 9]), (f32::NEG_INFINITY, 0));
    let (nan, place) = largest([0.0, 1.0, f32::NAN, 2.0, f32::INFINITY, 1.0, 0.0, 0.0, 0.0]);
    assert!(nan.is_nan() && place == 2);
}

/// Poolings of a convolution's places: size and stride.
const POOLINGS: [[usize; 2]; 5] = [[1, 1], [2, 1], [2, 2], [3, 3], [4, 2]];

/// Every convolution with every pooling that fits.
fn pooled_convolutions() -> impl Iterator<Item = (Geometry, Geometry)> {
    let many_places = [30, 30, 1, 3, 1, 1, 70];
    CONVOLUTIONS.into_iter().chain([many_places]).flat_map(|shape| {
        let g = geometry(shape);
        let pooling = move |[size, stride]: [usize; 2]| {
            Geometry::new(g.output, g.output.channels, Window { size, stride, padding: 0 })
        };
        let poolings = POOLINGS.into_iter().map(pooling);
        poolings.filter(|p| p.output.positions() > 0).map(move |p| (g, p))
    })
}

/// Oracle: the largest of what the whole convolution makes.
#[test]
fn convolve_largest_agrees_with_the_largest_of_the_convolution() {
    with_every_multiplier(|workspace, _| {
        let mut generator = Generator::new(13, 0);
        let (mut whole, mut chosen) = (Matrix::default(), vec![7; 3]);
        let mut out = Matrix::from_rows(&[[f32::NAN; 9]; 9]);
        for (g, pooling) in pooled_convolutions() {
            for (batch, activation) in [(1, Activation::Identity), (3, Activation::Relu)] {
                let images = signed(batch, g.input.len(), &mut generator);
                let units = g.output.channels;
                let weights = signed(g.patch(), units, &mut generator);
                let bias = signed(1, units, &mut generator);
                let (all, b) = (Patches::new(&images, g), bias.as_slice());
                engine::convolve(&mut whole, &all, &weights, b, activation, workspace);
                let largest = (&mut out, &mut chosen);
                let response = (b, activation);
                engine::convolve_largest(largest, &all, &weights, response, &pooling, workspace);
                assert_eq!((out.rows(), out.cols()), (batch, pooling.output.len()));
                assert_eq!(chosen.len(), out.as_slice().len());
                for (i, (value, place)) in out.as_slice().iter().zip(&chosen).enumerate() {
                    let (image, at) = (i / pooling.output.len(), i % pooling.output.len());
                    let (window, unit) = (at / units, at % units);
                    let [top, left] =
                        [window / pooling.output.width, window % pooling.output.width]
                            .map(|at| at * pooling.window.stride);
                    let size = pooling.window.size;
                    let within = |y: usize, x: usize| {
                        let place = y * pooling.input.width + x;
                        whole.row(image)[place * units + unit]
                    };
                    let places =
                        (top..top + size).flat_map(|y| (left..left + size).map(move |x| (y, x)));
                    let want = places.map(|(y, x)| within(y, x)).fold(f32::NEG_INFINITY, f32::max);
                    let (y, x) = (
                        *place as usize / pooling.input.width,
                        *place as usize % pooling.input.width,
                    );
                    assert!((top..top + size).contains(&y) && (left..left + size).contains(&x));
                    // The tiles of the two are not the same, nor is the order of their sums.
                    for found in [*value, within(y, x)] {
                        assert!((found - want).abs() <= 1e-5 * want.abs().max(1.0), "{g:?}");
                    }
                }
            }
        }
    });
}

/// Oracle: sums in f64 over the patches under the largest.
#[test]
fn largest_gradient_agrees_with_the_sum_over_the_chosen_patches() {
    with_every_multiplier(|workspace, seen| {
        let mut generator = Generator::new(14, 0);
        let mut out = Matrix::from_rows(&[[f32::NAN; 9]; 9]);
        for (g, pooling) in pooled_convolutions() {
            for batch in [1, 20] {
                let images = signed(batch, g.input.len(), &mut generator);
                let u = signed(batch, pooling.output.len(), &mut generator);
                let (places, units) = (g.output.positions(), g.output.channels);
                // Each place at most once, so that rounding and adding can be told apart.
                let shift = generator.below(places);
                let place = |i: usize| {
                    let (image, window) =
                        (i / pooling.output.len(), i % pooling.output.len() / units);
                    (window + 3 * image + 7 * (i % units) + shift) % places
                };
                let chosen: Vec<u32> = (0..u.as_slice().len()).map(|i| place(i) as u32).collect();
                let all = Patches::new(&images, g);
                engine::largest_gradient(&mut out, &all, &u, &chosen, workspace);
                let (patches, u) = (seen(&patches(&images, &g)), seen(&u));
                compare(&out, g.patch(), units, |k, j| {
                    let signals = (j..u.as_slice().len()).step_by(units);
                    sum(signals.map(|i| {
                        let image = i / pooling.output.len();
                        let patch = image * places + chosen[i] as usize;
                        wide(&patches, patch, k) * f64::from(u.as_slice()[i])
                    }))
                });
            }
        }
    });
}

/// Oracle: the same signal at every place, of which most are 0.
#[test]
fn a_signal_of_the_largest_is_transported_as_it_is_everywhere() {
    with_every_multiplier(|workspace, _| {
        let mut generator = Generator::new(15, 0);
        let [mut out, mut want, mut everywhere] = [(); 3].map(|()| Matrix::default());
        for (g, pooling) in pooled_convolutions() {
            let u = signed(2, pooling.output.len(), &mut generator);
            let places = g.output.positions();
            let chosen: Vec<u32> =
                u.as_slice().iter().map(|_| generator.below(places) as u32).collect();
            let weights = signed(g.patch(), g.output.channels, &mut generator);
            engine::pool_largest_transposed(&mut everywhere, &u, &chosen, &pooling);
            let all = (&everywhere, None);
            engine::convolve_transposed(&mut want, &g, all, &weights, workspace);
            let largest = (&u, Some(&*chosen));
            engine::convolve_transposed(&mut out, &g, largest, &weights, workspace);
            assert_eq!(out, want, "{g:?}");
        }
    });
}

/// The slow update: the same step on f64, one weight at a time.
struct Slow {
    weight: f64,
    first: f64,
    second: f64,
}

impl Slow {
    /// `sum` is xᵀu of this weight, one of `inputs` to its unit; `rule` its sign, and what Dale's principle
    /// asks for.
    fn step(&mut self, sum: f64, step: &Step, rule: Option<(f64, Dale)>, inputs: usize) {
        let (rate, g) = (f64::from(step.rate), f64::from(step.scale) * sum);
        let mut change = match step.method {
            Method::Sgd => rate * g,
            Method::Momentum { momentum } => {
                self.first = f64::from(momentum) * self.first + g;
                rate * self.first
            }
            Method::Adam { beta1, beta2, epsilon } => {
                let [beta1, beta2, epsilon] = [beta1, beta2, epsilon].map(f64::from);
                self.first = beta1 * self.first + (1.0 - beta1) * g;
                self.second = beta2 * self.second + (1.0 - beta2) * g * g;
                let mean = self.first / (1.0 - beta1.powi(step.count as i32));
                let square = self.second / (1.0 - beta2.powi(step.count as i32));
                rate * mean / (square.sqrt() + epsilon)
            }
        };
        if let Some((sign, dale)) = rule {
            if dale.grow_only {
                change = sign * (sign * change).max(0.0);
            }
            if dale.proportional {
                // The change that takes a weight of the mean initial magnitude as far as `change` would.
                let x = (change * sign * 2.0 * (inputs as f64).sqrt()).clamp(-1.0, 1.0);
                change = self.weight * ((1.0 + x / 2.0) / (1.0 - x / 2.0) - 1.0);
            }
            let floor = f64::from(dale.floor);
            self.weight = sign * (sign * (self.weight + change)).max(floor);
        } else {
            self.weight += change;
        }
    }
}

fn check_update(
    method: Method,
    folded: bool,
    dale: Option<Dale>,
    workspace: &Workspace,
    seen: &dyn Fn(&Matrix) -> Matrix,
) {
    let mut generator = Generator::new(6, 0);
    for [b, k, n] in SHAPES {
        let rows = if folded { 2 * k } else { k };
        let signs = dale.map(|dale| Signs {
            sources: rows,
            excitatory_rows: rows.div_ceil(2),
            excitatory_cols: n.div_ceil(3),
            inputs: rows,
            dale,
        });
        let rule = |i: usize, j: usize| {
            signs.map(|s| {
                let (from_p, to_p) = (i < s.excitatory_rows, j < s.excitatory_cols);
                let plus = match s.dale.form {
                    DaleForm::Streams => from_p == to_p,
                    DaleForm::Literal => from_p,
                };
                (if plus { 1.0 } else { -1.0 }, s.dale)
            })
        };
        let mut weights = signed(rows, n, &mut generator);
        for i in 0..rows {
            for (j, w) in weights.row_mut(i).iter_mut().enumerate() {
                if let Some((sign, _)) = rule(i, j) {
                    *w = sign as f32 * (w.abs() + 0.125);
                }
            }
        }
        let mut halves = folded.then(Folded::default);
        let (mut moments, mut packed) = (Moments::new(method, k * n), PackedWeights::default());
        let mut slow: Vec<Slow> = weights
            .as_slice()
            .iter()
            .map(|w| Slow { weight: f64::from(*w), first: 0.0, second: 0.0 })
            .collect();

        for count in 1..=3 {
            let x = unsigned(b, k, &mut generator);
            let u = signed(b, n, &mut generator);
            let step = Step { method, rate: 0.5, scale: 1.0 / b as f32, count };
            let layer = Weights {
                weights: &mut weights,
                folded: halves.as_mut(),
                signs,
                moments: &mut moments,
                packed: &mut packed,
            };
            engine::update(layer, &x, &u, &step, workspace);
            let (x, u) = (seen(&x), seen(&u));
            for i in 0..rows {
                for j in 0..n {
                    let sum = (0..b).map(|m| wide(&x, m, i % k) * wide(&u, m, j)).sum();
                    slow[i * n + j].step(sum, &step, rule(i, j), rows);
                }
            }
            // Errors of a proportional step are as many times larger as its exponent, and as the weight.
            let larger = match dale {
                Some(Dale { proportional: true, .. }) => 2.0 * (rows as f64).sqrt(),
                _ => 0.0,
            };
            compare(&weights, rows, n, |i, j| {
                let weight = slow[i * n + j].weight;
                (weight, 4.0 * (larger * weight.abs()).max(1.0))
            });
            // Products read the sum of the halves, and what the update has packed is what a product packs.
            let operand = Operand::new(&weights, halves.as_ref(), &packed);
            let read = operand.matrix();
            if folded {
                compare(read, k, n, |i, j| (wide(&weights, i, j) + wide(&weights, k + i, j), 1.0));
            }
            let h = unsigned(5, k, &mut generator);
            let [mut found, mut want] = [Matrix::default(), Matrix::default()];
            engine::product(&mut found, &h, operand, workspace);
            engine::product(&mut want, &h, read, workspace);
            assert_eq!(found, want);
        }
    }
}

/// Folded or not; free, under Dale's principle, or growing only.
fn check_updates(method: Method) {
    // A floor high enough that many weights meet it.
    let steps = [(false, false), (true, false), (false, true), (true, true)];
    let [streams, literal] = [DaleForm::Streams, DaleForm::Literal].map(|form| {
        steps.map(|(grow_only, proportional)| {
            Some(Dale { floor: 0.125, grow_only, proportional, form })
        })
    });
    for folded in [false, true] {
        for dale in [None].into_iter().chain(streams).chain(literal) {
            with_every_multiplier(|workspace, seen| {
                check_update(method, folded, dale, workspace, seen);
            });
        }
    }
}

#[test]
fn plain_update_agrees_with_one_weight_at_a_time() {
    check_updates(Method::Sgd);
}

#[test]
fn update_with_momentum_agrees_with_one_weight_at_a_time() {
    check_updates(Method::Momentum { momentum: 0.9 });
}

/// A large ε keeps the quotient from magnifying the rounding of a gradient near zero.
#[test]
fn update_with_adam_agrees_with_one_weight_at_a_time() {
    check_updates(Method::Adam { beta1: 0.9, beta2: 0.99, epsilon: 0.1 });
}

#[test]
fn update_bias_agrees_with_one_bias_at_a_time() {
    let workspace = Workspace::default();
    let adam = Method::Adam { beta1: 0.9, beta2: 0.99, epsilon: 0.1 };
    let mut generator = Generator::new(7, 0);
    for method in [Method::Sgd, Method::Momentum { momentum: 0.9 }, adam] {
        for [b, _, n] in SHAPES {
            let mut bias = signed(1, n, &mut generator);
            let start = |w: &f32| Slow { weight: f64::from(*w), first: 0.0, second: 0.0 };
            let mut slow: Vec<Slow> = bias.as_slice().iter().map(start).collect();
            let mut moments = Moments::new(method, n);
            for count in 1..=3 {
                let u = signed(b, n, &mut generator);
                let step = Step { method, rate: 0.5, scale: 1.0 / b as f32, count };
                engine::update_bias(bias.as_mut_slice(), &u, &step, &mut moments, &workspace);
                for (j, slow) in slow.iter_mut().enumerate() {
                    slow.step((0..b).map(|i| wide(&u, i, j)).sum(), &step, None, 1);
                }
                compare(&bias, 1, n, |_, j| (slow[j].weight, 4.0));
            }
        }
    }
}

/// Three steps of a network large enough that every operation has several tiles.
fn bits_after_three_steps(
    threads: usize,
    method: Method,
    normalised: bool,
    precision: Precision,
) -> Vec<u32> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let mut generator = Generator::new(8, 0);
        let convolution = |units| Convolution { units, size: 3, stride: 1, padding: 1 };
        let pooling = Pooling { mode: PoolingMode::Max, size: 2, stride: 2 };
        let mut spec = common::dual(600, &[150, 280], 10);
        spec.precision = precision;
        spec.image = Some(Shape { height: 10, width: 10, channels: 6 });
        let convolutions = [20, 30].map(|units| [convolution(units).into(), pooling.into()]);
        spec.layers.splice(0..0, convolutions.concat());
        let network = Network::new(&spec, &mut generator);
        let optimiser = Optimiser::new(method, normalised, &network);
        let mut ed = learner(network.clone(), ErrorDiffusion::new(Modulo), optimiser.clone());
        let mut bp = learner(network, Backprop, optimiser);
        for _ in 0..3 {
            let input = unsigned(40, 600, &mut generator);
            let target = unsigned(40, 10, &mut generator);
            for learner in [&mut ed, &mut bp] {
                common::step(learner, &input, &target, 0.5);
            }
        }
        [bits(&ed.network), bits(&bp.network)].concat()
    })
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let adam = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    let [f32, bf16] = [Precision::F32, Precision::Bf16];
    let mut results = Vec::new();
    for (method, normalised, precision) in [
        (Method::Sgd, true, f32),
        (adam, false, f32),
        (Method::Sgd, true, bf16),
        (adam, false, bf16),
    ] {
        let one = bits_after_three_steps(1, method, normalised, precision);
        for threads in [2, 8] {
            let many = bits_after_three_steps(threads, method, normalised, precision);
            let first = one.iter().zip(&many).position(|(a, b)| a != b);
            assert_eq!(first, None, "{method:?}, {precision:?} at {threads} threads");
        }
        results.push(one);
    }
    assert!(results[0] != results[2] && results[1] != results[3], "precision changes results");
}
