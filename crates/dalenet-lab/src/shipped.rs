//! Agents that come with the program, one a task, trained by Error Diffusion. `scripts/ship_agent.py` makes
//! their files; docs/results.md says what they score.

use crate::{Error, Registry};
use dalenet::checkpoint::Checkpoint;
use dalenet_train::TrainedAgent;
use flate2::read::GzDecoder;
use std::io::Read;

/// The file of a task's agent: what `dalenet export` writes as safetensors, compressed.
macro_rules! agents {
    ($($task:literal: $file:literal),* $(,)?) => {
        &[$(($task, include_bytes!(concat!("../assets/agents/", $file, ".safetensors.gz")))),*]
    };
}

const AGENTS: &[(&str, &[u8])] = agents! {
    "brax/ant": "ant",
    "brax/half-cheetah": "half-cheetah",
    "brax/humanoid": "humanoid",
    "craftax": "craftax",
    "craftax-classic": "craftax-classic",
};

/// The tasks of which an agent comes with the program.
pub fn shipped_agents() -> impl Iterator<Item = &'static str> {
    AGENTS.iter().map(|(task, _)| *task)
}

/// The agent of a task, under any of the task's names; none if there is none.
pub(crate) fn shipped_agent(task: &str) -> Option<Result<TrainedAgent, Error>> {
    let registry = Registry::built_in();
    let task = &registry.env(task).ok()?.name;
    let (_, file) = AGENTS.iter().find(|(name, _)| name == task)?;
    let mut bytes = Vec::new();
    GzDecoder::new(*file).read_to_end(&mut bytes).expect("a file that was compressed as a whole");
    let checkpoint = Checkpoint::parse(&bytes).expect("a checkpoint as it was written");
    Some(TrainedAgent::restore(registry, &checkpoint).map_err(Error::Train))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least return of each, over 16 episodes; docs/results.md has the mean over more.
    const LEAST: &[(&str, f64)] = &[
        ("brax/ant", 3500.0),
        ("brax/half-cheetah", 5000.0),
        ("brax/humanoid", 5500.0),
        ("craftax", 4.0),
        ("craftax-classic", 6.0),
    ];

    #[test]
    fn they_score_what_is_said_of_them() {
        assert!(shipped_agents().eq(LEAST.iter().map(|(task, _)| *task)));
        for (task, least) in LEAST {
            let mut trained = shipped_agent(task).unwrap().unwrap();
            let config = &trained.config;
            assert_eq!(
                (config.rule.as_str(), config.network.dale),
                ("ed", crate::DaleKind::Streams)
            );
            let score = trained.evaluate(Registry::built_in(), 16).unwrap();
            assert!(score.return_mean > *least, "{task}: {score:?}");
        }
    }

    #[test]
    fn they_are_found_by_any_name_of_their_task() {
        assert!(shipped_agent("brax/HalfCheetah").is_some());
        for task in ["cart-pole", "mnist", "none"] {
            assert!(shipped_agent(task).is_none(), "{task}");
        }
    }
}
