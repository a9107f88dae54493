//! Arguments that every command has.

use crate::{args::Args, quoted};
use dalenet_lab::{Precision, Resources};
use std::path::Path;

/// The global arguments.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Where data sets are kept, if not in the platform's folder.
    pub data_dir: Option<&'a Path>,
    /// Whether the last line is one JSON object.
    pub json: bool,
}

impl<'a> Context<'a> {
    pub fn new(args: &'a Args) -> Self {
        Self { data_dir: args.data_dir(), json: args.json }
    }

    /// What trained networks are used with.
    pub fn resources(&self, precision: Option<Precision>) -> Resources<'a> {
        Resources { precision, ..self.data_dir.into() }
    }

    /// The command that works on a study.
    pub fn work_command(&self, study: &Path) -> String {
        let study = quoted::quoted(&study.to_string_lossy());
        format!("dalenet study work {study}{}", quoted::data_dir_flag(self.data_dir))
    }

    /// The command that resumes a run.
    pub fn resume_command(&self, run: &Path) -> String {
        let run = quoted::quoted(&run.to_string_lossy());
        format!("dalenet train --resume {run}{}", quoted::data_dir_flag(self.data_dir))
    }
}
