//! The skip connection: the output of an earlier layer is added (He et al. 2016).

use super::kind::{Activity, Before, Site, Weightless};
use crate::{
    engine,
    tensor::{Matrix, Shape},
};
use serde::{Deserialize, Serialize};

/// `y = a + e`, with `e` the output of an earlier layer of the same shape.
///
/// p is added to p and n to n, so every unit of the earlier layer acts, through the sum, with the
/// sign of its own stream, as its copy in the later layer would: the signs of all effects stay known.
///
/// A rule that goes layer by layer adds the signal at the sum to the signal of the earlier layer.
/// Under a rule that reaches each layer directly the earlier layer has its own signal alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// How many layers back the earlier layer is: 1 would be the layer just before this one, whose
    /// output is added to in any case, 2 the one before that.
    pub from: usize,
}

impl Weightless for Skip {
    fn output(&self, before: &[Before]) -> Result<Shape, String> {
        let shape = before[before.len() - 1].shape;
        let from = self.from;
        if from < 2 || from > before.len() {
            let before = before.len();
            return Err(match before {
                1 => {
                    "there is no layer before the one whose output it adds to; begin the list with \
                      two layers"
                        .into()
                }
                _ => format!(
                    "it adds the output of the layer `from` layers back, which is 2 to {before} here, \
                     not {from}"
                ),
            });
        }
        let earlier = before[before.len() - from].shape;
        match earlier == shape {
            true => Ok(shape),
            false => Err(format!(
                "it adds the output of the layer {from} layers back, of shape {earlier}, to one of \
                 shape {shape}; both must be the same"
            )),
        }
    }

    fn from(&self) -> Option<usize> {
        Some(self.from)
    }

    fn forward(
        &self,
        _site: &Site,
        input: &Matrix,
        earlier: Option<&Matrix>,
        activity: &mut Activity,
    ) {
        engine::add(&mut activity.output, input, earlier.expect("an earlier layer"));
    }

    /// The identity; the way to the earlier layer is the learner's, who knows it.
    fn transport(
        &self,
        _site: &Site,
        _input: &Matrix,
        _activity: &Activity,
        _signal: &mut Matrix,
        _spare: &mut Matrix,
    ) {
    }
}
