//! What a run has learnt, as a file for other programs.

use crate::{
    Error, Experiment, Resources, Run, files,
    trained::{self, Trained},
};
use dalenet::{
    Network,
    checkpoint::{Checkpoint, Values, write},
};
use dalenet_data::{Array, write_npz};
use dalenet_hardware::onnx::{self, Form, Pixels};
use dalenet_train::{TrainedAgent, VERSION};
use std::path::Path;

/// Writes what the run at `path` has learnt to `out`: by the end of its name an ONNX graph from raw inputs to
/// classes or actions (`.onnx`), or its weights as NumPy arrays (`.npz`) or safetensors (`.safetensors`) under
/// the names of a checkpoint. Of an agent it is the policy, with its normalisation of observations.
///
/// `form` and `pixels` are of an ONNX graph; pixels are bytes unless said otherwise where the run learnt from
/// images of a built-in data set.
///
/// ```no_run
/// use dalenet_lab::{Resources, export_run};
///
/// let (run, out) = ("runs/x".as_ref(), "net.onnx".as_ref());
/// export_run(run, out, Default::default(), None, Resources::default())?;
/// # Ok::<(), dalenet_lab::Error>(())
/// ```
///
/// # Errors
/// If the run has no checkpoint or cannot be used, the file's name has another end, or `out` is there already
/// or cannot be written.
pub fn export_run<'a>(
    path: &Path,
    out: &Path,
    form: Form,
    pixels: Option<Pixels>,
    resources: impl Into<Resources<'a>>,
) -> Result<(), Error> {
    let resources = resources.into();
    let file = File::of(out)?;
    if out.exists() {
        return Err(Error::InTheWay(out.into()));
    }
    let run = Run::open(path)?;
    let bytes = trained::bytes(&run)?;
    let checkpoint = trained::parse(&run, &bytes)?;
    let experiment = run.experiment()?;
    let learnt = match &experiment {
        Experiment::Classification(config) => {
            let entry = resources.registry.data(&config.task)?;
            let (trained, _) = trained::classifier(resources, &run)?;
            let images = !entry.is_file && trained.preparation.image().positions() > 1;
            let usual = if images { Pixels::Bytes } else { Pixels::Floats };
            Learnt::Classifier(Box::new(trained), pixels.unwrap_or(usual))
        }
        Experiment::Agent(_) => Learnt::Agent(Box::new(trained::agent(resources, &run)?)),
    };
    let content = match file {
        File::Onnx => learnt.onnx(form),
        File::Npz => learnt.npz(&checkpoint, &experiment).map_err(|e| run.failure()(e.into()))?,
        File::Safetensors => {
            let extra = learnt.extra(&checkpoint).map_err(|e| run.failure()(e.into()))?;
            let version = crate::run::json(&VERSION);
            let metadata = [("experiment", crate::run::json(&experiment)), ("version", version)];
            let metadata = metadata.map(|(key, text)| (key.to_owned(), text)).into();
            write(&[(learnt.prefix(), learnt.network(), None)], &extra, metadata)
        }
    };
    files::write(out, &content)
}

/// The format of a file.
enum File {
    Onnx,
    Npz,
    Safetensors,
}

impl File {
    fn of(path: &Path) -> Result<Self, Error> {
        match files::extension(path).as_deref() {
            Some("onnx") => Ok(Self::Onnx),
            Some("npz") => Ok(Self::Npz),
            Some("safetensors") => Ok(Self::Safetensors),
            _ => Err(Error::Config(format!(
                "{} has no format that is known; let its name end in .onnx, .npz (NumPy) or .safetensors",
                path.display()
            ))),
        }
    }
}

enum Learnt {
    Classifier(Box<Trained>, Pixels),
    Agent(Box<TrainedAgent>),
}

impl Learnt {
    fn onnx(&self, form: Form) -> Vec<u8> {
        match self {
            Self::Classifier(trained, pixels) => onnx::classifier(trained, form, *pixels),
            Self::Agent(trained) => onnx::agent(trained, form),
        }
    }

    fn network(&self) -> &Network {
        match self {
            Self::Classifier(trained, _) => &trained.network,
            Self::Agent(trained) => &trained.agent.network,
        }
    }

    /// What stands before the names of its weights.
    fn prefix(&self) -> &'static str {
        match self {
            Self::Classifier(..) => "",
            Self::Agent(_) => "actor.",
        }
    }

    /// What it needs beside the weights, under the names of a checkpoint.
    fn extra(
        &self,
        file: &Checkpoint<'_>,
    ) -> Result<Vec<(String, Values)>, dalenet::checkpoint::Error> {
        let mut extra = Vec::new();
        match self {
            Self::Classifier(..) => {
                extra.push(("preparation".into(), Values::U32(file.u32s("preparation")?)));
            }
            Self::Agent(trained) => {
                if trained.agent.observation_moments().is_some() {
                    for name in ["mean", "variance", "count"] {
                        let name = format!("observations.{name}");
                        let values = file.f64s(&name, file.len(&name)?)?;
                        extra.push((name, Values::F64(values)));
                    }
                }
                if let dalenet_ppo::Policy::Gaussian(gaussian) = &trained.agent.policy {
                    let values = Values::F32(gaussian.log_deviations().to_vec());
                    extra.push(("policy.log_deviation".into(), values));
                }
            }
        }
        Ok(extra)
    }

    /// The same arrays as in a checkpoint, and the settings as JSON in `experiment`.
    fn npz(
        &self,
        file: &Checkpoint<'_>,
        experiment: &Experiment,
    ) -> Result<Vec<u8>, dalenet::checkpoint::Error> {
        let (prefix, mut weights, mut biases) = (self.prefix(), Vec::new(), Vec::new());
        for (l, layer) in (1..).zip(self.network().layers()) {
            for part in layer.sub_matrices() {
                let name = format!("{prefix}layer{l}.{}", part.name);
                weights.push((name, layer.magnitudes(&part)));
            }
            biases.push((format!("{prefix}layer{l}.bias"), layer.bias()));
        }
        let extra = self.extra(file)?;
        let settings = crate::run::json(experiment);
        let settings = [settings.as_str()];
        let mut arrays: Vec<(&str, Array<'_>)> = vec![("experiment", Array::Texts(&settings))];
        for (name, values) in &weights {
            let (values, columns) = (values.as_slice(), values.cols());
            arrays.push((name, Array::Floats { values, columns }));
        }
        arrays.extend(biases.iter().map(|(name, bias)| (name.as_str(), Array::Vector(bias))));
        arrays.extend(extra.iter().map(|(name, values)| {
            let array = match values {
                Values::U32(values) => Array::Words(values),
                Values::F32(values) => Array::Vector(values),
                Values::F64(values) => Array::Doubles(values),
                Values::U64(_) => unreachable!("nothing of this type is exported"),
            };
            (name.as_str(), array)
        }));
        Ok(write_npz(&arrays))
    }
}
