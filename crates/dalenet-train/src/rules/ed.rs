//! Error Diffusion.

use super::RuleEntry;
use dalenet::{ErrorDiffusion, Routing};

pub(super) fn entry() -> RuleEntry {
    RuleEntry {
        summary: "Error Diffusion: the error itself, routed by output, its sign given by the stream"
            .into(),
        ..RuleEntry::new("ed", |routing| Box::new(ErrorDiffusion::new(Boxed(routing()))))
    }
}

/// Error Diffusion with the routing `routing`, as a rule of its own.
pub(crate) fn error_diffusion_by(name: &str, routing: &str) -> RuleEntry {
    RuleEntry {
        name: name.into(),
        summary: format!("Error Diffusion with the routing {routing}"),
        routing: Some(routing.into()),
        ..entry()
    }
}

/// A routing that is known at run time only.
struct Boxed(Box<dyn Routing>);

impl Routing for Boxed {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn weight(&self, unit: usize, units: usize, output: usize, outputs: usize) -> f32 {
        self.0.weight(unit, units, output, outputs)
    }
}
