//! Magnitudes as conductances, and back.

use super::{Compensation, Device, Drift, Scale};
use crate::Mapping;
use dalenet::{Generator, Matrix};

/// The devices of one part of a layer's weights. Conductances are shares of G_max.
pub struct Crossbar {
    rows: usize,
    cols: usize,
    /// The scale of each column: the magnitude at G_max.
    scales: Vec<f64>,
    /// One a weight, or of a pair the one that is added.
    added: Devices,
    /// Of a pair the one that is subtracted; of single devices a reference for every row.
    subtracted: Option<Devices>,
}

/// Devices in rows and columns.
struct Devices {
    cols: usize,
    targets: Vec<f64>,
    /// A number from N(0, 1) each, for the way in which they change.
    fates: Vec<f64>,
    /// How they are stuck, if they are: at this conductance.
    stuck: Vec<Option<f64>>,
    /// The errors of programming as numbers from N(0, 1): they may grow with time.
    errors: Vec<f64>,
}

impl Devices {
    fn program(targets: Vec<f64>, cols: usize, device: &Device, generator: &mut Generator) -> Self {
        let mut normals =
            || targets.iter().map(|_| f64::from(generator.normal())).collect::<Vec<_>>();
        let (errors, fates) = (normals(), normals());
        let mut stuck = |_| {
            let chance = f64::from(generator.uniform());
            match chance {
                chance if chance < device.stuck_low => Some(device.smallest()),
                chance if chance < device.stuck_low + device.stuck_high => Some(1.0),
                _ => None,
            }
        };
        let stuck = targets.iter().map(&mut stuck).collect();
        Self { cols, targets, fates, stuck, errors }
    }

    /// What a device was programmed to, with its error as far as that has shown after so many seconds.
    fn programmed(&self, device: &Device, i: usize, seconds: f64) -> f64 {
        let target = self.targets[i];
        let sigma = device.programming.deviation(target, device.g_max, seconds);
        let programmed = (target + device.programming_scale * sigma * self.errors[i]).max(0.0);
        self.stuck[i].unwrap_or(programmed)
    }

    /// All conductances after so many seconds.
    fn all_after(&self, device: &Device, seconds: f64) -> Vec<f64> {
        (0..self.targets.len()).map(|i| self.after(device, i, seconds)).collect()
    }

    /// A conductance after so many seconds.
    fn after(&self, device: &Device, i: usize, seconds: f64) -> f64 {
        match self.stuck[i] {
            Some(stuck) => stuck,
            None => {
                let programmed = self.programmed(device, i, seconds);
                device.drift.after(programmed, device.g_max, seconds, self.fates[i])
            }
        }
    }
}

impl Device {
    /// The smallest conductance, as a share of the largest.
    pub(super) fn smallest(&self) -> f64 {
        1.0 / self.ratio
    }

    /// The conductance for a share of the largest magnitude, before errors.
    fn target(&self, share: f64) -> f64 {
        let share = match self.levels {
            Some(levels) => {
                let steps = f64::from(levels - 1);
                (share.min(1.0) * steps).round_ties_even() / steps
            }
            None => share.min(1.0),
        };
        self.smallest() + (1.0 - self.smallest()) * share
    }
}

impl Crossbar {
    /// Programs magnitudes, K×N, that may be signed only on pairs.
    pub fn program(magnitudes: &Matrix, device: &Device, generator: &mut Generator) -> Self {
        let (rows, cols) = (magnitudes.rows(), magnitudes.cols());
        let scales = scales(magnitudes, device);
        let share = |sign: f64| {
            let value = |(i, w): (usize, &f32)| {
                let scale = scales[i % cols];
                let share = if scale > 0.0 { (sign * f64::from(*w)).max(0.0) / scale } else { 0.0 };
                device.target(share)
            };
            magnitudes.as_slice().iter().enumerate().map(value).collect::<Vec<_>>()
        };
        let added = Devices::program(share(1.0), cols, device, generator);
        let subtracted = match (device.mapping, device.reference) {
            (Mapping::Pair, _) => Some(Devices::program(share(-1.0), cols, device, generator)),
            (Mapping::Single, true) => {
                Some(Devices::program(vec![device.smallest(); rows], 1, device, generator))
            }
            (Mapping::Single, false) => None,
        };
        Self { rows, cols, scales, added, subtracted }
    }

    /// The magnitudes that it stands for after so many seconds, and the variance that a read adds to each.
    pub fn read(&self, device: &Device, seconds: f64) -> (Matrix, Matrix) {
        let added = self.added.all_after(device, seconds);
        let subtracted =
            self.subtracted.as_ref().map(|devices| (devices, devices.all_after(device, seconds)));
        let gains = self.gains(device, seconds, &added);
        let (mut values, mut variances) = (Vec::new(), Vec::new());
        let range = 1.0 - device.smallest();
        let noise = |devices: &Devices, i: usize, g: f64| {
            device.read.deviation(g, devices.targets[i], seconds).powi(2)
        };
        for (i, g) in added.iter().enumerate() {
            let (row, col) = (i / self.cols, i % self.cols);
            let (mut g, mut variance) = (*g, noise(&self.added, i, *g));
            if let Some((devices, conductances)) = &subtracted {
                let i = if devices.cols == 1 { row } else { i };
                let other = conductances[i];
                (g, variance) = (g - other, variance + noise(devices, i, other));
            }
            let unit = self.scales[col] / range * gains[col];
            values.push((unit * g) as f32);
            variances.push((unit * unit * variance) as f32);
        }
        let matrix = |values| Matrix::from_vec(self.rows, self.cols, values);
        (matrix(values), matrix(variances))
    }

    /// What makes up for drift to the conductances `added`, column by column.
    fn gains(&self, device: &Device, seconds: f64, added: &[f64]) -> Vec<f64> {
        if device.compensation == Compensation::None || device.drift == Drift::None {
            return vec![1.0; self.cols];
        }
        let (mut then, mut now) = (vec![0.0; self.cols], vec![0.0; self.cols]);
        for (i, g) in added.iter().enumerate() {
            then[i % self.cols] += self.added.programmed(device, i, seconds);
            now[i % self.cols] += g;
        }
        let ratio = |(then, now): (&f64, &f64)| if *now > 0.0 { then / now } else { 1.0 };
        if device.compensation == Compensation::Column {
            return then.iter().zip(&now).map(ratio).collect();
        }
        let [then, now] = [then, now].map(|sums| sums.iter().sum::<f64>());
        vec![ratio((&then, &now)); self.cols]
    }
}

/// The magnitude that becomes G_max, column by column.
fn scales(magnitudes: &Matrix, device: &Device) -> Vec<f64> {
    let quantile = |mut values: Vec<f32>| {
        values.sort_unstable_by(f32::total_cmp);
        let at = (device.quantile * (values.len() - 1) as f64).round() as usize;
        f64::from(values[at])
    };
    let absolute = |w: &f32| w.abs();
    match device.scale {
        Scale::Matrix => {
            let all = magnitudes.as_slice().iter().map(absolute).collect();
            vec![quantile(all); magnitudes.cols()]
        }
        Scale::Column => (0..magnitudes.cols())
            .map(|j| quantile(magnitudes.iter_rows().map(|row| row[j].abs()).collect()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Programming, Read},
        *,
    };
    use proptest::prelude::*;

    fn ideal() -> Device {
        Device::preset("ideal").unwrap()
    }

    fn program(values: &Matrix, device: &Device) -> (Matrix, Matrix) {
        Crossbar::program(values, device, &mut Generator::new(3, 0)).read(device, 0.0)
    }

    proptest! {
        /// Without noise a weight comes back as it was, on any range with a reference.
        #[test]
        fn no_noise_is_the_identity(
            values in prop::collection::vec(0.0f32..5.0, 12),
            ratio in prop_oneof![Just(f64::INFINITY), 1.5..1e4],
            pair in any::<bool>(),
        ) {
            let matrix = Matrix::from_vec(4, 3, values);
            let mapping = if pair { Mapping::Pair } else { Mapping::Single };
            let (read, variance) = program(&matrix, &Device { ratio, mapping, ..ideal() });
            for (found, wanted) in read.as_slice().iter().zip(matrix.as_slice()) {
                prop_assert!((found - wanted).abs() <= 1e-5 * (1.0 + wanted));
            }
            prop_assert!(variance.as_slice().iter().all(|v| *v == 0.0));
        }

        /// Quantised weights are on the levels, on their side of zero and next to where they were.
        #[test]
        fn quantised_weights_lie_on_the_levels(
            values in prop::collection::vec(-5.0f32..5.0, 12),
            levels in 2u32..40,
        ) {
            let matrix = Matrix::from_vec(4, 3, values);
            let device = Device { levels: Some(levels), mapping: Mapping::Pair, ratio: 10.0, ..ideal() };
            let (read, _) = program(&matrix, &device);
            for j in 0..3 {
                let largest = matrix.iter_rows().map(|row| row[j].abs()).fold(0.0, f32::max);
                let step = largest / (levels - 1) as f32;
                for i in 0..4 {
                    let (found, wanted) = (read.row(i)[j], matrix.row(i)[j]);
                    prop_assert!((found - wanted).abs() <= 0.5001 * step + 1e-6);
                    prop_assert!(found * wanted >= 0.0);
                    let level = found / step;
                    prop_assert!(step == 0.0 || (level - level.round()).abs() < 1e-3);
                }
            }
        }
    }

    #[test]
    fn stuck_devices_are_as_many_as_asked_for() {
        let matrix = Matrix::from_vec(100, 100, vec![0.5; 10_000]);
        let device = Device { stuck_low: 0.02, stuck_high: 0.05, scale: Scale::Matrix, ..ideal() };
        // A weight of 2 so that the others are in the middle of the range.
        let mut matrix = matrix;
        matrix.row_mut(0)[0] = 1.0;
        let (read, _) = program(&matrix, &device);
        let count =
            |wanted: f32| read.as_slice().iter().filter(|w| (**w - wanted).abs() < 1e-6).count();
        assert!((150..250).contains(&count(0.0)), "{}", count(0.0));
        assert!((430..570).contains(&count(1.0)), "{}", count(1.0));
    }

    /// Read noise and programming errors have the deviations that were asked for.
    #[test]
    fn errors_have_their_deviation() {
        let matrix = Matrix::from_vec(200, 50, vec![0.5; 10_000]);
        let device = Device {
            programming: Programming::Absolute(0.02),
            read: Read::Absolute(0.01),
            ..ideal()
        };
        let (read, variance) = program(&matrix, &device);
        // Of the weight and of its reference, whose errors below 0 are cut off.
        let mean = read.as_slice().iter().map(|w| f64::from(*w)).sum::<f64>() / 1e4;
        let spread =
            read.as_slice().iter().map(|w| (f64::from(*w) - mean).powi(2)).sum::<f64>() / 1e4;
        assert!((spread.sqrt() / 0.5 - 0.0222).abs() < 0.002, "{}", spread.sqrt() / 0.5);
        let wanted = 0.25 * 2.0 * 1e-4;
        assert!(variance.as_slice().iter().all(|v| (f64::from(*v) / wanted - 1.0).abs() < 1e-3));
    }
}
