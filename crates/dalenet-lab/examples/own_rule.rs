//! A learning rule of one's own in the harness of the built-in ones.
//!
//! `cargo run --release -p dalenet-lab --example own_rule`

use dalenet::{Feedback, Lesson, Matrix, Rule};
use dalenet_lab::{Config, EpochMetrics, Error, Observer, Training};

/// Every hidden unit hears the sum of the errors.
struct Broadcast;

impl Rule for Broadcast {
    fn name(&self) -> &str {
        "broadcast"
    }

    fn feedback(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) -> Feedback<'_> {
        signal.reshape(lesson.error.rows(), lesson.network.layers()[layer].units());
        for (i, error) in lesson.error.iter_rows().enumerate() {
            signal.row_mut(i).fill(error.iter().sum());
        }
        Feedback::Written
    }
}

/// Prints a line an epoch.
struct Printer;

impl Observer for Printer {
    fn epoch(&mut self, metrics: &EpochMetrics) {
        println!("epoch {}: {:.2} % right", metrics.epoch, 100.0 * metrics.train_accuracy);
    }
}

fn main() -> Result<(), Error> {
    let mut config = Config::new("mnist", "default", "ed")?;
    config.set("epochs", "2")?;
    let mut training = Training::start_with(Box::new(Broadcast), config, None, None, &mut ())?;
    if let Some(outcome) = training.run(&mut Printer, &Default::default())? {
        println!("{:.2} % on the test set", 100.0 * outcome.test_accuracy);
    }
    Ok(())
}
