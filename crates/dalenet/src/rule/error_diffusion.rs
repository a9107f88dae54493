//! Error Diffusion (Kaneko 1999) with pluggable error routing ("Diffusing Blame", 2026).

use super::{Feedback, Lesson, Routing, Rule};
use crate::{layer::Layer, network::Network, random::Generator, tensor::Matrix};

/// `R = S·Mᵀ` to the excitatory and `−R` to the inhibitory units of every hidden layer.
///
/// Its name is `ed` under modulo routing and `ed-NAME` under any other, so that tables and reports
/// tell them apart.
pub struct ErrorDiffusion {
    name: String,
    routing: Box<dyn Routing>,
    /// `[Mᵀ −Mᵀ]`, C×N, for each hidden layer.
    routes: Vec<Matrix>,
}

impl ErrorDiffusion {
    /// Error Diffusion with this routing.
    pub fn new(routing: impl Routing + 'static) -> Self {
        let name = match routing.name() {
            "modulo" => "ed".into(),
            other => format!("ed-{other}"),
        };
        Self { name, routing: Box::new(routing), routes: Vec::new() }
    }
}

impl Rule for ErrorDiffusion {
    fn name(&self) -> &str {
        &self.name
    }

    fn prepare(&mut self, network: &Network, _generator: &mut Generator) {
        let outputs = network.outputs();
        let hidden = network.layers().split_last().map_or(&[][..], |(_, hidden)| hidden);
        let route = |layer: &Layer| {
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

    fn feedback(&self, _: &Lesson<'_>, layer: usize, _: &mut Matrix) -> Feedback<'_> {
        Feedback::Direct(&self.routes[layer])
    }
}
