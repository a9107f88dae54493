//! `dalenet config`.

use crate::{
    args::Settings,
    configuration::configure,
    context::Context,
    failure::Failure,
    terminal::say::{self, Ended},
};
use serde_json::json;

pub fn run(task: &str, settings: &Settings, context: &Context<'_>) -> Result<Ended, Failure> {
    let experiment = configure(Some(task), settings)?;
    say::line(experiment.commented().trim_end());
    say::object(context.json, || json!(experiment));
    Ok(Ended::Done)
}
