//! `dalenet import`.

use crate::{
    args::Import,
    context::Context,
    failure::Failure,
    terminal::say::{self, Ended},
};
use dalenet_lab::import_run;
use serde_json::json;

pub fn run(args: &Import, context: &Context<'_>) -> Result<Ended, Failure> {
    import_run(&args.file, &args.like, &args.out, context.data_dir)?;
    let (file, like, out) = (args.file.display(), args.like.display(), args.out.display());
    say::line(&format!("{out}: the run {like} with the weights of {file}"));
    say::object(context.json, || json!({ "run": args.out.to_string_lossy() }));
    Ok(Ended::Done)
}
