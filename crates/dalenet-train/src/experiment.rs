//! An experiment of either kind: classification of samples, or an agent in an environment.

use crate::{
    AgentConfig, Config, Error, NetworkSettings, Registry,
    settings::{self, Settings},
};
use dalenet::Schedule;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// What is trained, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Experiment {
    /// Learning to classify samples.
    Classification(Config),
    /// Learning to act.
    Agent(AgentConfig),
}

/// Runs the same expression on either kind.
macro_rules! either {
    ($self:expr, $name:ident => $body:expr) => {
        match $self {
            Self::Classification($name) => $body,
            Self::Agent($name) => $body,
        }
    };
}

/// The key that says which kind it is.
const KIND: &str = "kind";

impl Experiment {
    /// The settings of `preset` for a task under a rule, all of the built-in registry.
    ///
    /// # Errors
    /// If there is no such task, preset or rule; the nearest one is named.
    pub fn new(task: &str, preset: &str, rule: &str) -> Result<Self, Error> {
        Registry::built_in().experiment(task, preset, rule)
    }

    /// The settings of a preset, and the same with those of `file` over them. A task and a rule
    /// that are given replace those of the file.
    ///
    /// # Errors
    /// As [`Experiment::new`] and [`Experiment::set`], or if nothing names the task.
    pub fn layered(
        registry: &Registry,
        task: Option<&str>,
        preset: &str,
        rule: Option<&str>,
        file: Option<Table>,
    ) -> Result<(Self, Self), Error> {
        let mut file = flattened(file.unwrap_or_default());
        let mut named = |key: &str, given: Option<&str>| {
            let value = file.remove(key);
            given.map(str::to_owned).or_else(|| value?.as_str().map(str::to_owned))
        };
        let task = named("task", task)
            .ok_or_else(|| Error::Config("the file names no task: add task = \"mnist\"".into()))?;
        let rule = named("rule", rule).unwrap_or_else(|| "ed".into());
        let kind = named(KIND, None);
        let preset = registry.experiment(&task, preset, &rule)?;
        if let Some(kind) = kind.filter(|kind| kind != preset.kind()) {
            let own = preset.kind();
            return Err(Error::Config(format!(
                "`kind = \"{kind}\"` is not possible: a training on {task} is of kind {own}"
            )));
        }
        let mut experiment = preset.clone();
        for (key, value) in file {
            experiment.set_value(renamed(&key), value)?;
        }
        Ok((preset, experiment))
    }

    /// The configuration that is the whole of `table`, as [`Experiment::commented`] writes it.
    /// Where no kind is named, it is that of the task in `registry`.
    ///
    /// # Errors
    /// What is missing or wrong, for the caller to say where.
    pub fn whole(registry: &Registry, table: Table) -> Result<Self, String> {
        let table = flattened(table).into_iter();
        let mut table: Table =
            table.map(|(key, value)| (renamed(&key).to_owned(), value)).collect();
        let task = table.get("task").and_then(Value::as_str).unwrap_or_default();
        let is_agent = match table.get(KIND).and_then(Value::as_str) {
            Some("agent") => true,
            Some("classification") => false,
            Some(other) => return Err(format!("unknown kind `{other}`")),
            None => registry.env(task).is_ok(),
        };
        table.remove(KIND);
        match is_agent {
            true => settings::whole(table).map(Self::Agent),
            false => settings::whole(table).map(Self::Classification),
        }
    }

    /// Sets one key, as `--set key=value` does.
    ///
    /// # Errors
    /// If there is no such key (the nearest one is named) or the value has the wrong type.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Error> {
        either!(self, config => config.set(renamed(key), value))
    }

    fn set_value(&mut self, key: &str, value: Value) -> Result<(), Error> {
        either!(self, config => settings::set_value(config, key, value))
    }

    /// Checks what types cannot, and that the registry has the task and the rule.
    ///
    /// # Errors
    /// The first value that is not possible.
    pub fn validate(&self, registry: &Registry) -> Result<(), Error> {
        match self {
            Self::Classification(config) => registry.data(&config.task).map(drop)?,
            Self::Agent(config) => {
                registry.env(&config.task)?;
                registry.make_rule(config.critic_rule(), &config.network)?;
            }
        }
        registry.make_rule(self.rule(), self.network())?;
        either!(self, config => config.validate())
    }

    /// The whole configuration as TOML, each key under its meaning.
    pub fn commented(&self) -> String {
        let kind = format!("# classification or agent.\n{KIND} = \"{}\"\n\n", self.kind());
        kind + &either!(self, config => config.commented())
    }

    /// Keys and values, in the order of the fields.
    pub fn table(&self) -> Table {
        either!(self, config => settings::table(config))
    }

    /// The meaning of a key.
    pub fn meaning(&self, key: &str) -> &'static str {
        match self {
            Self::Classification(_) => Config::meaning(key),
            Self::Agent(_) => AgentConfig::meaning(key),
        }
    }

    /// The keys in which it differs from `other`, with its own and the other's value.
    pub fn differences(&self, other: &Self) -> Vec<(String, String, String)> {
        match (self, other) {
            (Self::Classification(one), Self::Classification(other)) => one.differences(other),
            (Self::Agent(one), Self::Agent(other)) => one.differences(other),
            _ => vec![("task".into(), self.task().into(), other.task().into())],
        }
    }

    /// The same without those that say how long it is trained, in which a training may be extended:
    /// `epochs`, `steps`, and a `patience` that becomes larger.
    pub fn other_settings(&self, other: &Self) -> Vec<(String, String, String)> {
        let extends = |key: &str| match (self, other) {
            (Self::Classification(one), Self::Classification(other)) => {
                key == "epochs" || key == "patience" && (1..other.patience).contains(&one.patience)
            }
            _ => key == "steps",
        };
        let mut differences = self.differences(other);
        differences.retain(|(key, ..)| !extends(key));
        differences
    }

    /// How the rate of a training that is extended to this length goes on, in one sentence.
    pub fn extended_schedule(&self) -> &'static str {
        const SAME: &str = "the rate is constant, so it becomes, to the bit, the run that has this \
                            length from the start";
        match self {
            Self::Classification(config) => match config.schedule {
                Schedule::Constant => SAME,
                Schedule::Cosine => {
                    "from here on the rate follows the cosine of the new length, so it differs from a \
                     run that has this length from the start"
                }
            },
            Self::Agent(config) if config.ppo.anneal => {
                "from here on the rate falls to zero along the new length, so it differs from a run \
                 that has this length from the start"
            }
            Self::Agent(_) => SAME,
        }
    }

    /// `classification` or `agent`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Classification(_) => "classification",
            Self::Agent(_) => "agent",
        }
    }

    /// The task.
    pub fn task(&self) -> &str {
        either!(self, config => &config.task)
    }

    /// The rule's name.
    pub fn rule(&self) -> &str {
        either!(self, config => &config.rule)
    }

    /// The rule's name with the routing, if that is not the usual one, and the critic's rule, if that is another:
    /// `ed-overlapping`, `ed-critic-bp`.
    pub fn rule_name(&self) -> String {
        match self {
            Self::Classification(config) => config.network.rule_name(&config.rule),
            Self::Agent(config) => config.rule_name(),
        }
    }

    /// The settings of its networks.
    pub fn network(&self) -> &NetworkSettings {
        either!(self, config => &config.network)
    }

    /// Random seed.
    pub fn seed(&self) -> u64 {
        either!(self, config => config.seed)
    }

    /// The same with another seed.
    pub fn with_seed(mut self, seed: u64) -> Self {
        match &mut self {
            Self::Classification(config) => config.seed = seed,
            Self::Agent(config) => config.seed = seed,
        }
        self
    }
}

impl From<Config> for Experiment {
    fn from(config: Config) -> Self {
        Self::Classification(config)
    }
}

impl From<AgentConfig> for Experiment {
    fn from(config: AgentConfig) -> Self {
        Self::Agent(config)
    }
}

/// The same with the keys of a table within it under their full name: `[device] levels = 2` is
/// `device.levels`.
fn flattened(table: Table) -> Table {
    let mut flat = Table::new();
    for (key, value) in table {
        match value {
            Value::Table(inner) => {
                flat.extend(
                    inner.into_iter().map(|(name, value)| (format!("{key}.{name}"), value)),
                );
            }
            value => drop(flat.insert(key, value)),
        }
    }
    flat
}

/// The name that a key of an older version has now.
fn renamed(key: &str) -> &str {
    match key {
        "likeliest" => "deterministic",
        key => key,
    }
}
