//! `dalenet data`.

use crate::{
    args::DataCommand,
    context::Context,
    failure::Failure,
    tasks::suggestion,
    terminal::{
        progress::Fetching,
        say::{self, Ended},
        words::{counted, megabytes},
    },
};
use dalenet_data::{Source, Stored};
use serde_json::{Value, json};

pub fn run(command: &DataCommand, context: &Context<'_>) -> Result<Ended, Failure> {
    match command {
        DataCommand::Fetch { name, .. } => fetch(name, context),
        DataCommand::List { .. } => list(context),
        DataCommand::Remove { name, .. } => remove(name, context),
    }
}

fn fetch(name: &str, context: &Context<'_>) -> Result<Ended, Failure> {
    let built_in = Source::BUILT_IN.iter().any(|(known, _)| *known == name);
    let source = Source::parse(name).filter(|_| built_in);
    let source = source.ok_or_else(|| unknown(name, "fetch"))?;
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

fn list(context: &Context<'_>) -> Result<Ended, Failure> {
    let sets = dalenet_data::stored(context.data_dir)?;
    for stored in &sets {
        let (name, folder) = (stored.set.name(), stored.folder.display());
        let size = megabytes(stored.bytes);
        say::line(&match (stored.is_complete, stored.files.is_empty()) {
            (true, _) => format!("{name:15} {size:>10}  {folder}"),
            (false, true) => format!("{name:15} {:>10}", "not here"),
            (false, false) => format!("{name:15} {size:>10}  {folder} (incomplete)"),
        });
    }
    say::object(context.json, || json!({ "data": sets.iter().map(object).collect::<Vec<_>>() }));
    Ok(Ended::Done)
}

fn object(stored: &Stored) -> Value {
    json!({
        "name": stored.set.name(),
        "folder": stored.folder.to_string_lossy(),
        "complete": stored.is_complete,
        "bytes": stored.bytes,
    })
}

fn remove(name: &str, context: &Context<'_>) -> Result<Ended, Failure> {
    let sets = dalenet_data::stored(context.data_dir)?;
    let stored = sets.iter().find(|stored| stored.set.name() == name);
    let stored = stored.ok_or_else(|| unknown(name, "remove"))?;
    let folder = stored.folder.display();
    if stored.files.is_empty() {
        return Err(Failure::Usage(format!(
            "there is nothing of {name} to remove in {folder}; see `dalenet data list`"
        )));
    }
    stored.remove()?;
    let (files, size) = (counted(stored.files.len(), "file"), megabytes(stored.bytes));
    say::line(&format!("removed {name}: {files}, {size}, from {folder}"));
    say::object(context.json, || {
        let files = stored.files.iter().map(|path| path.to_string_lossy());
        json!({ "removed": name, "files": files.collect::<Vec<_>>(), "bytes": stored.bytes })
    });
    Ok(Ended::Done)
}

fn unknown(name: &str, action: &str) -> Failure {
    let near = suggestion(name, Source::BUILT_IN.iter().map(|(known, _)| *known));
    Failure::Usage(format!("there is no data set `{name}` to {action}{near}"))
}
