//! A routing and a rule of one's own in the harness of the built-in ones: trained, compared and
//! reported under their own names.
//!
//! `cargo run --release` in this folder trains MNIST for two epochs by each, then compares them on
//! fewer units; the runs are in `runs/`.

use dalenet::{Feedback, Lesson, Matrix, Network, Routing, Rule};
use dalenet_lab::{
    Ending, EpochMetrics, Error, Observer, Plan, Registry, Study, StudySettings, Training, report,
};
use std::path::Path;

/// Every unit receives the errors of two classes: its own, and at half the weight the next one.
/// Populations of classes overlap, as tuning curves do.
struct Neighbours;

impl Routing for Neighbours {
    fn name(&self) -> &str {
        "neighbours"
    }

    fn weight(&self, unit: usize, _units: usize, output: usize, outputs: usize) -> f32 {
        match (output + outputs - unit % outputs) % outputs {
            0 => 1.0,
            1 => 0.5,
            _ => 0.0,
        }
    }
}

/// Unit i of either stream receives the error of output i mod C, larger errors no more than others:
/// only the sign is transmitted, as by a spike or its absence.
#[derive(Default)]
struct SignDiffusion;

impl Rule for SignDiffusion {
    fn name(&self) -> &str {
        "sign-diffusion"
    }

    fn feedback(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) -> Feedback<'_> {
        write_signs(lesson.network, lesson.error, layer, signal);
        Feedback::Written
    }
}

/// Writes the teaching signal B×N: ± the root mean square of the sample's error.
fn write_signs(network: &Network, error: &Matrix, layer: usize, signal: &mut Matrix) {
    let layer = &network.layers()[layer];
    let excitatory = layer.excitatory_units();
    signal.reshape(error.rows(), layer.units());
    for (i, error) in error.iter_rows().enumerate() {
        let scale = (error.iter().map(|e| e * e).sum::<f32>() / error.len() as f32).sqrt();
        for (unit, signal) in signal.row_mut(i).iter_mut().enumerate() {
            let stream = if unit < excitatory { 1.0 } else { -1.0 };
            *signal = stream * scale * error[unit % excitatory % error.len()].signum();
        }
    }
}

/// Prints a line an epoch.
struct Printer;

impl Observer for Printer {
    fn epoch(&mut self, metrics: &EpochMetrics) {
        println!("  epoch {}: {:.2} % right", metrics.epoch, 100.0 * metrics.train_accuracy);
    }
    fn warn(&mut self, message: &str) {
        println!("  warning: {message}");
    }
}

impl dalenet_lab::StudyObserver for Printer {}

fn main() -> Result<(), Error> {
    let mut registry = Registry::default();
    registry.routing("neighbours", || Box::new(Neighbours));
    registry.rule("sign-diffusion", || Box::new(SignDiffusion));

    // One training of each.
    for rule in ["ed-neighbours", "sign-diffusion"] {
        let mut experiment = registry.experiment("mnist", "default", rule)?;
        experiment.set("epochs", "2")?;
        let mut training = Training::start(experiment, None, &registry, &mut ())?;
        println!("{}", training.summary());
        if let Some(Ending::Classification(outcome)) =
            training.run(&mut Printer, &Default::default())?
        {
            println!("{}: {:.2} % on the test set", outcome.rule, 100.0 * outcome.test_accuracy);
        }
    }

    // Beside the built-in ones, two seeds each, on fewer units.
    let set = [("epochs", "2"), ("layers", "[128]")];
    let set = set.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    let settings = StudySettings { registry: &registry, preset: "default", file: None, set };
    let rules = ["ed", "ed-neighbours", "sign-diffusion"].map(str::to_owned);
    let plan = Plan::compare(&["mnist".to_owned()], &rules, 2, &settings)?;
    let folder = Path::new("runs/compare-mnist");
    let study = Study::open(folder, plan)?;
    if let Some(findings) = study.run(&registry, &mut Printer, &Default::default())? {
        println!("{findings}");
    }
    let page = report(&[folder.to_owned()], Path::new("report.html"))?;
    println!("{}: {} configurations", page.page.display(), page.groups);
    Ok(())
}
