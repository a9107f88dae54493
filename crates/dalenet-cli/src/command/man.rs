//! `dalenet man`.

use crate::{
    args::{Args, Man},
    context::Context,
    failure::Failure,
    tasks::suggestion,
    terminal::{
        say::{self, Ended},
        words::counted,
    },
};
use clap::{Command, CommandFactory};
use serde_json::json;
use std::{io, path::Path};

pub fn run(args: &Man, context: &Context<'_>) -> Result<Ended, Failure> {
    match &args.out {
        Some(folder) => write(folder, context),
        None => print(args.command.as_deref()),
    }
}

/// The program with all of its commands, each of which knows its full name.
fn program() -> Command {
    let mut program = Args::command().disable_help_subcommand(true);
    program.build();
    program
}

fn print(name: Option<&str>) -> Result<Ended, Failure> {
    let program = program();
    let command = match name {
        None => &program,
        Some(name) => program.find_subcommand(name).ok_or_else(|| {
            let near = suggestion(name, program.get_subcommands().map(Command::get_name));
            Failure::Usage(format!("there is no command `{name}`; see `dalenet help`{near}"))
        })?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(Failure::Output)?;
    say::text(&String::from_utf8_lossy(&page));
    Ok(Ended::Done)
}

/// Writes the pages of the program and of all commands; those of an older version are replaced.
fn write(folder: &Path, context: &Context<'_>) -> Result<Ended, Failure> {
    let failed = |cause: io::Error| {
        let folder = folder.display();
        Failure::Usage(format!(
            "cannot write the pages into {folder}: {cause}; name another folder"
        ))
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut names = Vec::new();
    for command in commands(program()) {
        let man = clap_mangen::Man::new(command);
        let (name, mut page) = (man.get_filename(), Vec::new());
        man.render(&mut page).map_err(failed)?;
        dalenet_data::atomic::write(&folder.join(&name), &page).map_err(failed)?;
        names.push(name);
    }
    say::line(&format!("{}: {}", folder.display(), counted(names.len(), "page")));
    say::object(context.json, || json!({ "folder": folder.to_string_lossy(), "pages": names }));
    Ok(Ended::Done)
}

/// A command and all below it.
fn commands(command: Command) -> Vec<Command> {
    let below: Vec<_> = command.get_subcommands().cloned().flat_map(commands).collect();
    [vec![command], below].concat()
}
