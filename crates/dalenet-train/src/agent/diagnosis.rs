//! Diagnosis of the networks of a trained agent.

use super::AgentTrainer;
use crate::{Error, Experiment, Registry, Trainer, trainer};
use dalenet::checkpoint::Checkpoint;
use dalenet_ppo::PpoDiagnosis;

impl AgentTrainer {
    /// The training of a checkpoint, where it was saved.
    ///
    /// # Errors
    /// If the checkpoint is of something else or of a version that recorded less.
    pub fn resume(registry: &Registry, file: &Checkpoint<'_>) -> Result<Self, Error> {
        let Experiment::Agent(config) = trainer::experiment(file)? else {
            return Err(Error::Config("the checkpoint is of a classification".into()));
        };
        let mut trainer = Self::new(registry, config)?;
        trainer.restore(file)?;
        Ok(trainer)
    }

    /// Diagnoses every layer of actor and critic on a minibatch of a fresh rollout. Nothing is learnt; the
    /// training is used up.
    ///
    /// # Errors
    /// If the environments cannot be stepped.
    pub fn diagnose(self) -> Result<PpoDiagnosis, Error> {
        Ok(self.ppo.diagnose()?)
    }
}
