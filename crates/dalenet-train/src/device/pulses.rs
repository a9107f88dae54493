//! Devices that are written by pulses.

use super::{DeviceSettings, draws::Draws};
use rayon::prelude::*;

/// The devices of a layer.
///
/// The conductance of a device stands for a magnitude from `least` to `most`. A pulse moves it by
///
/// ```text
/// up    Δ·(1 − σ·x) + noise        Δ = (most − least)/(levels − 1)
/// down  Δ·(1 − a)·(1 − σ·(1 − x)) + noise
/// ```
///
/// with x from 0 (`least`) to 1 (`most`), σ the saturation, a the asymmetry (constant and soft-bounds steps
/// of aihwkit's `presets`), and noise of a deviation that is a share of the range (NeuroSim's cycle-to-cycle
/// variation). Without Dale's principle a weight is a pair of devices, one of them at 0: it is pulsed up if
/// the weight is to grow, else down.
#[derive(Clone, Copy, Debug)]
pub struct Pulses {
    settings: DeviceSettings,
    least: f32,
    most: f32,
    /// Whether a weight has a pair of devices, for either sign.
    pair: bool,
}

impl Pulses {
    /// Devices whose smallest conductance is the `floor` of Dale's principle, or pairs without one; `initial`
    /// is the layer's largest initial magnitude.
    pub fn new(settings: DeviceSettings, floor: Option<f32>, initial: f32) -> Self {
        let least = floor.unwrap_or(0.0);
        let most = (settings.range * initial).max(least);
        Self { settings, least, most, pair: floor.is_none() }
    }

    /// The size of a pulse, if there are levels.
    fn size(&self) -> Option<f32> {
        let steps = self.settings.levels.checked_sub(1)?;
        Some((self.most - self.least) / steps as f32)
    }

    /// The nearest weight that a device can have.
    pub fn nearest(&self, w: f32) -> f32 {
        let magnitude = w.abs().clamp(self.least, self.most);
        let magnitude = match self.size() {
            Some(size) if size > 0.0 => {
                self.least + size * ((magnitude - self.least) / size).round_ties_even()
            }
            _ => magnitude,
        };
        magnitude.copysign(w)
    }

    /// Brings weights to the nearest that devices can have.
    pub fn program(&self, weights: &mut [f32]) {
        weights.par_iter_mut().for_each(|w| *w = self.nearest(*w));
    }

    /// Makes the step from `before` to `weights` by pulses.
    pub fn write(&self, before: &[f32], weights: &mut [f32], draws: Draws) {
        const PIECE: usize = 1 << 14;
        let size = self.size();
        let pieces = weights.par_chunks_mut(PIECE).zip(before.par_chunks(PIECE)).enumerate();
        pieces.for_each(|(piece, (weights, before))| {
            for (i, (w, before)) in weights.iter_mut().zip(before).enumerate() {
                let (wanted, place) = (*w - *before, (piece * PIECE + i) as u64);
                if wanted != 0.0 {
                    *w = match size {
                        Some(size) => self.pulsed(*before, (wanted, size), draws, place),
                        None => self.moved(*before, wanted, 0.0),
                    };
                }
            }
        });
    }

    /// The weight after the pulses of `size` that are to change `w` by `wanted`; `place` is its own among the
    /// layer's.
    #[inline]
    fn pulsed(&self, w: f32, (wanted, size): (f32, f32), draws: Draws, place: u64) -> f32 {
        let most = 2 * (self.settings.levels - 1);
        // Rounded at random, so that its mean is `wanted`. (Without a range 0/0 is no pulse.)
        let draw = place * (1 + u64::from(most));
        let pulses = ((wanted.abs() / size + draws.uniform(draw)) as u32).min(most);
        if pulses == 0 {
            return w;
        }
        let noise = self.settings.write_noise * (self.most - self.least);
        (1..=u64::from(pulses)).fold(w, |w, pulse| {
            let noise = if noise > 0.0 { noise * draws.normal(draw + pulse) } else { 0.0 };
            self.moved(w, size.copysign(wanted), noise)
        })
    }

    /// The weight after a pulse that would change `w` by `step` on an ideal device.
    fn moved(&self, w: f32, step: f32, noise: f32) -> f32 {
        let Self { settings: DeviceSettings { asymmetry, saturation, .. }, least, most, pair } =
            *self;
        // The device that is pulsed, and the sign of its weight.
        let sign = if pair && w == 0.0 { step.signum() } else { w.signum() };
        let (magnitude, step) = (w.abs(), sign * step);
        let x = if most > least { (magnitude - least) / (most - least) } else { 0.0 };
        let step = match step > 0.0 {
            true => step * (1.0 - saturation * x),
            false => step * (1.0 - asymmetry) * (1.0 - saturation * (1.0 - x)),
        };
        sign * (magnitude + step + noise).clamp(least, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn settings(levels: u32) -> DeviceSettings {
        DeviceSettings { levels, ..DeviceSettings::default() }
    }

    /// A single weight after a step that would change it by `wanted`.
    fn written(pulses: &Pulses, w: f32, wanted: f32, draws: Draws) -> f32 {
        let mut weights = [w + wanted];
        pulses.write(&[w], &mut weights, draws);
        weights[0]
    }

    /// One pulse of size Δ = 0.25 in a range from 0 to 1, by hand.
    #[test]
    fn a_pulse_up_and_one_down() {
        for (w, asymmetry, saturation, up, down) in [
            (0.5, 0.0, 0.0, 0.75, 0.25),
            (0.5, 0.4, 0.0, 0.75, 0.35),
            (0.5, 0.0, 1.0, 0.625, 0.375),
            (0.25, 0.0, 1.0, 0.4375, 0.1875),
            (0.75, 0.0, 0.4, 0.925, 0.525),
        ] {
            let settings = DeviceSettings { asymmetry, saturation, range: 1.0, ..settings(5) };
            let pulses = Pulses::new(settings, Some(0.0), 1.0);
            assert!((pulses.moved(w, 0.25, 0.0) - up).abs() < 1e-6);
            assert!((pulses.moved(w, -0.25, 0.0) - down).abs() < 1e-6);
            // A weight that inhibits has its magnitude changed.
            assert!((pulses.moved(-w, -0.25, 0.0) + up).abs() < 1e-6);
        }
    }

    #[test]
    fn steps_are_right_on_average() {
        let pulses = Pulses::new(DeviceSettings { range: 1.0, ..settings(11) }, Some(0.0), 1.0);
        let draws = Draws::new(0, 1, 0, 0);
        let mean = |wanted: f32| {
            let after = (0..20_000).map(|i| f64::from(pulses.pulsed(0.5, (wanted, 0.1), draws, i)));
            after.sum::<f64>() / 20_000.0 - 0.5
        };
        // The deviation of the mean is 0.05/√20000 at most.
        assert!((mean(0.037) - 0.037).abs() < 0.002 && (mean(-0.25) + 0.25).abs() < 0.002);
    }

    #[test]
    fn write_noise_has_its_deviation() {
        let settings = DeviceSettings { range: 1.0, write_noise: 0.02, ..settings(11) };
        let pulses = Pulses::new(settings, Some(0.0), 1.0);
        let draws = Draws::new(0, 1, 0, 0);
        // Four pulses of 0.1, each with an error of 0.02.
        let errors = (0..20_000).map(|i| f64::from(pulses.pulsed(0.3, (0.4, 0.1), draws, i)) - 0.7);
        let squares: f64 = errors.map(|error| error * error).sum();
        let deviation = (squares / 20_000.0).sqrt();
        // The rounding of 0.4 to pulses at random is at most one in 10⁶ off.
        assert!((deviation - 0.04).abs() < 0.001, "{deviation}");
    }

    proptest! {
        /// Without noise, asymmetry and saturation weights stay on the levels and on their side of zero,
        /// whatever is to be learnt.
        #[test]
        fn weights_lie_on_the_levels(
            start in -1.0f32..1.0,
            steps in prop::collection::vec(-0.5f32..0.5, 1..20),
            levels in 2u32..40,
            dale in any::<bool>(),
        ) {
            let floor = dale.then_some(1e-3);
            let pulses = Pulses::new(DeviceSettings { range: 1.0, ..settings(levels) }, floor, 1.0);
            let least = floor.unwrap_or(0.0);
            let size = (1.0 - least) / (levels - 1) as f32;
            let mut w = pulses.nearest(start);
            for (step, wanted) in (0..).zip(steps) {
                let before = w;
                w = written(&pulses, w, wanted, Draws::new(7, step, 0, 0));
                let level = (w.abs() - least) / size;
                prop_assert!((level - level.round()).abs() < 1e-3, "{w} is between levels");
                prop_assert!((least - 1e-6..=1.0 + 1e-6).contains(&w.abs()));
                prop_assert!(!dale || w.signum() == start.signum(), "{before} became {w}");
            }
        }

        /// Whatever the device, weights stay within its range, and under Dale's principle keep their sign.
        #[test]
        fn weights_stay_in_the_range(
            start in -2.0f32..2.0,
            wanted in -3.0f32..3.0,
            levels in prop_oneof![Just(0u32), 2u32..20],
            asymmetry in 0.0f32..0.99,
            saturation in 0.0f32..=1.0,
            noise in 0.0f32..0.5,
        ) {
            let write_noise = if levels > 0 { noise } else { 0.0 };
            let settings = DeviceSettings {
                levels, asymmetry, saturation, write_noise, range: 1.0, ..DeviceSettings::default()
            };
            let pulses = Pulses::new(settings, Some(0.01), 1.0);
            let start = pulses.nearest(start);
            let w = written(&pulses, start, wanted, Draws::new(1, 1, 1, 1));
            prop_assert!((0.01..=1.0).contains(&w.abs()) && w.signum() == start.signum());
        }
    }
}
