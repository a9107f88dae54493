//! `dalenet predict`.

use crate::{
    args::Predict,
    context::Context,
    failure::Failure,
    tasks::kind,
    terminal::{
        progress::Fetching,
        say::{self, Ended},
        words::{counted, percent},
    },
};
use dalenet_lab::predict_run;
use serde_json::json;

pub fn run(args: &Predict, context: &Context<'_>) -> Result<Ended, Failure> {
    kind(&args.data)?;
    let mut fetching = Fetching::new();
    let resources = context.resources(args.precision);
    let predictions = predict_run(&args.run, &args.data, &args.out, resources, &mut fetching)?;
    drop(fetching);
    let (samples, accuracy) = (predictions.samples(), predictions.accuracy());
    let right =
        accuracy.map_or(String::new(), |share| format!(", {} of them right", percent(share)));
    say::line(&format!(
        "{}: {} of {}{right}",
        args.out.display(),
        counted(samples, "prediction"),
        args.data
    ));
    say::object(context.json, || {
        json!({
            "run": args.run.to_string_lossy(),
            "data": args.data,
            "file": args.out.to_string_lossy(),
            "samples": samples,
            "classes": predictions.classes,
            "accuracy": accuracy,
        })
    });
    Ok(Ended::Done)
}
