//! The built-in tasks, one file a family: name, summary, constructor and settings. A task more is
//! its file and its line below.

use crate::{
    AgentConfig, Config, Error,
    data::{Dataset, Inputs, TestSet},
};
use dalenet_data::Observer;
use dalenet_envs::{Options, VectorEnv};
use std::{path::Path, sync::Arc};

/// The modules of these names, each with its `entries`, and a function that lists them all.
macro_rules! tasks {
    ($(#[$meta:meta])* $list:ident -> $entry:ty: $($module:ident),* $(,)?) => {
        $(mod $module;)*

        $(#[$meta])*
        pub(crate) fn $list() -> Vec<$entry> {
            [$($module::entries()),*].into_iter().flatten().collect()
        }
    };
}

tasks! {
    /// The built-in data sets.
    data_sets -> DataSet:
    sources,
    xor,
    parity,
    npz,
}

mod environments;

pub(crate) use environments::environments;

/// Which data set to load, and where from.
pub struct Request<'a> {
    /// The task: a name, or the path of a file.
    pub task: &'a str,
    /// Inputs of the parity task.
    pub bits: usize,
    /// Where data sets are kept; none: the platform's folder.
    pub data_dir: Option<&'a Path>,
    /// Watches the fetching.
    pub observer: &'a mut dyn Observer,
}

type Load = dyn Fn(&mut Request<'_>) -> Result<Dataset, Error> + Send + Sync;
type LoadInputs = dyn Fn(&mut Request<'_>, &[String]) -> Result<Inputs, Error> + Send + Sync;
type LoadTest = dyn Fn(&mut Request<'_>, &[String]) -> Result<TestSet, Error> + Send + Sync;

/// A data set by name, with the settings that a training on it starts from.
#[derive(Clone)]
pub struct DataSet {
    /// Its name.
    pub name: String,
    /// What it is, in one line.
    pub summary: String,
    /// The presets that it has.
    pub presets: &'static [&'static str],
    /// The settings of one of them; the second text is its name, the third the rule's.
    pub start: fn(&str, &str, &str) -> Config,
    /// Whether one output says yes or no; if not, there is one output a class.
    pub single_output: bool,
    /// Whether the task is the path of a file.
    pub is_file: bool,
    pub(crate) matches: fn(&Self, &str) -> bool,
    load: Arc<Load>,
    load_test: Arc<LoadTest>,
    load_inputs: Arc<LoadInputs>,
}

impl DataSet {
    /// A data set that starts from the settings for pictures.
    pub fn new(
        name: &str,
        summary: &str,
        load: impl Fn(&mut Request<'_>) -> Result<Dataset, Error> + Send + Sync + 'static,
    ) -> Self {
        let load: Arc<Load> = Arc::new(load);
        let whole = load.clone();
        let load_test = move |request: &mut Request<'_>, _: &[String]| {
            let Dataset { name, shape, test, identity, notes, .. } = whole(request)?;
            Ok(TestSet { name, shape, test, identity, notes })
        };
        let load_test: Arc<LoadTest> = Arc::new(load_test);
        let labelled = load_test.clone();
        Self {
            name: name.into(),
            summary: summary.into(),
            presets: GENERAL_PRESETS,
            start: pictures,
            single_output: false,
            is_file: false,
            matches: |entry, name| entry.name == name,
            load,
            load_test,
            load_inputs: Arc::new(move |request, classes| {
                labelled(request, classes).map(Inputs::from)
            }),
        }
    }

    /// One of `dalenet_data`'s sources.
    pub(crate) fn of_source(name: &str, summary: &str) -> Self {
        Self {
            load_test: Arc::new(|request, classes| {
                let source = source(request.task)?;
                Ok(dalenet_data::load_test(&source, classes, request.data_dir, request.observer)?)
            }),
            load_inputs: Arc::new(|request, classes| {
                let source = source(request.task)?;
                Ok(dalenet_data::load_inputs(&source, classes, request.data_dir, request.observer)?)
            }),
            ..Self::new(name, summary, |request| {
                Ok(dalenet_data::load(&source(request.task)?, request.data_dir, request.observer)?)
            })
        }
    }

    /// Loads it; fetches what is not there.
    ///
    /// # Errors
    /// If it cannot be had.
    pub fn load(&self, request: &mut Request<'_>) -> Result<Dataset, Error> {
        (self.load)(request)
    }

    /// Loads its test set, with labels of these classes.
    ///
    /// # Errors
    /// If it cannot be had, or has other classes.
    pub fn load_test(
        &self,
        request: &mut Request<'_>,
        classes: &[String],
    ) -> Result<TestSet, Error> {
        (self.load_test)(request, classes)
    }

    /// Loads its examples to predict the classes of: those of the test set, whose labels may be missing.
    ///
    /// # Errors
    /// If they cannot be had.
    pub fn load_inputs(
        &self,
        request: &mut Request<'_>,
        classes: &[String],
    ) -> Result<Inputs, Error> {
        (self.load_inputs)(request, classes)
    }
}

fn source(task: &str) -> Result<dalenet_data::Source, Error> {
    let source = dalenet_data::Source::parse(task);
    source.ok_or_else(|| Error::Config(format!("`{task}` is neither a data set nor an .npz file")))
}

/// The presets that every task has.
pub(crate) const GENERAL_PRESETS: &[&str] = &["default", "paper"];

/// The presets for pictures and vectors of several classes.
fn pictures(_task: &str, preset: &str, _rule: &str) -> Config {
    use crate::classification::{best, paper};
    if preset == "paper" { paper() } else { best() }
}

type MakeEnvironment =
    dyn Fn(usize, &Options) -> Result<Box<dyn VectorEnv>, dalenet_envs::Error> + Send + Sync;

/// An environment by name, with the settings that a training in it starts from.
#[derive(Clone)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// What it is, in one line.
    pub summary: String,
    /// What it changes in the default settings.
    pub adjust: fn(&mut AgentConfig),
    make: Arc<MakeEnvironment>,
}

impl Environment {
    /// An environment that changes no setting.
    pub fn new(
        name: &str,
        summary: &str,
        make: impl Fn(usize, &Options) -> Result<Box<dyn VectorEnv>, dalenet_envs::Error>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { name: name.into(), summary: summary.into(), adjust: |_| {}, make: Arc::new(make) }
    }

    /// `count` environments.
    ///
    /// # Errors
    /// If they cannot be made.
    pub fn make(
        &self,
        count: usize,
        options: &Options,
    ) -> Result<Box<dyn VectorEnv>, dalenet_envs::Error> {
        (self.make)(count, options)
    }

    /// Whether this is its name: capitals, `-` and `_` do not matter.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        plain(&self.name) == plain(name)
    }
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['-', '_'], "")
}
