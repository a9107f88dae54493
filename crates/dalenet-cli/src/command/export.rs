//! `dalenet export`.

use crate::{
    args::{Export, Form, Pixels},
    context::Context,
    failure::Failure,
    terminal::say::{self, Ended},
};
use dalenet_hardware::onnx;
use dalenet_lab::export_run;
use serde_json::json;

pub fn run(args: &Export, context: &Context<'_>) -> Result<Ended, Failure> {
    let form = match args.form {
        Form::Dual => onnx::Form::Dual,
        Form::Signed => onnx::Form::Signed,
    };
    let pixels = args.pixels.map(|pixels| match pixels {
        Pixels::Bytes => onnx::Pixels::Bytes,
        Pixels::Floats => onnx::Pixels::Floats,
    });
    export_run(&args.run, &args.out, form, pixels, context.data_dir)?;
    say::line(&format!("{} written", args.out.display()));
    say::object(
        context.json,
        || json!({ "run": args.run.to_string_lossy(), "file": args.out.to_string_lossy() }),
    );
    Ok(Ended::Done)
}
