//! Which outputs' errors reach which hidden units under Error Diffusion.

/// Error routing: which outputs' errors reach which hidden units. One method beside the name.
pub trait Routing: Send + Sync {
    /// Its name in tables and logs.
    fn name(&self) -> &str;

    /// The weight M[i, c] with which unit `unit` of `units` receives the error of output `output` of
    /// `outputs`. Never negative: the sign of a unit's effect is that of its stream.
    fn weight(&self, unit: usize, units: usize, output: usize, outputs: usize) -> f32;
}

/// Modulo error routing: unit i receives the error of output i mod C alone. With one output, all
/// receive it.
#[derive(Clone, Copy, Debug)]
pub struct Modulo;

impl Routing for Modulo {
    fn name(&self) -> &str {
        "modulo"
    }

    fn weight(&self, unit: usize, _units: usize, output: usize, outputs: usize) -> f32 {
        if unit % outputs == output { 1.0 } else { 0.0 }
    }
}

/// Overlapping error routing: unit i receives the error of output i mod C fully and that of the
/// output i div C places further by half. Neighbouring units so serve different pairs of classes, and
/// every class shares units with every other. With up to one output it is [`Modulo`].
///
/// ```
/// use dalenet::{Overlapping, Routing};
/// // Unit 4 of 3 outputs: output 4 mod 3 = 1, and output (1 + 2) mod 3 = 0.
/// let weights = [0, 1, 2].map(|output| Overlapping.weight(4, 9, output, 3));
/// assert_eq!(weights, [0.5, 1.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Overlapping;

impl Routing for Overlapping {
    fn name(&self) -> &str {
        "overlapping"
    }

    fn weight(&self, unit: usize, _units: usize, output: usize, outputs: usize) -> f32 {
        let first = unit % outputs;
        // 1 to C − 1 places further, in turn.
        let further = 1 + (unit / outputs) % outputs.saturating_sub(1).max(1);
        let second = (first + further) % outputs;
        if output == first {
            1.0
        } else if output == second {
            0.5
        } else {
            0.0
        }
    }
}

/// Modulo error routing in which every tenth unit receives the mean error of all outputs instead, so that
/// some units serve what outputs have in common.
///
/// ```
/// use dalenet::{Routing, Shared};
/// let weights = |unit| [0, 1].map(|output| Shared.weight(unit, 20, output, 2));
/// assert_eq!(weights(8), [1.0, 0.0]);
/// assert_eq!(weights(9), [0.5, 0.5]);
/// assert_eq!(weights(10), [0.0, 1.0]); // the turn goes on
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Shared;

impl Shared {
    /// One unit of so many is shared.
    const PERIOD: usize = 10;
}

impl Routing for Shared {
    fn name(&self) -> &str {
        "shared"
    }

    fn weight(&self, unit: usize, units: usize, output: usize, outputs: usize) -> f32 {
        match unit % Self::PERIOD == Self::PERIOD - 1 {
            true => 1.0 / outputs as f32,
            false => Modulo.weight(unit - unit / Self::PERIOD, units, output, outputs),
        }
    }
}
