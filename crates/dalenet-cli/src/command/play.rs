//! `dalenet play` without `--human`.

use crate::{
    args::Play,
    context::Context,
    failure::Failure,
    terminal::{
        progress::Fetching,
        say::{self, Ended},
        words::counted,
    },
};
use dalenet_lab::{Played, PlayedEpisode, PlayedSamples, play_run};
use serde_json::json;

pub fn run(args: &Play, context: &Context<'_>) -> Result<Ended, Failure> {
    let page = args.out.display();
    if args.out.exists() {
        return Err(Failure::Usage(format!(
            "{page} exists already and is left as it is; name another file with --out, or remove \
             it first"
        )));
    }
    let mut fetching = Fetching::new();
    let played = play_run(&args.run, args.seed, &args.out, context.data_dir, &mut fetching)?;
    drop(fetching);
    let name = args.out.to_string_lossy();
    let (what, object) = match played {
        Played::Episode(PlayedEpisode { steps, ret }) => (
            format!("{}, return {ret:.1}", counted(steps, "step")),
            json!({ "page": name, "steps": steps, "return": ret }),
        ),
        Played::Samples(PlayedSamples { samples, wrong }) => (
            format!("{wrong} of {} wrong", counted(samples, "sample")),
            json!({ "page": name, "samples": samples, "wrong": wrong }),
        ),
    };
    say::line(&format!("{page}: {what}; open it in a browser"));
    say::object(context.json, || object);
    Ok(Ended::Done)
}
