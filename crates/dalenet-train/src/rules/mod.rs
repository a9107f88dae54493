//! The built-in learning rules, one file each: name, summary, constructor and what they change in
//! the settings of a task. A rule more is its file and its line below.

use crate::{AgentConfig, Config, NetworkSettings};
use dalenet::{Routing, Rule};
use std::sync::Arc;

/// The modules of these names, each with its `entry`.
macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// The built-in rules.
        pub(crate) fn built_in() -> Vec<RuleEntry> {
            vec![$($module::entry()),*]
        }
    };
}

rules! {
    ed,
    dfa,
    fa,
    sign_symmetric,
    bp,
    bp_dale,
    kaneko,
}

pub(crate) use ed::error_diffusion_by;

/// Makes the routing of Error Diffusion.
pub(crate) type MakeRouting<'a> = &'a (dyn Fn() -> Box<dyn Routing> + Send + Sync);

/// Makes a rule, with the routing that Error Diffusion needs.
type MakeRule = dyn Fn(MakeRouting<'_>) -> Box<dyn Rule> + Send + Sync;

/// A learning rule by name, with the settings that it starts from.
#[derive(Clone)]
pub struct RuleEntry {
    /// The name by which an experiment asks for it.
    pub name: String,
    /// What it does, in one line.
    pub summary: String,
    /// What it changes in the settings of a classification.
    pub classification: fn(&mut Config),
    /// What it changes in the settings of an agent.
    pub agent: fn(&mut AgentConfig),
    /// The name that configurations record: that of the rule it is a variant of, or its own.
    pub(crate) rule: String,
    /// The preset that it stands for, if any.
    pub(crate) preset: Option<&'static str>,
    /// The routing that it stands for, if any.
    pub(crate) routing: Option<String>,
    pub(crate) make: Arc<MakeRule>,
}

impl RuleEntry {
    /// A rule that changes no setting.
    pub(crate) fn new(
        name: &str,
        make: impl Fn(MakeRouting<'_>) -> Box<dyn Rule> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            summary: String::new(),
            classification: |_| {},
            agent: |_| {},
            rule: name.into(),
            preset: None,
            routing: None,
            make: Arc::new(make),
        }
    }

    /// Sets the routing, if the rule stands for one.
    pub(crate) fn route(&self, network: &mut NetworkSettings) {
        if let Some(routing) = &self.routing {
            network.routing.clone_from(routing);
        }
    }
}
