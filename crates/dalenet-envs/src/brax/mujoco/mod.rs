//! Brax's tasks by MuJoCo: what Brax's backend `mjx` computes, by the C library.
//!
//! `models` holds the MJCF files as Brax hands them over, written by `scripts/brax_models.py`.
//! What tasks see, pay and end by is what it is under `positional`; what differs is in [`mjx`]
//! and in those files.
//!
//! As under `mjx`, places of links are those of the *last but one* physics step: a step of MuJoCo
//! moves the joints last, and nothing places the links anew. Speeds, terminations and pictures have that
//! lag of 2 to 20 ms.
//!
//! A mechanism is a few environments that take turns in one `mjData`. So a state is exactly what a
//! [`Lane`] holds: what is not in it does not reach the next step either, and what is saved and
//! restored is all of it.

mod ffi;

use super::{
    Model, Pose, State, Task, Transform, Vec3,
    kinematics::place_centres,
    mechanism::AnyMechanism,
    system::System,
    tasks::Effort,
    vector::{Motion, Quat},
};
use crate::{
    Actions, Error, Space, View,
    simulator::{Simulator, Spec},
    state_words::{Reader, Writer},
    view::Bodies,
};
use dalenet::Generator;
use ffi::{Data, Field, Mjcf};
use std::sync::Arc;

/// What makes a task one of the backend `mjx`.
struct Mjx {
    xml: &'static str,
    /// Physics steps in a step of the environment.
    frames: usize,
    /// One iteration of the solver, and explicit damping. (Brax also bounds the solver's line
    /// search by 4 steps, in which `mjx` finds what MuJoCo needs more for.)
    once: bool,
}

fn mjx(task: Task) -> Mjx {
    let mjx = |xml, frames, once| Mjx { xml, frames, once };
    match task {
        Task::Ant => mjx(include_str!("models/ant.xml"), 5, true),
        Task::HalfCheetah => mjx(include_str!("models/half_cheetah.xml"), 5, false),
        Task::Hopper => mjx(include_str!("models/hopper.xml"), 4, false),
        Task::Humanoid => mjx(include_str!("models/humanoid.xml"), 5, true),
        Task::InvertedDoublePendulum => {
            mjx(include_str!("models/inverted_double_pendulum.xml"), 2, false)
        }
        Task::InvertedPendulum => mjx(include_str!("models/inverted_pendulum.xml"), 2, false),
        Task::Reacher => mjx(include_str!("models/reacher.xml"), 2, false),
        Task::Walker2d => mjx(include_str!("models/walker2d.xml"), 4, false),
    }
}

/// Environments of one task that share MuJoCo's memory, each in its lane. Nothing resets by itself.
pub(crate) struct Mechanism {
    fixed: Arc<Fixed>,
    data: Data,
    lanes: Vec<Lane>,
    actions: Vec<f64>,
    ctrl: Vec<f64>,
    observation: Vec<f64>,
}

/// What all mechanisms of a task share.
struct Fixed {
    task: Task,
    mjcf: Arc<Mjcf>,
    model: Model,
    system: System<f64>,
}

/// One environment.
struct Lane {
    state: State<f64>,
    /// What the solver begins the next physics step with, one number a degree of freedom.
    warm_start: Vec<f64>,
    /// What the motors did to each degree of freedom.
    tau: Vec<f64>,
    reward: f64,
    over: f64,
}

impl Fixed {
    fn new(task: Task) -> Result<Self, Error> {
        let Mjx { xml, frames, once } = mjx(task);
        let mjcf = Mjcf::new(xml, once)?;
        // The mechanism is the positional one but for the following (and for what MuJoCo alone
        // reads out of its own model).
        let mut model = task.model();
        model.source = model.source.replace("positional", "mjx");
        (model.frames, model.time_step) = (frames, mjcf.time_step());
        for (link, (mass, inertia)) in model.links.iter_mut().zip(mjcf.inertias()) {
            (link.mass, link.inertia) = (mass, inertia);
        }
        let system = System::new(&model);
        Ok(Self { task, mjcf: Arc::new(mjcf), model, system })
    }

    /// Seconds in a step of the environment.
    fn step(&self) -> f64 {
        self.model.time_step * self.model.frames as f64
    }
}

impl Mechanism {
    /// The task at its initial positions, at rest, in every lane.
    ///
    /// # Errors
    /// If MuJoCo cannot be used.
    pub fn new(task: Task, lanes: usize) -> Result<Self, Error> {
        Self::with(Arc::new(Fixed::new(task)?), lanes)
    }

    /// Another one of the same task.
    ///
    /// # Errors
    /// If there is no memory left.
    pub fn sibling(&self) -> Result<Self, Error> {
        Self::with(Arc::clone(&self.fixed), self.lanes.len())
    }

    fn with(fixed: Arc<Fixed>, lanes: usize) -> Result<Self, Error> {
        let data = Data::new(Arc::clone(&fixed.mjcf))?;
        let velocities = data.get(Field::Velocities).len();
        let motors = data.get(Field::Controls).len();
        let positions = fixed.model.init_q.len();
        let lane = || Lane {
            state: State::new(positions, velocities, fixed.system.links.len()),
            warm_start: vec![0.0; velocities],
            tau: vec![0.0; velocities],
            reward: 0.0,
            over: 0.0,
        };
        let mut mechanism = Self {
            data,
            lanes: (0..lanes).map(|_| lane()).collect(),
            actions: vec![0.0; motors],
            ctrl: vec![0.0; motors],
            observation: vec![0.0; fixed.task.observation_len()],
            fixed,
        };
        for lane in 0..lanes {
            mechanism.lanes[lane].state.q.copy_from_slice(&mechanism.fixed.model.init_q);
            mechanism.place(lane);
        }
        Ok(mechanism)
    }

    /// Starts an episode in one lane, by the task's own noise.
    fn start(&mut self, lane: usize, generator: &mut Generator) {
        let State { q, qd, .. } = &mut self.lanes[lane].state;
        q.copy_from_slice(&self.fixed.model.init_q);
        qd.fill(0.0);
        self.fixed.task.start(q, qd, generator);
        self.place(lane);
    }

    /// One lane where its joints are, under no torque. The solver begins its first step anew: newer
    /// versions of MuJoCo and `mjx` take nothing over from here.
    fn place(&mut self, lane: usize) {
        let lane = &mut self.lanes[lane];
        lane.warm_start.fill(0.0);
        self.ctrl.fill(0.0);
        lane.write(&self.ctrl, &mut self.data);
        self.data.forward();
        lane.read(&self.fixed.system, &self.data);
    }

    /// One step of the environment in one lane, by `action(motor)`.
    fn step(&mut self, lane: usize, action: impl Fn(usize) -> f64) {
        let Self { fixed, data, lanes, actions, ctrl, .. } = self;
        let Fixed { task, model, system, .. } = &**fixed;
        let lane = &mut lanes[lane];
        for (i, motor) in system.actuators.iter().enumerate() {
            actions[i] = action(i);
            ctrl[i] = task.control(actions[i], motor);
        }
        let before = task.progress(system, &lane.state);
        lane.write(ctrl, data);
        let sound = data.step(model.frames);
        lane.state.q.copy_from_slice(data.get(Field::Positions));
        lane.state.qd.copy_from_slice(data.get(Field::Velocities));
        lane.warm_start.copy_from_slice(data.get(Field::WarmStart));
        lane.read(system, data);
        let speed = (task.progress(system, &lane.state) - before) / fixed.step();
        let outcome = task.judge(&lane.state, &Effort { actions, ctrl, speed });
        lane.reward = if sound { outcome.reward } else { f64::NAN };
        lane.over = outcome.over;
    }

    /// What is seen now in a lane: O numbers.
    fn observation(&mut self, lane: usize) -> &[f64] {
        let Lane { state, tau, .. } = &self.lanes[lane];
        self.fixed.task.observe(&self.fixed.system, state, tau, &mut self.observation);
        &self.observation
    }

    fn poses(&self, lane: usize) -> Vec<Pose> {
        let pose = |x: &Transform<f64>| Pose { position: x.pos.0, rotation: x.rot.0 };
        self.lanes[lane].state.x.iter().map(pose).collect()
    }
}

impl Lane {
    /// All of MuJoCo's state that a step depends on.
    fn write(&self, ctrl: &[f64], data: &mut Data) {
        data.set(Field::Positions, &self.state.q);
        data.set(Field::Velocities, &self.state.qd);
        data.set(Field::WarmStart, &self.warm_start);
        data.set(Field::Controls, ctrl);
    }

    /// What follows from positions and velocities.
    fn read(&mut self, system: &System<f64>, data: &Data) {
        let (places, _) = data.get(Field::Places).as_chunks();
        let (rotations, _) = data.get(Field::Rotations).as_chunks();
        for (i, (x, motion)) in self.state.x.iter_mut().zip(&mut self.state.xd).enumerate() {
            let [ang, vel] = data.velocity(i + 1).map(Vec3); // the first body is the world
            *x = Transform { pos: Vec3(places[i + 1]), rot: Quat(rotations[i + 1]) };
            *motion = Motion { ang, vel };
        }
        place_centres(system, &mut self.state);
        self.tau.copy_from_slice(data.get(Field::MotorTorques));
    }
}

impl Simulator for Mechanism {
    /// An `mjData` takes some megabytes.
    const LANES: usize = 16;

    fn spec(&self) -> Spec {
        let observations = Space::within(self.observation.len(), f32::INFINITY);
        let actions = Space::within(self.ctrl.len(), 1.0);
        Spec {
            backend: "mujoco",
            step_seconds: Some(self.fixed.step()),
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
        for (lane, (reward, terminated)) in rewards.iter_mut().zip(terminated).enumerate() {
            Self::step(self, lane, |motor| f64::from(actions[lane * motors + motor]));
            *reward += self.lanes[lane].reward as f32;
            *terminated = self.lanes[lane].over > 0.0;
        }
    }

    fn observe(&mut self, out: &mut [f32]) {
        for (lane, row) in out.chunks_exact_mut(self.observation.len()).enumerate() {
            row.iter_mut().zip(self.observation(lane)).for_each(|(out, &x)| *out = x as f32);
        }
    }

    fn save(&self, lane: usize, out: &mut Writer) {
        let Lane { state, warm_start, .. } = &self.lanes[lane];
        state.lane(0).chain(warm_start.iter().copied()).for_each(|x| out.f64(x));
    }

    fn restore(&mut self, lane: usize, from: &mut Reader<'_>) {
        let Lane { state, warm_start, .. } = &mut self.lanes[lane];
        state.set_lane(0, (0..state.lane_len()).map(|_| from.f64()));
        warm_start.iter_mut().for_each(|x| *x = from.f64());
    }

    fn view(&self, lane: usize) -> View<'_> {
        View::Bodies(Bodies { shapes: &self.fixed.model.shapes, poses: self.poses(lane) })
    }
}

impl AnyMechanism for Mechanism {
    fn lanes(&self) -> usize {
        self.lanes.len()
    }
    fn model(&self) -> &Model {
        &self.fixed.model
    }
    fn start(&mut self, lane: usize, generator: &mut Generator) {
        self.start(lane, generator);
    }
    fn set_joints(&mut self, lane: usize, q: &[f64], qd: &[f64]) {
        self.lanes[lane].state.q.copy_from_slice(q);
        self.lanes[lane].state.qd.copy_from_slice(qd);
        self.place(lane);
    }
    fn step(&mut self, actions: &[f64]) {
        let motors = self.ctrl.len();
        for lane in 0..self.lanes.len() {
            self.step(lane, |motor| actions[lane * motors + motor]);
        }
    }
    fn observe(&mut self, lane: usize) -> Vec<f64> {
        self.observation(lane).to_vec()
    }
    fn reward(&self, lane: usize) -> f64 {
        self.lanes[lane].reward
    }
    fn over(&self, lane: usize) -> bool {
        self.lanes[lane].over > 0.0
    }
    fn positions(&self, lane: usize) -> Vec<f64> {
        self.lanes[lane].state.q.clone()
    }
    fn velocities(&self, lane: usize) -> Vec<f64> {
        self.lanes[lane].state.qd.clone()
    }
    fn poses(&self, lane: usize) -> Vec<Pose> {
        self.poses(lane)
    }
}
