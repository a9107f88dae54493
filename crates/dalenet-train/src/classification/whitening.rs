//! Decorrelation of the pixels of images by a local filter.

use dalenet::{
    Matrix, Shape, Workspace,
    engine::{self, Precision},
};

/// Pixels on each side of one that the filter reaches.
const REACH: usize = 2;
/// Pixels along a side of the filter.
const SIZE: usize = 2 * REACH + 1;
/// Added to the variance in every direction, so that noise is not enlarged.
const NOISE: f64 = 0.1;
/// Steps of Newton's method at most; it ends with 15 or so.
const STEPS: usize = 100;

/// A filter that makes the pixels and channels of images nearly uncorrelated: of (Σ + 0.1·I)^−½, where
/// Σ is the covariance of 5×5 windows, the rows of the middle pixel (ZCA: Bell & Sejnowski 1997, Coates
/// & Ng 2011).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Whitening {
    channels: usize,
    /// C×C×5×5: outputs, inputs, rows, columns.
    weights: Vec<f32>,
}

impl Whitening {
    /// The one for such `images`, H×W×C each, of mean zero.
    pub fn of(images: impl Iterator<Item = Vec<f32>>, shape: Shape) -> Self {
        let inputs = shape.channels * SIZE * SIZE;
        let (mut covariance, mut count) = (vec![0.0; inputs * inputs], 0);
        let (mut products, workspace) = (Matrix::default(), Workspace::new(Precision::F32));
        for image in images {
            let seen = Planes::new(&image, shape).all_seen();
            engine::product_transposed(&mut products, &seen, &seen, &workspace);
            let sums = covariance.iter_mut().zip(products.as_slice());
            sums.for_each(|(sum, product)| *sum += f64::from(*product));
            count += shape.positions();
        }
        covariance.iter_mut().for_each(|sum| *sum /= count.max(1) as f64);
        (0..inputs).for_each(|i| covariance[i * inputs + i] += NOISE);
        let root = inverse_root(&covariance, inputs);
        let middle = (0..shape.channels).map(|channel| (channel * SIZE + REACH) * SIZE + REACH);
        let rows = middle.flat_map(|row| &root[row * inputs..][..inputs]);
        Self { channels: shape.channels, weights: rows.map(|weight| *weight as f32).collect() }
    }

    /// The one of these [`Whitening::weights`]; `None` unless they are of so many channels.
    pub fn restore(channels: usize, weights: Vec<f32>) -> Option<Self> {
        let fits = channels.checked_mul(channels)?.checked_mul(SIZE * SIZE)? == weights.len();
        fits.then_some(Self { channels, weights })
    }

    /// Its weights C×C×5×5: outputs, inputs, rows, columns.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// Filters an image H×W×C, beyond whose borders it is zero.
    pub fn apply(&self, image: &mut [f32], shape: Shape) {
        let planes = Planes::new(image, shape);
        let mut sums = vec![0.0; shape.positions()];
        let filters = self.weights.chunks_exact(self.channels * SIZE * SIZE);
        for (channel, filter) in filters.enumerate() {
            sums.fill(0.0);
            for (at, weight) in filter.iter().enumerate() {
                for (sums, row) in sums.chunks_exact_mut(shape.width).zip(planes.seen(at)) {
                    sums.iter_mut().zip(row).for_each(|(sum, z)| *sum += weight * z);
                }
            }
            let values = image[channel..].iter_mut().step_by(self.channels);
            values.zip(&sums).for_each(|(value, sum)| *value = *sum);
        }
    }
}

/// The channels of an image one after the other, each within a border of zeros.
struct Planes {
    values: Vec<f32>,
    shape: Shape,
}

impl Planes {
    fn new(image: &[f32], shape: Shape) -> Self {
        let Shape { height, width, channels } = shape;
        let [rows, row] = [height, width].map(|side| side + 2 * REACH);
        let mut values = vec![0.0; channels * rows * row];
        for (channel, plane) in values.chunks_exact_mut(rows * row).enumerate() {
            let lines = plane.chunks_exact_mut(row).skip(REACH).take(height);
            for (out, line) in lines.zip(image.chunks_exact(width * channels)) {
                let line = line[channel..].iter().step_by(channels);
                out[REACH..].iter_mut().zip(line).for_each(|(out, z)| *out = *z);
            }
        }
        Self { values, shape }
    }

    /// What entry `at` of a filter sees at each place of the image, row by row.
    fn seen(&self, at: usize) -> impl Iterator<Item = &[f32]> {
        let Shape { height, width, .. } = self.shape;
        let [rows, row] = [height, width].map(|side| side + 2 * REACH);
        let [channel, y, x] = [at / (SIZE * SIZE), at / SIZE % SIZE, at % SIZE];
        let lines = self.values[(channel * rows + y) * row..].chunks_exact(row).take(height);
        lines.map(move |line| &line[x..x + width])
    }

    /// The same of all entries, one a row.
    fn all_seen(&self) -> Matrix {
        let entries = self.shape.channels * SIZE * SIZE;
        let values = (0..entries).flat_map(|at| self.seen(at).flatten()).copied().collect();
        Matrix::from_vec(entries, self.shape.positions(), values)
    }
}

/// A^−½ of a symmetric positive definite N×N matrix, by Newton's method (Higham 2008, equation 6.35).
fn inverse_root(matrix: &[f64], n: usize) -> Vec<f64> {
    // Of trace 1 its eigenvalues are below 1, and the method converges.
    let trace: f64 = (0..n).map(|i| matrix[i * n + i]).sum();
    let mut y: Vec<_> = matrix.iter().map(|value| value / trace).collect();
    let mut z = vec![0.0; n * n];
    (0..n).for_each(|i| z[i * n + i] = 1.0);
    for _ in 0..STEPS {
        let mut step = multiply(&z, &y, n);
        let identity = |at: usize| f64::from(u8::from(at.is_multiple_of(n + 1)));
        let error = (0..).zip(&step).map(|(at, value)| (value - identity(at)).abs());
        let error = error.fold(0.0, f64::max);
        (0..).zip(&mut step).for_each(|(at, value)| *value = 1.5 * identity(at) - 0.5 * *value);
        (y, z) = (multiply(&y, &step, n), multiply(&step, &z, n));
        if error < 1e-9 {
            break;
        }
    }
    z.iter_mut().for_each(|value| *value /= trace.sqrt());
    z
}

/// The product of two N×N matrices.
fn multiply(a: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let mut out = vec![0.0; n * n];
    for (out, a) in out.chunks_exact_mut(n).zip(a.chunks_exact(n)) {
        for (factor, b) in a.iter().zip(b.chunks_exact(n)) {
            out.iter_mut().zip(b).for_each(|(out, b)| *out += factor * b);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use dalenet::Generator;

    const SHAPE: Shape = Shape { height: 11, width: 9, channels: 2 };

    /// Smooth images whose channels are alike, of mean zero.
    fn images(count: usize) -> Vec<Vec<f32>> {
        let mut generator = Generator::new(0, 0);
        let mut image = || {
            let mut wave = || 2.0 * generator.uniform() - 1.0;
            let [a, b, c, d] = [0; 4].map(|_| 2.0 * wave());
            let place = |i: usize| (i / 2 / SHAPE.width, i / 2 % SHAPE.width, i % 2);
            let value = |(y, x, channel): (usize, usize, usize)| {
                (0.3 * a * y as f32 + 0.3 * b * x as f32 + c).sin() + 0.1 * d * channel as f32
            };
            (0..SHAPE.len()).map(|i| value(place(i)) + 0.5 * wave()).collect()
        };
        (0..count).map(|_| image()).collect()
    }

    #[test]
    fn an_inverse_root_times_itself_and_the_matrix_is_the_identity() {
        let mut generator = Generator::new(1, 0);
        for (n, noise) in [(1, 0.1), (5, 0.1), (40, 1e-4)] {
            let a: Vec<f64> = (0..n * n).map(|_| f64::from(generator.uniform()) - 0.5).collect();
            let transposed: Vec<_> = (0..n * n).map(|i| a[i % n * n + i / n]).collect();
            let mut matrix = multiply(&a, &transposed, n);
            (0..n).for_each(|i| matrix[i * (n + 1)] += noise);
            let root = inverse_root(&matrix, n);
            let product = multiply(&multiply(&root, &matrix, n), &root, n);
            for (i, found) in product.iter().enumerate() {
                let want = if i / n == i % n { 1.0 } else { 0.0 };
                assert!((found - want).abs() < 1e-6, "{n}, {i}: {found}");
            }
        }
    }

    /// Oracle: the sum over the window, entry by entry.
    #[test]
    fn a_filter_is_the_sum_over_its_window() {
        let image = images(1).remove(0);
        let weights: Vec<f32> = (0..4 * 25).map(|i| ((i * 7 % 13) as f32 - 6.0) / 6.0).collect();
        let whitening = Whitening::restore(2, weights.clone()).unwrap();
        let mut found = image.clone();
        whitening.apply(&mut found, SHAPE);
        let at = |y: isize, x: isize, c: usize| match SHAPE {
            Shape { height, width, .. }
                if (0..height as isize).contains(&y) && (0..width as isize).contains(&x) =>
            {
                f64::from(image[(y as usize * width + x as usize) * 2 + c])
            }
            _ => 0.0,
        };
        for (i, found) in found.iter().enumerate() {
            let [y, x] = [i / 2 / SHAPE.width, i / 2 % SHAPE.width].map(|at| at as isize);
            let want: f64 = (0..50)
                .map(|k| {
                    let (c, dy, dx) = (k / 25, (k / 5 % 5) as isize - 2, (k % 5) as isize - 2);
                    f64::from(weights[i % 2 * 50 + k]) * at(y + dy, x + dx, c)
                })
                .sum();
            assert!((f64::from(*found) - want).abs() < 1e-4, "{i}: {found}, not {want}");
        }
    }

    /// Neighbours and channels are nearly uncorrelated afterwards.
    #[test]
    fn whitened_images_are_nearly_uncorrelated() {
        let images = images(400);
        let whitening = Whitening::of(images.iter().cloned(), SHAPE);
        let correlation = |images: &[Vec<f32>], [a, b]: [usize; 2]| {
            let sum = |pair: [usize; 2]| -> f64 {
                images.iter().map(|image| f64::from(image[pair[0]] * image[pair[1]])).sum()
            };
            sum([a, b]) / (sum([a, a]) * sum([b, b])).sqrt()
        };
        let whitened: Vec<_> = images
            .iter()
            .map(|image| {
                let mut image = image.clone();
                whitening.apply(&mut image, SHAPE);
                image
            })
            .collect();
        let middle = (5 * SHAPE.width + 4) * 2;
        for other in [middle + 1, middle + 2, middle + 2 * SHAPE.width] {
            let [before, after] =
                [&images, &whitened].map(|images| correlation(images, [middle, other]));
            assert!(before > 0.4 && after.abs() < before / 3.0, "{before} {after}");
        }
    }

    #[test]
    fn weights_are_restored_for_their_number_of_channels_alone() {
        let whitening = Whitening::of(images(3).into_iter(), SHAPE);
        let weights = whitening.weights().to_vec();
        assert_eq!(Whitening::restore(2, weights.clone()), Some(whitening));
        assert_eq!(Whitening::restore(3, weights), None);
    }
}
