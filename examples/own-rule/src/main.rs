//! A routing of one's own in the harness of the built-in ones: trained, compared and reported under
//! its own name. A rule of one's own is added the same way, by `registry.rule(name, make)`.
//!
//! `cargo run` in this folder trains MNIST for two epochs (97.0 % on the test set), then compares the
//! routing with modulo routing on fewer units; the runs are in `runs/`.

use dalenet::Routing;
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

    // One training.
    let mut experiment = registry.experiment("mnist", "default", "ed-neighbours")?;
    experiment.set("epochs", "2")?;
    let mut training = Training::start(experiment, None, &registry, &mut ())?;
    println!("{}", training.summary());
    if let Some(Ending::Classification(outcome)) =
        training.run(&mut Printer, &Default::default())?
    {
        println!("{}: {:.2} % on the test set", outcome.rule, 100.0 * outcome.test_accuracy);
    }

    // Beside modulo routing, two seeds each, on fewer units.
    let set = [("epochs", "2"), ("layers", "[128]")];
    let set = set.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    let settings = StudySettings { registry: &registry, preset: "default", file: None, set };
    let rules = ["ed", "ed-neighbours"].map(str::to_owned);
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
