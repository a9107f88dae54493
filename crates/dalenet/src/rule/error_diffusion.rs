//! Error Diffusion (Kaneko 1999) with pluggable error routing ("Diffusing Blame", 2026).

use super::{Lesson, Rule};
use crate::{Generator, Matrix, Network, engine};

/// Which outputs' errors reach which hidden units.
pub trait Routing: Send {
    /// Its name in tables and logs.
    fn name(&self) -> &str;

    /// The weight M[i, c] with which unit `unit` of `units` hears the error of output `output` of
    /// `outputs`. Never negative: the sign of a unit's effect is that of its stream.
    fn weight(&self, unit: usize, units: usize, output: usize, outputs: usize) -> f32;
}

/// Modulo error routing: unit i hears output i mod C alone. With one output, all hear it.
pub struct Modulo;

impl Routing for Modulo {
    fn name(&self) -> &str {
        "modulo"
    }

    fn weight(&self, unit: usize, _units: usize, output: usize, outputs: usize) -> f32 {
        if unit % outputs == output { 1.0 } else { 0.0 }
    }
}

/// `R = S·Mᵀ` to the excitatory and `−R` to the inhibitory units of every hidden layer.
pub struct ErrorDiffusion {
    routing: Box<dyn Routing>,
    /// `[Mᵀ −Mᵀ]`, C×N, for each hidden layer.
    routes: Vec<Matrix>,
}

impl ErrorDiffusion {
    /// Error Diffusion with this routing.
    pub fn new(routing: impl Routing + 'static) -> Self {
        Self { routing: Box::new(routing), routes: Vec::new() }
    }
}

impl Rule for ErrorDiffusion {
    fn name(&self) -> &str {
        "ed"
    }

    fn prepare(&mut self, network: &Network, _generator: &mut Generator) {
        let outputs = network.outputs();
        let hidden = network.layers().split_last().map_or(&[][..], |(_, hidden)| hidden);
        let route = |layer: &crate::layer::Layer| {
            let (units, all) = (layer.excitatory_units(), layer.units());
            let mut route = Matrix::zeros(outputs, all);
            for output in 0..outputs {
                for (i, entry) in route.row_mut(output).iter_mut().enumerate() {
                    let sign = if i < units { 1.0 } else { -1.0 };
                    *entry = sign * self.routing.weight(i % units, units, output, outputs);
                }
            }
            route
        };
        self.routes = hidden.iter().map(route).collect();
    }

    fn teach(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) {
        engine::product(signal, lesson.error, &self.routes[layer]);
    }
}
