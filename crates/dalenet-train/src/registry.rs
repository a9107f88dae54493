//! What experiments are resolved against: rules, routings and tasks by name.
//!
//! A program's own are values beside the built-in ones:
//!
//! ```
//! use dalenet::{Backprop, Routing};
//! use dalenet_train::Registry;
//!
//! struct First;
//!
//! impl Routing for First {
//!     fn name(&self) -> &str {
//!         "first"
//!     }
//!     fn weight(&self, _unit: usize, _units: usize, output: usize, _outputs: usize) -> f32 {
//!         if output == 0 { 1.0 } else { 0.0 }
//!     }
//! }
//!
//! let mut registry = Registry::default();
//! registry.rule("gradient", || Box::new(Backprop)).summary = "the true gradient".into();
//! registry.routing("first", || Box::new(First));
//! let experiment = registry.experiment("mnist", "default", "gradient")?;
//! assert_eq!(experiment.rule(), "gradient");
//! // A routing is also a rule of its own: Error Diffusion with it.
//! let experiment = registry.experiment("mnist", "default", "ed-first")?;
//! assert_eq!((experiment.rule(), experiment.network().routing.as_str()), ("ed", "first"));
//! # Ok::<(), dalenet_train::Error>(())
//! ```

use crate::{
    AgentConfig, Config, Error, Experiment, NetworkSettings,
    rules::{self, RuleEntry},
    settings::nearest,
    tasks::{self, DataSet, Environment},
};
use dalenet::{Routing, Rule};
use std::sync::{Arc, OnceLock};

/// The presets and what they are for.
pub const PRESETS: &[(&str, &str)] = &[
    ("default", "the best settings that are known for the task and the rule"),
    ("paper", "plain Error Diffusion with the three innovations of \"Diffusing Blame\", no more"),
    ("conv", "mnist and fashion-mnist: the best settings with a layer of convolutions"),
    ("kaneko", "Kaneko's rule of 1999, one sample at a time, weights that only grow"),
];

/// Rules, routings and tasks by name. The default has the built-in ones.
#[derive(Clone)]
pub struct Registry {
    rules: Vec<RuleEntry>,
    routings: Vec<RoutingEntry>,
    data_sets: Vec<DataSet>,
    environments: Vec<Environment>,
}

/// A routing of Error Diffusion by name.
#[derive(Clone)]
struct RoutingEntry {
    name: String,
    make: Arc<dyn Fn() -> Box<dyn Routing> + Send + Sync>,
}

impl Default for Registry {
    fn default() -> Self {
        let mut registry = Self {
            rules: rules::built_in(),
            routings: Vec::new(),
            data_sets: tasks::data_sets(),
            environments: tasks::environments(),
        };
        registry.add_routing("modulo", || Box::new(dalenet::Modulo));
        registry.routing("overlapping", || Box::new(dalenet::Overlapping));
        registry.routing("shared", || Box::new(dalenet::Shared));
        registry
    }
}

impl Registry {
    /// The built-in rules, routings and tasks.
    pub fn built_in() -> &'static Self {
        static BUILT_IN: OnceLock<Registry> = OnceLock::new();
        BUILT_IN.get_or_init(Self::default)
    }

    /// Adds a rule of one's own, in place of one of the same name. It starts from the settings of
    /// Error Diffusion unless the entry's adjustments say otherwise.
    pub fn rule(
        &mut self,
        name: &str,
        make: impl Fn() -> Box<dyn Rule> + Send + Sync + 'static,
    ) -> &mut RuleEntry {
        self.rules.retain(|entry| entry.name != name);
        self.rules.push(RuleEntry::new(name, move |_| make()));
        let last = self.rules.len() - 1;
        &mut self.rules[last]
    }

    /// Adds a routing of one's own: the value `name` of the setting `routing`, and the rule
    /// `ed-name`.
    pub fn routing(
        &mut self,
        name: &str,
        make: impl Fn() -> Box<dyn Routing> + Send + Sync + 'static,
    ) {
        self.add_routing(name, make);
        let rule = format!("ed-{name}");
        self.rules.retain(|entry| entry.name != rule);
        self.rules.push(rules::error_diffusion_by(&rule, name));
    }

    fn add_routing(
        &mut self,
        name: &str,
        make: impl Fn() -> Box<dyn Routing> + Send + Sync + 'static,
    ) {
        self.routings.retain(|entry| entry.name != name);
        self.routings.push(RoutingEntry { name: name.into(), make: Arc::new(make) });
    }

    /// Adds a data set of one's own, in place of one of the same name.
    pub fn data_set(&mut self, entry: DataSet) {
        self.data_sets.retain(|other| other.name != entry.name);
        self.data_sets.push(entry);
    }

    /// Adds an environment of one's own, in place of one of the same name.
    pub fn environment(&mut self, entry: Environment) {
        self.environments.retain(|other| other.name != entry.name);
        self.environments.push(entry);
    }

    /// All rules.
    pub fn rules(&self) -> &[RuleEntry] {
        &self.rules
    }

    /// All data sets.
    pub fn data_sets(&self) -> &[DataSet] {
        &self.data_sets
    }

    /// All environments.
    pub fn environments(&self) -> &[Environment] {
        &self.environments
    }

    /// The settings of `preset` for a task under a rule.
    ///
    /// # Errors
    /// If there is no such task, preset or rule; the nearest one is named.
    pub fn experiment(&self, task: &str, preset: &str, rule: &str) -> Result<Experiment, Error> {
        match self.task(task)? {
            Task::Data(_) => {
                self.classification(task, preset, rule).map(Experiment::Classification)
            }
            Task::Environment(_) => self.agent(task, preset, rule).map(Experiment::Agent),
        }
    }

    pub(crate) fn classification(
        &self,
        task: &str,
        preset: &str,
        rule: &str,
    ) -> Result<Config, Error> {
        let data_set = self.data(task)?;
        let rule = self.rule_entry(rule)?;
        let preset = Task::Data(data_set).preset(task, preset, rule)?;
        let mut config = (data_set.start)(task, preset, &rule.rule);
        config.task = task.into();
        config.rule.clone_from(&rule.rule);
        (rule.classification)(&mut config);
        rule.route(&mut config.network);
        Ok(config)
    }

    pub(crate) fn agent(&self, task: &str, preset: &str, rule: &str) -> Result<AgentConfig, Error> {
        let environment = self.env(task)?;
        let rule = self.rule_entry(rule)?;
        Task::Environment(environment).preset(task, preset, rule)?;
        let mut config = AgentConfig { task: environment.name.clone(), ..AgentConfig::default() };
        (environment.adjust)(&mut config);
        config.rule.clone_from(&rule.rule);
        (rule.agent)(&mut config);
        rule.route(&mut config.network);
        Ok(config)
    }

    /// The rule that a configuration names, before it is prepared for a network.
    ///
    /// # Errors
    /// If the registry has no such rule or routing.
    pub fn make_rule(&self, name: &str, network: &NetworkSettings) -> Result<Box<dyn Rule>, Error> {
        let rule = self.rule_entry(name)?;
        let routing = self.routings.iter().find(|entry| entry.name == network.routing);
        let routing = routing.ok_or_else(|| {
            unknown("routing", &network.routing, self.routings.iter().map(|r| r.name.as_str()))
        })?;
        Ok((rule.make)(&*routing.make))
    }

    /// The data set that a task names.
    ///
    /// # Errors
    /// If it names no data set.
    pub fn data(&self, task: &str) -> Result<&DataSet, Error> {
        match self.task(task)? {
            Task::Data(data_set) => Ok(data_set),
            Task::Environment(_) => {
                Err(Error::Config(format!("{task} is an environment, not a data set")))
            }
        }
    }

    /// The environment that a task names.
    ///
    /// # Errors
    /// If it names no environment.
    pub fn env(&self, task: &str) -> Result<&Environment, Error> {
        match self.task(task)? {
            Task::Environment(environment) => Ok(environment),
            Task::Data(_) => {
                Err(Error::Config(format!("{task} is a data set, not an environment")))
            }
        }
    }

    fn task(&self, name: &str) -> Result<Task<'_>, Error> {
        if let Some(entry) = self.data_sets.iter().find(|entry| (entry.matches)(entry, name)) {
            return Ok(Task::Data(entry));
        }
        if let Some(entry) = self.environments.iter().find(|entry| entry.is_named(name)) {
            return Ok(Task::Environment(entry));
        }
        if let Err(dalenet_envs::Error::NoMuJoCo) = dalenet_envs::find(name) {
            return Err(dalenet_envs::Error::NoMuJoCo.into());
        }
        let data_sets = self.data_sets.iter().map(|entry| entry.name.as_str());
        let environments = self.environments.iter().map(|entry| entry.name.as_str());
        let known: Vec<_> = data_sets.chain(environments).collect();
        let own = name.rsplit('/').next().unwrap_or(name); // `brax/cart-pole`
        let near = [name, own].map(|name| nearest(name, known.iter().copied()));
        let near = near.into_iter().find(|near| !near.is_empty()).unwrap_or_default();
        Err(Error::UnknownName { what: "task", name: name.into(), near })
    }

    fn rule_entry(&self, name: &str) -> Result<&RuleEntry, Error> {
        let entry = self.rules.iter().find(|entry| entry.name == name);
        entry.ok_or_else(|| unknown("rule", name, self.rules.iter().map(|r| r.name.as_str())))
    }
}

/// What a task is.
enum Task<'a> {
    Data(&'a DataSet),
    Environment(&'a Environment),
}

impl Task<'_> {
    /// The preset that is meant: the rule's own, or the one asked for.
    fn preset<'p>(
        &self,
        task: &str,
        asked: &'p str,
        rule: &'p RuleEntry,
    ) -> Result<&'p str, Error> {
        let has = match self {
            Self::Data(data_set) => data_set.presets,
            Self::Environment(_) => tasks::GENERAL_PRESETS,
        };
        let known = has.iter().copied().chain(PRESETS.iter().map(|(name, _)| *name));
        if !known.clone().any(|known| known == asked) {
            return Err(unknown("preset", asked, known));
        }
        let preset = rule.preset.unwrap_or(asked);
        match preset {
            _ if has.contains(&preset) => Ok(preset),
            "kaneko" => Err(Error::NotYesOrNo {
                task: task.into(),
                environment: matches!(self, Self::Environment(_)),
            }),
            _ => Err(Error::OtherPreset { preset: preset.into(), task: task.into() }),
        }
    }
}

fn unknown<'a>(what: &'static str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    Error::UnknownName { what, name: name.into(), near: nearest(name, known) }
}
