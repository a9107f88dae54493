//! Craftax and Craftax-Classic from `dalenet-craftax`: each game is a simulator of one lane.

use crate::{
    Achievements, Actions, Space, View,
    simulator::{Simulator, Spec},
    state_words::{Reader, Writer},
};
use dalenet::Generator;
use dalenet_craftax::{Environment, Key};

impl<G: Environment> Simulator for G {
    const LANES: usize = 1;

    fn spec(&self) -> Spec {
        let actions = Space::Discrete { n: self.actions().len() };
        Spec {
            nonzero: G::NONZERO,
            grain: 8,
            achievements: Achievements {
                names: self.achievements(),
                reward: f64::from(G::ACHIEVABLE),
            },
            ..Spec::new(Space::unit(G::OBSERVATION), actions, G::EPISODE)
        }
    }

    fn start(&mut self, _: usize, generator: &mut Generator) {
        let [high, low] = [(); 2].map(|()| generator.below(1 << 32) as u32);
        self.reset(Key(high, low));
    }

    fn step(
        &mut self,
        actions: Actions<'_>,
        _: &mut [Generator],
        rewards: &mut [f32],
        terminated: &mut [bool],
    ) {
        let Actions::Discrete(&[action, ..]) = actions else { return };
        if !self.is_over() {
            rewards[0] += self.act(action as usize).reward;
        }
        terminated[0] = self.is_over();
    }

    fn observe(&mut self, out: &mut [f32]) {
        self.observe_dense(out);
    }

    fn observe_sparse(&self, columns: &mut Vec<u32>, values: &mut Vec<f32>) {
        Environment::observe(self, |column, value| {
            columns.push(column as u32);
            values.push(value);
        });
    }

    fn unlocked(&self, _: usize) -> &[bool] {
        dalenet_craftax::render::Game::unlocked(self)
    }

    fn save(&self, _: usize, out: &mut Writer) {
        Environment::save(self, &mut out.0);
    }

    fn restore(&mut self, _: usize, from: &mut Reader<'_>) {
        Environment::restore(self, from.take(G::STATE_WORDS));
    }

    fn view(&self, _: usize) -> View<'_> {
        View::Game(self)
    }
}
