//! RMS normalisation: activity divided by its root mean square (Zhang & Sennrich 2019).

use super::kind::{Activity, Before, Site, Weightless};
use crate::{
    engine,
    tensor::{Matrix, Shape},
};
use serde::{Deserialize, Serialize};

/// `y = a/√(⟨a²⟩ + 1e-5)`, with ⟨a²⟩ the mean over all units of a sample, both streams together. It
/// follows a fully connected layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rms {}

impl Weightless for Rms {
    fn output(&self, before: &[Before]) -> Result<Shape, String> {
        let Before { shape, non_negative } = before[before.len() - 1];
        if shape.positions() > 1 {
            return Err(format!(
                "RMS normalisation needs a fully connected layer before it, and receives an image \
                 of {shape}; use `kind = \"divisive\"` there"
            ));
        }
        match non_negative {
            true => Ok(shape),
            false => Err("RMS normalisation needs units whose activity is never negative: relu \
                          or sigmoid"
                .into()),
        }
    }

    fn forward(
        &self,
        _site: &Site,
        input: &Matrix,
        _earlier: Option<&Matrix>,
        Activity { output, memory, .. }: &mut Activity,
    ) {
        engine::normalise(output, memory, input);
    }

    fn works_in_place(&self) -> bool {
        true
    }

    fn forward_in_place(&self, _site: &Site, Activity { output, memory, .. }: &mut Activity) {
        engine::normalise_in_place(output, memory);
    }

    fn transport(
        &self,
        _site: &Site,
        _input: &Matrix,
        Activity { output, memory, .. }: &Activity,
        signal: &mut Matrix,
        _spare: &mut Matrix,
    ) {
        engine::normalise_transposed(signal, output, memory);
    }
}
