//! `dalenet data`.

use crate::{
    args::DataCommand,
    context::Context,
    failure::Failure,
    tasks::suggestion,
    terminal::{
        progress::Fetching,
        say::{self, Ended},
    },
};
use dalenet_data::Source;
use serde_json::json;

pub fn run(command: &DataCommand, context: &Context<'_>) -> Result<Ended, Failure> {
    match command {
        DataCommand::Fetch { name } => fetch(name, context),
    }
}

fn fetch(name: &str, context: &Context<'_>) -> Result<Ended, Failure> {
    let built_in = Source::BUILT_IN.iter().map(|(name, _)| *name);
    let source = Source::parse(name).filter(|_| built_in.clone().any(|known| known == name));
    let source = source.ok_or_else(|| {
        let near = suggestion(name, built_in);
        Failure::Usage(format!("there is no data set `{name}` to fetch{near}"))
    })?;
    let mut fetching = Fetching::new();
    let folder = dalenet_data::fetch(&source, context.data_dir, &mut fetching)?;
    drop(fetching);
    say::line(&format!("{name} is in {}, verified", folder.display()));
    say::object(
        context.json,
        || json!({ "data": name, "folder": folder.to_string_lossy(), "verified": true }),
    );
    Ok(Ended::Done)
}
