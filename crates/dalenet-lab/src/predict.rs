//! What a run's classifier predicts of samples, as a file.

use crate::{Error, Resources, Run, files, trained};
use dalenet_data::{Array, Observer, write_npz};
use dalenet_train::{Inputs, Prediction};
use std::{fmt::Write, path::Path};

/// What a run's classifier predicts of N samples.
#[derive(Clone, Debug)]
pub struct Predictions {
    /// The names of the C classes.
    pub classes: Vec<String>,
    /// The classes of the samples and their probabilities.
    pub prediction: Prediction,
    /// The true classes, where they are known.
    pub labels: Option<Vec<u16>>,
}

/// Predicts the classes of `data` by the run at `path`, and writes them to `out`, whose name ends in
/// `.npz` or `.csv`. `data` is a data set, of which the test set is taken, or an `.npz` file with
/// `x_test` or `x`, whose labels are not needed.
///
/// ```no_run
/// use dalenet_lab::{Resources, predict_run};
///
/// let (run, out) = ("runs/x".as_ref(), "predictions.csv".as_ref());
/// let predictions = predict_run(run, "mnist", out, Resources::default(), &mut ())?;
/// println!("{} samples, {:?} of them right", predictions.samples(), predictions.accuracy());
/// # Ok::<(), dalenet_lab::Error>(())
/// ```
///
/// # Errors
/// If the run or the data cannot be used or do not fit each other, or `out` is there already or cannot be
/// written.
pub fn predict_run<'a>(
    path: &Path,
    data: &str,
    out: &Path,
    resources: impl Into<Resources<'a>>,
    observer: &mut dyn Observer,
) -> Result<Predictions, Error> {
    let resources = resources.into();
    let form = Form::of(out)?;
    if out.exists() {
        return Err(Error::InTheWay(out.into()));
    }
    let run = Run::open(path)?;
    let (trained, _) = trained::classifier(resources, &run)?;
    let entry = resources.registry.data(data)?;
    let mut request = resources.request(data, trained.config.bits, observer);
    let Inputs { name, shape, examples, labels, notes } =
        entry.load_inputs(&mut request, &trained.classes)?;
    let prediction = trained.predict(&name, shape, &examples).map_err(run.failure())?;
    notes.iter().for_each(|note| observer.note(note));
    let predictions = Predictions { classes: trained.classes, prediction, labels };
    let bytes = match form {
        Form::Npz => predictions.npz(),
        Form::Csv => predictions.csv().into_bytes(),
    };
    files::write(out, &bytes)?;
    Ok(predictions)
}

/// The form of a file.
enum Form {
    Npz,
    Csv,
}

impl Form {
    fn of(path: &Path) -> Result<Self, Error> {
        match files::extension(path).as_deref() {
            Some("npz") => Ok(Self::Npz),
            Some("csv") => Ok(Self::Csv),
            _ => Err(Error::Config(format!(
                "{} has no form that is known; let its name end in .npz (NumPy) or .csv",
                path.display()
            ))),
        }
    }
}

impl Predictions {
    /// How many samples.
    pub fn samples(&self) -> usize {
        self.prediction.labels.len()
    }

    /// Share of the samples that are right, where the true classes are known.
    pub fn accuracy(&self) -> Option<f64> {
        let pairs = self.labels.as_ref()?.iter().zip(&self.prediction.labels);
        let right = pairs.filter(|(label, predicted)| label == predicted).count();
        Some(right as f64 / self.samples().max(1) as f64)
    }

    /// Arrays `label` (N), `class` (N), `probability` (N×C) and `classes` (C), and `true_label` (N) where
    /// it is known.
    fn npz(&self) -> Vec<u8> {
        let Prediction { labels, probabilities } = &self.prediction;
        let classes: Vec<&str> = self.classes.iter().map(String::as_str).collect();
        let named: Vec<&str> = labels.iter().map(|label| classes[usize::from(*label)]).collect();
        let mut arrays = vec![
            ("label", Array::Labels(labels)),
            ("class", Array::Texts(&named)),
            ("probability", Array::Floats { values: probabilities, columns: classes.len() }),
            ("classes", Array::Texts(&classes)),
        ];
        arrays.extend(self.labels.as_ref().map(|labels| ("true_label", Array::Labels(labels))));
        write_npz(&arrays)
    }

    /// A row a sample: its number from 0, `label`, `class`, the true ones where they are known, and the
    /// probability of each class.
    fn csv(&self) -> String {
        let Prediction { labels, probabilities } = &self.prediction;
        let named = |label: u16| field(&self.classes[usize::from(label)]);
        let of_class = |class: &String| field(&format!("p_{class}"));
        let truth = if self.labels.is_some() { ",true_label,true_class" } else { "" };
        let columns: Vec<_> = self.classes.iter().map(of_class).collect();
        let mut text = format!("sample,label,class{truth},{}\n", columns.join(","));
        let rows = labels.iter().zip(probabilities.chunks_exact(self.classes.len()));
        for (sample, (label, row)) in rows.enumerate() {
            let _ = write!(text, "{sample},{label},{}", named(*label));
            if let Some(label) = self.labels.as_ref().map(|labels| labels[sample]) {
                let _ = write!(text, ",{label},{}", named(label));
            }
            for probability in row {
                let _ = write!(text, ",{probability}");
            }
            text.push('\n');
        }
        text
    }
}

/// A field of a CSV file, quoted where it must be (RFC 4180).
fn field(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_a_reader_needs_it() {
        assert_eq!(field("T-shirt/top"), "T-shirt/top");
        assert_eq!(field("cat, \"big\""), "\"cat, \"\"big\"\"\"");
    }
}
