//! The network that a run left behind.

use crate::{Config, Error, Run, task::Ends};
use dalenet::{Generator, Network, Rule, checkpoint::Checkpoint};

/// The network of a run's last checkpoint, and what taught it.
pub(crate) struct Trained {
    pub config: Config,
    /// What it begins and ends with.
    pub ends: Ends,
    pub network: Network,
    /// `None` if a program of its own trained it by a rule of its own.
    pub rule: Option<Box<dyn Rule>>,
}

impl Trained {
    /// # Errors
    /// If the run has no checkpoint, or it cannot be used.
    pub fn load(run: &Run) -> Result<Self, Error> {
        let config = run.config()?;
        let bytes = run.checkpoint()?.ok_or_else(|| Error::Untrained(run.folder().into()))?;
        let broken = |cause| Error::Checkpoint { path: run.checkpoint_path(), cause };
        let file = Checkpoint::parse(&bytes).map_err(broken)?;
        let ends: Ends = file.json("ends").map_err(broken)?;
        let spec = config.network(ends.image(), ends.outputs)?;
        // As the training drew them: weights first, then what the rule needs.
        let mut generator = Generator::new(config.seed, 0);
        let mut network = Network::new(&spec, &mut generator);
        let mut rule = config.rule();
        rule.prepare(&network, &mut generator);
        file.load_network("", &mut network).map_err(broken)?;
        let taught_by: String = file.json("rule").map_err(broken)?;
        let rule = (rule.name() == taught_by).then_some(rule);
        Ok(Self { config, ends, network, rule })
    }
}
