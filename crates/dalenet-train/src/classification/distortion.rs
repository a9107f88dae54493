//! Training images are moved and mirrored, so that no two epochs are the same.

use dalenet::{Generator, Shape};

/// What happens to one image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Distortion {
    down: isize,
    right: isize,
    mirror: bool,
}

impl Distortion {
    /// Up to `shift` pixels each way, and in one of two cases the mirror if `flip`. Nothing is
    /// drawn for what cannot happen.
    pub fn draw(shape: Shape, shift: usize, flip: bool, generator: &mut Generator) -> Self {
        // A flat vector is one pixel high and wide and has nowhere to go.
        let mut way = |side: usize| {
            let reach = if side > 1 { shift } else { 0 };
            generator.below(2 * reach + 1) as isize - reach as isize
        };
        let [down, right] = if shift > 0 { [way(shape.height), way(shape.width)] } else { [0, 0] };
        Self { down, right, mirror: flip && shape.width > 1 && generator.below(2) == 1 }
    }

    /// Distorts `image`, H×W×C; zeros come from beyond its edge.
    pub fn apply(self, image: &mut [f32], shape: Shape) {
        let row = shape.width * shape.channels;
        if self.mirror {
            for row in image.chunks_exact_mut(row) {
                mirror(row, shape.channels);
            }
        }
        shift(image, self.down * row as isize);
        for row in image.chunks_exact_mut(row) {
            shift(row, self.right * shape.channels as isize);
        }
    }
}

/// Reverses the order of pixels.
fn mirror(row: &mut [f32], channels: usize) {
    row.reverse();
    row.chunks_exact_mut(channels).for_each(<[f32]>::reverse);
}

/// Moves all values towards the end; zeros fill what is left.
fn shift(values: &mut [f32], by: isize) {
    let len = values.len();
    let distance = by.unsigned_abs().min(len);
    if by >= 0 {
        values.copy_within(..len - distance, distance);
        values[..distance].fill(0.0);
    } else {
        values.copy_within(distance.., 0);
        values[len - distance..].fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { height: 2, width: 3, channels: 2 };

    fn distorted(down: isize, right: isize, mirror: bool) -> Vec<f32> {
        let mut image: Vec<f32> = (1..=12).map(|v| v as f32).collect();
        Distortion { down, right, mirror }.apply(&mut image, SHAPE);
        image
    }

    #[test]
    fn images_move_and_zeros_come_in() {
        let want = [0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 7.0, 8.0, 9.0, 10.0];
        assert_eq!(distorted(0, 1, false), want);
        let want = [11.0, 12.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(distorted(-1, -2, false), want);
        assert_eq!(distorted(3, 0, false), [0.0; 12]);
    }

    #[test]
    fn the_mirror_reverses_pixels_and_not_channels() {
        let want = [5.0, 6.0, 3.0, 4.0, 1.0, 2.0, 11.0, 12.0, 9.0, 10.0, 7.0, 8.0];
        assert_eq!(distorted(0, 0, true), want);
    }

    #[test]
    fn every_move_and_the_mirror_come_up() {
        let mut generator = Generator::new(0, 0);
        let mut seen = std::collections::BTreeMap::new();
        for _ in 0..1800 {
            let Distortion { down, right, mirror } =
                Distortion::draw(SHAPE, 1, true, &mut generator);
            *seen.entry((down, right, mirror)).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 18);
        assert!(seen.values().all(|count| (60..140).contains(count)), "{seen:?}");
        let still = Distortion::draw(SHAPE, 0, false, &mut generator);
        assert_eq!(still, Distortion::default());
    }
}
