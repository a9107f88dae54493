//! The figures of a report, a file each, all of them SVGs.

mod accuracy;
mod balance;
mod confusion;
mod filters;
mod layers;
mod learning;
mod weights;

use super::{figure::Figure, left_out::LeftOut, study::Study};
use crate::Error;

/// Classes that a figure of classes has room for.
const CLASSES: usize = 20;

/// Every figure that these runs have the numbers for, and the runs whose weights cannot be drawn.
pub fn all(study: &Study) -> Result<(Vec<Figure>, Vec<LeftOut>), Error> {
    let mut undrawn = Vec::new();
    let mut figures: Vec<Figure> = [
        learning::learning,
        accuracy::accuracy,
        layers::attenuation,
        layers::alignment,
        balance::balance,
    ]
    .into_iter()
    .filter_map(|draw| draw(study).transpose())
    .collect::<Result<_, _>>()?;
    for (number, group) in (1..).zip(&study.groups) {
        if let Some(trained) = group.trained(&mut undrawn) {
            figures.push(weights::weights(number, group, &trained.network)?);
            figures.extend(filters::filters(number, group, &trained, CLASSES)?);
        }
        if let Some(confusion) = group.confusion().filter(|rows| rows.len() <= CLASSES) {
            figures.push(confusion::confusions(number, group, &confusion)?);
        }
    }
    Ok((figures, undrawn))
}
