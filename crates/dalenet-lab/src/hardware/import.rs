//! Weights that another program has changed, as a run again.

use crate::{Error, Experiment, Resources, Run, files, trained};
use dalenet::{Network, checkpoint::Checkpoint, layer::Layer};
use dalenet_data::{NamedArray, read_npz};
use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

/// Makes `out` the run whose network has the weights and biases of the `.npz` file at `source`, named as
/// [`export_run`](crate::export_run) names them, and in all else is that of the run at `like`: settings, data,
/// preparation of inputs, and what the optimiser remembers. Of an agent the policy is replaced.
///
/// ```no_run
/// use dalenet_lab::{Resources, import_run};
///
/// let (file, like, out) = ("net.npz".as_ref(), "runs/x".as_ref(), "runs/y".as_ref());
/// import_run(file, like, out, Resources::default())?;
/// # Ok::<(), dalenet_lab::Error>(())
/// ```
///
/// # Errors
/// If the run or the file cannot be used, an array is missing, has another shape, a number that is not finite
/// or, under Dale's principle, a magnitude below 0; the first such entry is named. If `out` is there already.
pub fn import_run<'a>(
    source: &Path,
    like: &Path,
    out: &Path,
    resources: impl Into<Resources<'a>>,
) -> Result<(), Error> {
    let resources = resources.into();
    if files::extension(source).as_deref() != Some("npz") {
        return Err(Error::Config(format!(
            "{} is not an .npz file; write the arrays of `dalenet export {} --out net.npz` back by numpy.savez",
            source.display(),
            like.display()
        )));
    }
    if out.exists() {
        return Err(Error::Exists(out.into()));
    }
    let run = Run::open(like)?;
    let bytes = trained::bytes(&run)?;
    let checkpoint = trained::parse(&run, &bytes)?;
    let (network, prefix) = match run.experiment()? {
        Experiment::Classification(_) => (trained::classifier(resources, &run)?.0.network, ""),
        Experiment::Agent(_) => (trained::agent(resources, &run)?.agent.network, "actor."),
    };
    let content = files::read(source)?;
    let arrays = Arrays { source, like, arrays: read_npz(source, &content)? };
    let values = arrays.weights(&network, prefix)?;
    arrays.check_others(&checkpoint, &values)?;
    // Metrics are of the other run's training.
    let changes = [("metrics_bytes".to_owned(), "0".to_owned())].into();
    let edited = checkpoint.edited(&values, changes);
    let edited = edited.map_err(|cause| run.failure()(cause.into()))?;
    let mut sources = run.recorded()?.sources;
    sources.from = Some(dalenet_train::identify(source).map_err(Error::file("read", source))?);
    Run::create(out, &run.experiment()?, &sources)?.save_checkpoint(&edited)
}

/// The arrays of a file that is imported.
struct Arrays<'a> {
    source: &'a Path,
    like: &'a Path,
    arrays: Vec<NamedArray>,
}

impl Arrays<'_> {
    /// Weights and biases under the names of a checkpoint, checked against the network.
    fn weights(&self, network: &Network, prefix: &str) -> Result<HashMap<String, Vec<f32>>, Error> {
        let mut values = HashMap::new();
        for (l, layer) in (1..).zip(network.layers()) {
            for part in layer.sub_matrices() {
                let name = format!("{prefix}layer{l}.{}", part.name);
                let array = self.array(&name, &[part.rows.len(), part.cols.len()])?;
                self.check_entries(array, layer)?;
                values.insert(name, singles(array));
            }
            let name = format!("{prefix}layer{l}.bias");
            let array = self.array(&name, &[layer.units()])?;
            self.check_finite(array)?;
            values.insert(name, singles(array));
        }
        Ok(values)
    }

    /// The array of a name, if it has this shape.
    fn array(&self, name: &str, shape: &[usize]) -> Result<&NamedArray, Error> {
        let array = self.arrays.iter().find(|array| array.name == name).ok_or_else(|| {
            self.refused(&format!("has no array `{name}`, which the network of {} has", self.run()))
        })?;
        match array.shape == shape {
            true => Ok(array),
            false => Err(self.refused(&format!(
                "`{name}` is {}, but in the network of {} it is {}",
                sides(&array.shape),
                self.run(),
                sides(shape)
            ))),
        }
    }

    /// The sign that Dale's principle demands; the floor is the training's, and devices may go below it.
    fn check_entries(&self, array: &NamedArray, layer: &Layer) -> Result<(), Error> {
        self.check_finite(array)?;
        let negative = array.values.iter().position(|value| *value < 0.0);
        match negative.filter(|_| layer.dale().is_some()) {
            Some(at) => Err(self.refused(&format!(
                "{} is negative: under Dale's principle the arrays hold magnitudes, which must not be; the \
                 sign of a weight is that of its array",
                entry(array, at)
            ))),
            None => Ok(()),
        }
    }

    fn check_finite(&self, array: &NamedArray) -> Result<(), Error> {
        match array.values.iter().position(|value| !(*value as f32).is_finite()) {
            Some(at) => {
                Err(self.refused(&format!("{} is not a number that fits", entry(array, at))))
            }
            None => Ok(()),
        }
    }

    /// What is no weight must be as it was: it would else be lost without a word.
    fn check_others(
        &self,
        checkpoint: &Checkpoint<'_>,
        weights: &HashMap<String, Vec<f32>>,
    ) -> Result<(), Error> {
        let known: BTreeSet<_> = checkpoint.names().into_iter().collect();
        for array in self.arrays.iter().filter(|array| !weights.contains_key(&array.name)) {
            let name = &array.name;
            let same = match known.contains(name) {
                true => checkpoint.numbers(name).is_ok_and(|numbers| numbers == array.values),
                false => {
                    let near = dalenet_train::nearest(name, weights.keys().map(String::as_str));
                    let what =
                        format!("has an array `{name}`, which no network of this kind has{near}");
                    return Err(self.refused(&what));
                }
            };
            if !same {
                return Err(self.refused(&format!(
                    "`{name}` differs from that of {}: only weights and biases can be imported",
                    self.run()
                )));
            }
        }
        Ok(())
    }

    fn run(&self) -> std::path::Display<'_> {
        self.like.display()
    }

    fn refused(&self, what: &str) -> Error {
        Error::Config(format!("{}: {what}", self.source.display()))
    }
}

fn singles(array: &NamedArray) -> Vec<f32> {
    array.values.iter().map(|value| *value as f32).collect()
}

/// `layer1.W_pp[3, 17] = -0.2`
fn entry(array: &NamedArray, at: usize) -> String {
    let mut rest = at;
    let mut indices: Vec<_> = array
        .shape
        .iter()
        .rev()
        .map(|side| {
            let index = rest % side;
            rest /= side;
            index.to_string()
        })
        .collect();
    indices.reverse();
    format!("{}[{}] = {}", array.name, indices.join(", "), array.values[at])
}

/// `3×4`
fn sides(shape: &[usize]) -> String {
    match shape {
        [] => "a single number".into(),
        sides => sides.iter().map(usize::to_string).collect::<Vec<_>>().join("×"),
    }
}
