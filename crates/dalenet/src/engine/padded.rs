//! Images with their padding around them, and sums over single patches of them.

use super::{Geometry, precision::round_to_bf16, workspace::Workspace};
use crate::tensor::Matrix;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use std::{array::from_fn, ops::Range};

/// Values of a patch that are added at once.
const LANES: usize = 16;
/// Vectors whose sums are kept in registers.
const VECTORS: usize = 12;
/// Units whose signals are read together: a cache line of them.
const UNITS: usize = 16;
/// Places whose signals are read together.
const PLACES: usize = 64;

/// Images with their padding around them, and how the patches lie in them.
pub(super) struct Padded {
    geometry: Geometry,
    /// Where the patch of each place begins.
    corners: Vec<u32>,
    /// Where each group of values of a patch begins, from its corner.
    groups: Vec<usize>,
    /// Values of a window's row.
    run: usize,
    /// Values of an image, and of a row of it.
    len: usize,
    row: usize,
}

impl Padded {
    pub fn new(geometry: &Geometry) -> Self {
        let Geometry { input, window, output } = *geometry;
        let [height, width] = [input.height, input.width].map(|side| side + 2 * window.padding);
        let (run, row) = (window.size * input.channels, width * input.channels);
        let corner = |place: usize| {
            let [top, left] = geometry.corner(place);
            (top * row + left * input.channels) as u32
        };
        let corners: Vec<u32> = (0..output.positions()).map(corner).collect();
        let line = |y: usize| (0..run).step_by(LANES).map(move |x| y * row + x);
        let groups: Vec<usize> = (0..window.size).flat_map(line).collect();
        // The last group of the last patch may go beyond it.
        let len = height * row + LANES;
        let last = corners.iter().max().zip(groups.last());
        let within = last.is_none_or(|(corner, group)| *corner as usize + group + LANES <= len);
        assert!(within, "the windows of the geometry lie in its image");
        Self { geometry: *geometry, corners, groups, run, len, row }
    }

    /// Values of a patch, each of its rows filled up to whole groups.
    pub fn lanes(&self) -> usize {
        self.groups.len() * LANES
    }

    /// `sums`, N×lanes, become the gradient over the images `range`, transposed.
    pub fn gradient(
        &self,
        sums: &mut [f32],
        images: &Matrix,
        range: Range<usize>,
        (u, chosen): (&Matrix, &[u32]),
        workspace: &Workspace,
    ) {
        let round = workspace.kernel().is_some();
        let mut padded = workspace.floats(range.len() * self.len);
        for (image, padded) in range.clone().zip(padded.chunks_exact_mut(self.len)) {
            self.pad(padded, images.row(image), round);
        }
        sums.fill(0.0);
        let (units, all) = (self.geometry.output.channels, u.cols());
        let (arch, mut signals) = (Arch::new(), Signals::default());
        for (block, sums) in sums.chunks_mut(UNITS * self.lanes()).enumerate() {
            let columns = block * UNITS..units.min((block + 1) * UNITS);
            for (image, padded) in range.clone().zip(padded.chunks_exact(self.len)) {
                let (u, chosen) = (u.row(image), &chosen[image * all..][..all]);
                for start in (0..all / units).step_by(PLACES) {
                    let places = start..(all / units).min(start + PLACES);
                    signals.read((u, chosen), units, (places.clone(), columns.clone()), |place| {
                        self.corners[place as usize]
                    });
                    if round {
                        signals.round();
                    }
                    for (i, sums) in sums.chunks_exact_mut(self.lanes()).enumerate() {
                        let (signals, corners) = signals.of(i, places.len());
                        let groups = &self.groups;
                        let image = padded;
                        arch.dispatch(AddPatches { sums, image, groups, signals, corners });
                    }
                }
            }
        }
    }

    /// Copies an image between its padding, rounded to bfloat16 if so desired.
    fn pad(&self, out: &mut [f32], image: &[f32], round: bool) {
        let Geometry { input, window, .. } = self.geometry;
        out.fill(0.0);
        let rows = out.chunks_exact_mut(self.row).skip(window.padding);
        let width = input.width * input.channels;
        for (out, image) in rows.zip(image.chunks_exact(width)) {
            let out = &mut out[window.padding * input.channels..][..width];
            match round {
                true => out.iter_mut().zip(image).for_each(|(out, x)| *out = round_to_bf16(*x)),
                false => out.copy_from_slice(image),
            }
        }
    }

    /// `out`, K×N, from `sums`, N×lanes.
    pub fn transpose(&self, out: &mut Matrix, sums: &[f32]) {
        let (units, lanes) = (out.cols(), self.lanes());
        let line = self.run.div_ceil(LANES) * LANES;
        let rows = out.as_mut_slice().par_chunks_mut(self.run * units);
        rows.enumerate().for_each(|(y, out)| {
            for start in (0..self.run).step_by(LANES) {
                let values = start..self.run.min(start + LANES);
                let out = &mut out[start * units..values.end * units];
                for (unit, sums) in sums.chunks_exact(lanes).enumerate() {
                    let sums = &sums[y * line + start..][..values.len()];
                    let column = out[unit..].iter_mut().step_by(units);
                    column.zip(sums).for_each(|(out, sum)| *out = *sum);
                }
            }
        });
    }
}

/// The signals of some units at some places, unit by unit, and the corners of their patches.
struct Signals {
    signals: [[f32; PLACES]; UNITS],
    corners: [[u32; PLACES]; UNITS],
}

impl Default for Signals {
    fn default() -> Self {
        Self { signals: [[0.0; PLACES]; UNITS], corners: [[0; PLACES]; UNITS] }
    }
}

impl Signals {
    /// Reads them from those of an image, P'×N.
    fn read(
        &mut self,
        (u, chosen): (&[f32], &[u32]),
        units: usize,
        (places, columns): (Range<usize>, Range<usize>),
        corner: impl Fn(u32) -> u32,
    ) {
        for (k, place) in places.enumerate() {
            let at = place * units + columns.start..place * units + columns.end;
            for (i, (u, place)) in u[at.clone()].iter().zip(&chosen[at]).enumerate() {
                self.signals[i][k] = *u;
                self.corners[i][k] = corner(*place);
            }
        }
    }

    fn round(&mut self) {
        self.signals.as_flattened_mut().iter_mut().for_each(|u| *u = round_to_bf16(*u));
    }

    /// Those of a unit.
    fn of(&self, unit: usize, places: usize) -> (&[f32], &[u32]) {
        (&self.signals[unit][..places], &self.corners[unit][..places])
    }
}

/// `sums += Σ signal·patch`: the patches begin at `corners` of the image, and their `groups` of values
/// at these distances from there.
struct AddPatches<'a> {
    sums: &'a mut [f32],
    image: &'a [f32],
    groups: &'a [usize],
    signals: &'a [f32],
    corners: &'a [u32],
}

impl WithSimd for AddPatches<'_> {
    type Output = ();

    /// The processor's vectors, a few at a time for all patches.
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let all = self.groups.len() * (LANES / S::F32_LANES);
        for first in (0..all).step_by(VECTORS) {
            macro_rules! of_so_many {
                ($($count:literal)*) => {
                    match VECTORS.min(all - first) {
                        $($count => self.add::<S, $count>(simd, first),)*
                        _ => unreachable!("at most {VECTORS} vectors"),
                    }
                };
            }
            of_so_many!(1 2 3 4 5 6 7 8 9 10 11 12);
        }
    }
}

impl AddPatches<'_> {
    /// Vectors from `first` on, whose sums stay in registers.
    #[inline(always)]
    fn add<S: Simd, const COUNT: usize>(&mut self, simd: S, first: usize) {
        let (lanes, vectors) = (S::F32_LANES, LANES / S::F32_LANES);
        let groups = self.groups;
        let offsets: [usize; COUNT] =
            from_fn(|i| groups[(first + i) / vectors] + (first + i) % vectors * lanes);
        let (sums, _) = S::as_mut_simd_f32s(&mut self.sums[first * lanes..][..COUNT * lanes]);
        let sums: &mut [S::f32s; COUNT] = sums.try_into().expect("so many vectors");
        let mut totals = *sums;
        for (signal, corner) in self.signals.iter().zip(self.corners) {
            let signal = simd.splat_f32s(*signal);
            for (total, offset) in totals.iter_mut().zip(offsets) {
                let at = *corner as usize + offset;
                debug_assert!(at + lanes <= self.image.len());
                // SAFETY: `Padded::new` has checked that all groups of all patches lie in an image.
                let values =
                    unsafe { self.image.as_ptr().add(at).cast::<S::f32s>().read_unaligned() };
                *total = simd.mul_add_e_f32s(signal, values, *total);
            }
        }
        *sums = totals;
    }
}
