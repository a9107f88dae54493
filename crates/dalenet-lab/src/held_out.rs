//! The samples that a run learnt from, and those that were held out.

use crate::{Error, Resources, Run, source, trained::Trained};
use dalenet_data::Observer;
use dalenet_train::{Identity, Samples};

/// The samples of a run on a data set, divided as in its training. Only the splits are to be taken
/// from here; the preparation of the training is that of `trained`.
///
/// # Errors
/// If the data cannot be had, have changed or do not fit.
pub(crate) fn samples(
    run: &Run,
    trained: &Trained,
    identity: Option<&Identity>,
    resources: Resources<'_>,
    observer: &mut dyn Observer,
) -> Result<Samples, Error> {
    let (config, folder) = (&trained.config, run.folder());
    let known = identity.map(|identity| source::Known { identity, run: folder });
    let mut data = source::load(resources, config, known, observer)?;
    let recorded = run.recorded()?.sources.validation_data;
    let known = recorded.as_ref().map(|identity| source::Known { identity, run: folder });
    source::add_validation(config, known, &mut data)?;
    trained.check_shape(&data.name, data.shape).map_err(run.failure())?;
    Ok(Samples::new(config, data, resources.registry)?)
}
