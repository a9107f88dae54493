//! An episode of a trained agent, and a game for a person.

use crate::{
    AgentConfig, Error,
    play::{Caption, brax, craftax},
};
use dalenet_craftax::render::Game;
use dalenet_envs::{Actions, Options, VectorEnv, make};
use dalenet_train::TrainedAgent;

/// An episode that was played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlayedEpisode {
    /// Its steps.
    pub steps: usize,
    /// Its return.
    pub ret: f32,
}

/// An episode by an agent, from the start that `seed` gives, and its page.
///
/// # Errors
/// If there is nothing to see of its task.
pub(crate) fn episode(trained: TrainedAgent, seed: u64) -> Result<(PlayedEpisode, String), Error> {
    let TrainedAgent { config, mut agent, mut env } = trained;
    env.reset(seed);
    let mut recording = recording(env.as_ref(), &config)?;
    let (mut episode, mut over) = (PlayedEpisode { steps: 0, ret: 0.0 }, false);
    while !over {
        let actions = agent.act(env.batch());
        let batch = env.step(actions)?;
        let reward = batch.rewards[0];
        over = batch.terminated[0] || batch.truncated[0];
        episode = PlayedEpisode { steps: episode.steps + 1, ret: episode.ret + reward };
        recording.push(env.as_ref(), actions, reward, over);
    }
    let PlayedEpisode { steps, ret } = episode;
    let line = format!("{steps} steps from seed {seed}, return {ret:.1}");
    recording.caption().subtitle.push(line);
    Ok((episode, recording.page()))
}

/// A game of `craftax` or `craftax-classic` at its start, the same that an agent plays from that
/// seed.
///
/// # Errors
/// If the task is another one.
pub fn new_game(task: &str, seed: u64) -> Result<Box<dyn Game>, Error> {
    let game = make(task, 1, &Options::default()).ok().and_then(|mut env| {
        env.reset(seed);
        env.view(0).game().map(|game| game.boxed_clone())
    });
    game.ok_or_else(|| {
        Error::Config(format!(
            "`{task}` is not a game for a person; say `dalenet play craftax --human` or `dalenet \
             play craftax-classic --human`"
        ))
    })
}

/// What both kinds of recordings do with a step.
trait Recording {
    /// Takes in what the actions led to; `over` if that was the last step of the episode, after
    /// which the environment is already in the next one.
    fn push(&mut self, env: &dyn VectorEnv, actions: Actions<'_>, reward: f32, over: bool);
    fn caption(&mut self) -> &mut Caption;
    fn page(&self) -> String;
}

impl Recording for brax::Recording {
    fn push(&mut self, env: &dyn VectorEnv, _: Actions<'_>, reward: f32, over: bool) {
        if !over {
            self.push(env, 0, reward);
        }
    }

    fn caption(&mut self) -> &mut Caption {
        &mut self.caption
    }

    fn page(&self) -> String {
        self.page()
    }
}

/// It plays a game of its own, which goes as the environment's since it has the same key.
impl Recording for craftax::Recording {
    fn push(&mut self, _: &dyn VectorEnv, actions: Actions<'_>, _: f32, _: bool) {
        if let Actions::Discrete(&[action, ..]) = actions {
            self.act(action as usize);
        }
    }

    fn caption(&mut self) -> &mut Caption {
        &mut self.caption
    }

    fn page(&self) -> String {
        self.page()
    }
}

fn recording(env: &dyn VectorEnv, config: &AgentConfig) -> Result<Box<dyn Recording>, Error> {
    let game = env.view(0).game().map(|game| game.boxed_clone());
    let caption = Caption {
        title: config.task.clone(),
        subtitle: vec![
            format!("PPO with {}, seed {}", config.rule_name(), config.seed),
            format!("{} steps of training asked for", config.ppo.steps),
            match env.backend() {
                "mujoco" => "Brax's task by MuJoCo".into(),
                _ if game.is_some() => "Craftax 1.6.1, native".into(),
                "native" if env.name() == "cart-pole" => "Gymnasium's CartPole-v1, native".into(),
                backend => format!("Brax {backend}, native"),
            },
        ],
    };
    match game {
        Some(game) => Ok(Box::new(craftax::Recording::of(game, caption))),
        None if env.view(0).bodies().is_some() => Ok(Box::new(brax::Recording::of(env, caption))),
        None => Err(Error::Config(format!(
            "there is nothing to see of {}; play a run on a data set, on cart-pole, on a task of \
             Brax, or on craftax or craftax-classic",
            config.task
        ))),
    }
}
