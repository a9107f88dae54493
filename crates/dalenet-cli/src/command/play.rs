//! `dalenet play` without `--human`.

use crate::{
    args::Play,
    context::Context,
    failure::Failure,
    terminal::{
        say::{self, Ended},
        words::counted,
    },
};
use dalenet_lab::play_run;
use serde_json::json;

pub fn run(args: &Play, context: &Context<'_>) -> Result<Ended, Failure> {
    let page = args.out.display();
    if args.out.exists() {
        return Err(Failure::Usage(format!(
            "{page} exists already and is left as it is; name another file with --out, or remove \
             it first"
        )));
    }
    let (steps, sum) = play_run(&args.run, args.seed.unwrap_or(0), &args.out)?;
    say::line(&format!(
        "{page}: {}, return {sum:.1}; open it in a browser",
        counted(steps, "step")
    ));
    say::object(
        context.json,
        || json!({ "page": args.out.to_string_lossy(), "steps": steps, "return": sum }),
    );
    Ok(Ended::Done)
}
