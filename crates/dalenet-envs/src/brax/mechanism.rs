//! A task's mechanism in every lane of a vector of numbers.

use super::{
    Model, Pose, Real, State, Task,
    by_links::{ByLinks, LinkLanes},
    kinematics::place_links,
    pipeline::{joint_torques, measure_joints, physics_steps},
    state::Scratch,
    system::System,
    tasks::Effort,
    vector::Transform,
};
use crate::{
    Actions, Space, View,
    simulator::{Simulator, Spec},
    state_words::{Reader, Writer},
    view::Bodies,
};
use dalenet::Generator;
use std::sync::Arc;

/// [`Real::LANES`] environments of one task, stepped together. Nothing resets by itself.
pub(crate) struct Mechanism<R> {
    task: Task,
    fixed: Arc<Fixed<R>>,
    state: State<R>,
    scratch: Scratch<R>,
    /// Computes the physics instead if there is one environment.
    by_links: Option<ByLinks<LinkLanes>>,
    /// The state of one lane, in double precision, before its episode starts.
    begin: State<f64>,
    actions: Vec<R>,
    ctrl: Vec<R>,
    observation: Vec<R>,
    reward: R,
    over: R,
}

/// Constants that all simulators of a task share.
struct Fixed<R> {
    model: Model,
    system: System<R>,
    exact: System<f64>,
    /// Seconds in a step.
    step: R,
    velocities: usize,
}

impl<R: Real> Mechanism<R> {
    /// The task at its initial positions, at rest, in every lane.
    pub fn new(task: Task) -> Self {
        let model = task.model();
        let (system, exact) = (System::new(&model), System::new(&model));
        let velocities =
            system.links.last().map_or(0, |l| l.dof + l.joint.as_ref().map_or(6, |j| j.axes.len()));
        let step = R::splat(model.time_step * model.frames as f64);
        Self::with(task, Arc::new(Fixed { model, system, exact, step, velocities }))
    }

    /// The task in the first lane alone, faster than in all, to the same bits.
    pub(crate) fn alone(task: Task) -> Self {
        let mut mechanism = Self::new(task);
        mechanism.by_links = Some(ByLinks::new(&mechanism.fixed.system));
        mechanism
    }

    /// Another one of the same task.
    pub(crate) fn sibling(&self) -> Self {
        Self::with(self.task, Arc::clone(&self.fixed))
    }

    fn with(task: Task, fixed: Arc<Fixed<R>>) -> Self {
        let (positions, links) = (fixed.model.init_q.len(), fixed.system.links.len());
        let velocities = fixed.velocities;
        let motors = fixed.system.actuators.len();
        let mut mechanism = Self {
            task,
            state: State::new(positions, velocities, links),
            scratch: Scratch::new(velocities, links, 2 * fixed.system.probes.len()),
            by_links: None,
            begin: State::new(positions, velocities, links),
            actions: vec![R::zero(); motors],
            ctrl: vec![R::zero(); motors],
            observation: vec![R::zero(); task.observation_len()],
            reward: R::zero(),
            over: R::zero(),
            fixed,
        };
        for lane in 0..R::LANES {
            mechanism.begin.q.copy_from_slice(&mechanism.fixed.model.init_q);
            mechanism.place(lane);
        }
        mechanism
    }

    /// Puts one lane at the joint positions `q` and velocities `qd`.
    ///
    /// # Panics
    /// If there are not as many as the mechanism has.
    pub fn set_joints(&mut self, lane: usize, q: &[f64], qd: &[f64]) {
        self.begin.q.copy_from_slice(q);
        self.begin.qd.copy_from_slice(qd);
        self.place(lane);
    }

    /// Starts an episode in one lane, by the task's own noise.
    pub fn start(&mut self, lane: usize, generator: &mut Generator) {
        self.begin.q.copy_from_slice(&self.fixed.model.init_q);
        self.begin.qd.fill(0.0);
        self.task.start(&mut self.begin.q, &mut self.begin.qd, generator);
        self.place(lane);
    }

    /// Puts one lane at `self.begin.q` and `qd`, under no torque.
    fn place(&mut self, lane: usize) {
        place_links(&self.fixed.exact, &mut self.begin);
        self.state.set_lane(lane, self.begin.lane(0));
        for tau in &mut self.scratch.tau {
            tau.set_lane(lane, 0.0);
        }
    }

    /// One step of the environment, by `action(lane, motor)`.
    pub fn step(&mut self, action: impl Fn(usize, usize) -> f64) {
        let fixed = &*self.fixed;
        for (motor, x) in self.actions.iter_mut().enumerate() {
            for lane in 0..R::LANES {
                x.set_lane(lane, action(lane, motor));
            }
        }
        for (i, motor) in fixed.system.actuators.iter().enumerate() {
            self.ctrl[i] = self.task.control(self.actions[i], motor);
        }
        let (task, state, scratch) = (self.task, &mut self.state, &mut self.scratch);
        let (actions, ctrl, by_links) = (&self.actions, &self.ctrl, &mut self.by_links);
        let outcome = R::vectorised(
            #[inline(always)]
            || {
                let before = task.progress(&fixed.system, state);
                joint_torques(&fixed.system, ctrl, &mut scratch.tau);
                match by_links {
                    Some(links) => links.advance(state, &scratch.tau, fixed.model.frames),
                    None => physics_steps(&fixed.system, state, scratch, fixed.model.frames),
                }
                measure_joints(&fixed.system, state, scratch);
                let speed = (task.progress(&fixed.system, state) - before) / fixed.step;
                task.judge(state, &Effort { actions, ctrl, speed })
            },
        );
        (self.reward, self.over) = (outcome.reward, outcome.over);
    }

    /// The current observation: O numbers.
    pub fn observation(&mut self) -> &[R] {
        let Self { task, fixed, state, scratch, observation, .. } = self;
        R::vectorised(
            #[inline(always)]
            || task.observe(&fixed.system, state, &scratch.tau, observation),
        );
        &self.observation
    }

    /// The poses of the links of one lane, in the order of [`Model::links`].
    pub fn poses(&self, lane: usize) -> Vec<Pose> {
        let pose = |x: &Transform<R>| Pose {
            position: x.pos.0.map(|x| x.lane(lane)),
            rotation: x.rot.0.map(|x| x.lane(lane)),
        };
        self.state.x.iter().map(pose).collect()
    }

    /// 0 where every position and velocity is finite, NaN elsewhere.
    fn finite(&self) -> R {
        let mut sum = R::zero();
        for &x in self.state.q.iter().chain(&self.state.qd) {
            sum += x * R::zero(); // NaN if x is not finite
        }
        sum
    }
}

impl<R: Real> Simulator for Mechanism<R> {
    const LANES: usize = R::LANES;

    fn spec(&self) -> Spec {
        let observations = Space::within(self.task.observation_len(), f32::INFINITY);
        let actions = Space::within(self.ctrl.len(), 1.0);
        Spec {
            backend: "positional",
            step_seconds: Some(self.fixed.model.time_step * self.fixed.model.frames as f64),
            grain: 1,
            ..Spec::new(observations, actions, 1000)
        }
    }

    fn start(&mut self, lane: usize, generator: &mut Generator) {
        Self::start(self, lane, generator);
    }

    fn step(
        &mut self,
        actions: Actions<'_>,
        _: &mut [Generator],
        rewards: &mut [f32],
        terminated: &mut [bool],
    ) {
        let Actions::Continuous(actions) = actions else { return };
        let motors = self.ctrl.len();
        // Lanes without an environment repeat the first one's actions.
        Self::step(self, |lane, motor| {
            f64::from(*actions.get(lane * motors + motor).unwrap_or(&actions[motor]))
        });
        let check = self.finite();
        for (lane, (reward, terminated)) in rewards.iter_mut().zip(terminated).enumerate() {
            *reward += (self.reward + check).lane(lane) as f32;
            *terminated = self.over.lane(lane) > 0.0;
        }
    }

    fn observe(&mut self, out: &mut [f32]) {
        let row = self.task.observation_len();
        for (i, &x) in self.observation().iter().enumerate() {
            for (lane, out) in out.chunks_exact_mut(row).enumerate() {
                out[i] = x.lane(lane) as f32;
            }
        }
    }

    fn save(&self, lane: usize, out: &mut Writer) {
        self.state.lane(lane).for_each(|x| out.f64(x));
    }

    fn restore(&mut self, lane: usize, from: &mut Reader<'_>) {
        let len = self.state.lane_len();
        self.state.set_lane(lane, (0..len).map(|_| from.f64()));
    }

    fn view(&self, lane: usize) -> View<'_> {
        View::Bodies(Bodies { shapes: &self.fixed.model.shapes, poses: self.poses(lane) })
    }
}

/// A [`Mechanism`] of any kind of number, for [`super::Simulation`].
pub(super) trait AnyMechanism: Send {
    fn lanes(&self) -> usize;
    fn model(&self) -> &Model;
    fn start(&mut self, lane: usize, generator: &mut Generator);
    fn set_joints(&mut self, lane: usize, q: &[f64], qd: &[f64]);
    fn step(&mut self, actions: &[f64]);
    fn observe(&mut self, lane: usize) -> Vec<f64>;
    fn reward(&self, lane: usize) -> f64;
    fn over(&self, lane: usize) -> bool;
    fn positions(&self, lane: usize) -> Vec<f64>;
    fn velocities(&self, lane: usize) -> Vec<f64>;
    fn poses(&self, lane: usize) -> Vec<Pose>;
}

fn lane<R: Real>(numbers: &[R], lane: usize) -> Vec<f64> {
    numbers.iter().map(|x| x.lane(lane)).collect()
}

impl<R: Real> AnyMechanism for Mechanism<R> {
    fn lanes(&self) -> usize {
        R::LANES
    }
    fn model(&self) -> &Model {
        &self.fixed.model
    }
    fn start(&mut self, lane: usize, generator: &mut Generator) {
        self.start(lane, generator);
    }
    fn set_joints(&mut self, lane: usize, q: &[f64], qd: &[f64]) {
        self.set_joints(lane, q, qd);
    }
    fn step(&mut self, actions: &[f64]) {
        let motors = self.ctrl.len();
        self.step(|lane, motor| actions[lane * motors + motor]);
    }
    fn observe(&mut self, i: usize) -> Vec<f64> {
        lane(self.observation(), i)
    }
    fn reward(&self, lane: usize) -> f64 {
        self.reward.lane(lane)
    }
    fn over(&self, lane: usize) -> bool {
        self.over.lane(lane) > 0.0
    }
    fn positions(&self, i: usize) -> Vec<f64> {
        lane(&self.state.q, i)
    }
    fn velocities(&self, i: usize) -> Vec<f64> {
        lane(&self.state.qd, i)
    }
    fn poses(&self, lane: usize) -> Vec<Pose> {
        self.poses(lane)
    }
}
