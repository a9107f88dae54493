//! What the classifier of a run gets wrong, as a page.

use crate::{
    Error, Resources, Run, held_out,
    play::{
        Caption,
        samples::{Page, Plane},
    },
    trained,
};
use dalenet_data::{Observer, Shape, Split};
use dalenet_train::{Classifier, Samples};

/// Samples that a classifier was tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayedSamples {
    /// How many.
    pub samples: usize,
    /// How many it gets wrong.
    pub wrong: usize,
}

/// The page of a run on a data set: its held-out samples, or those of the training where none are
/// held out.
///
/// # Errors
/// If the run or its data cannot be used.
pub(crate) fn page(
    run: &Run,
    resources: Resources<'_>,
    observer: &mut dyn Observer,
) -> Result<(PlayedSamples, String), Error> {
    let (trained, identity) = trained::classifier(resources, run)?;
    let config = &trained.config;
    let Samples { name, classes, train, validation, .. } =
        held_out::samples(run, &trained, identity.as_ref(), resources, observer)?;
    let shape = trained.preparation.image();
    let kind = if validation.is_some() { "held-out" } else { "training" };
    let split = validation.as_ref().unwrap_or(&train);
    let prediction = trained.predict(&name, shape, split).map_err(run.failure())?;
    let plane = (shape.len() == 2).then(|| plane(&trained, &name, shape, split)).transpose();
    let page = Page {
        caption: Caption {
            title: config.task.clone(),
            subtitle: vec![format!(
                "{}, seed {}",
                config.network.rule_name(&config.rule),
                config.seed
            )],
        },
        kind,
        classes: &classes,
        shape,
        split,
        prediction: &prediction,
        plane: plane.map_err(run.failure())?,
    };
    let played = PlayedSamples { samples: split.len(), wrong: page.mistakes().len() };
    Ok((played, page.page()))
}

/// What the network predicts all over the plane of its two inputs.
fn plane(
    trained: &Classifier,
    name: &str,
    shape: Shape,
    samples: &Split,
) -> Result<Plane, dalenet_train::Error> {
    let bounds = Plane::around(samples);
    let points = Plane::points(bounds);
    let labels = vec![0; points.len() / 2];
    let split = Split::from_floats(points, 2, labels)?;
    Ok(Plane { bounds, prediction: trained.predict(name, shape, &split)? })
}
