//! Bodies that move.
//!
//! ```
//! use dalenet_envs::{Actions, Options, make};
//! use dalenet_lab::play::{Caption, brax::Recording};
//!
//! let mut env = make("ant", 1, &Options::default())?;
//! env.reset(0);
//! let caption = Caption { title: "Ant".into(), subtitle: vec!["sinusoidal actions".into()] };
//! let mut recording = Recording::of(env.as_ref(), caption);
//! for step in 0..20 {
//!     let actions: Vec<_> = (0..8).map(|i| (0.3 * step as f32 + i as f32).sin()).collect();
//!     let batch = env.step(Actions::Continuous(&actions))?;
//!     let (reward, over) = (batch.rewards[0], batch.terminated[0] || batch.truncated[0]);
//!     if over {
//!         break; // the environment is already in its next episode
//!     }
//!     recording.push(env.as_ref(), 0, reward);
//! }
//! assert!(recording.page().starts_with("<!DOCTYPE html>"));
//! # Ok::<(), dalenet_envs::Error>(())
//! ```

use super::{
    Caption, StepReward,
    page::{Scene, encoded, page},
};
use dalenet_envs::{
    VectorEnv,
    brax::{Pose, Shape, ShapeKind},
};
use maud::html;
use serde_json::{Value, json};

const THREE: &str = include_str!("../../../assets/three/three.min.js");
const SCENE: &str = include_str!("scene.js");
const STYLE: &str = include_str!("style.css");

/// Bodies, and where they were in each step of an episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What stands at the top of the page.
    pub caption: Caption,
    /// Seconds from a frame to the next.
    pub dt: f64,
    /// What is drawn.
    pub shapes: Vec<Shape>,
    /// Where the links are, frame by frame; the first is before any action.
    pub poses: Vec<Vec<Pose>>,
    /// The rewards of the steps that led to the frames.
    pub rewards: Vec<StepReward>,
}

impl Recording {
    /// Begins with environment 0 of those, which has just been reset.
    pub fn of(env: &dyn VectorEnv, caption: Caption) -> Self {
        let dt = env.step_seconds().unwrap_or(0.02);
        let bodies = env.view(0).bodies();
        let (shapes, poses) =
            bodies.map_or_else(Default::default, |b| (b.shapes.to_vec(), b.poses));
        Self { caption, dt, shapes, poses: vec![poses], rewards: vec![StepReward::default()] }
    }

    /// Adds where environment `index` is now, after a step of this reward. Not for the step that
    /// ended the episode: the environment is then already at the start of the next one.
    pub fn push(&mut self, env: &dyn VectorEnv, index: usize, reward: f32) {
        let last = self.rewards.last().copied().unwrap_or_default();
        self.poses.push(env.view(index).bodies().map_or_else(Vec::new, |bodies| bodies.poses));
        self.rewards.push(last.then(reward));
    }

    /// A page that plays the recording in any browser, without a network. Its frames are in single
    /// precision: 28 bytes a link.
    pub fn page(&self) -> String {
        let scene = Scene {
            stage: html! { canvas #view tabindex="0" aria-label=(self.caption.title) {} },
            readings: &["step", "time", "reward", "return"],
            speeds: &["0.25", "0.5", "1", "2", "4"],
            controls: html! { label { input #follow type="checkbox" checked; "follow" } },
            dt: self.dt,
            recording: self.data(),
            style: STYLE,
            scripts: &[THREE, SCENE],
            notice: "",
        };
        page(&self.caption, &self.rewards, &scene)
    }

    /// What the scene reads: `poses` is frames × links × (x, y, z, w, x, y, z), base64 of
    /// little-endian `f32`.
    fn data(&self) -> Value {
        let numbers = |pose: &Pose| pose.position.into_iter().chain(pose.rotation);
        let poses = self.poses.iter().flatten().flat_map(numbers);
        let shapes = self.shapes.iter().map(|shape| {
            json!({
                "kind": match shape.kind {
                    ShapeKind::Sphere => "sphere",
                    ShapeKind::Capsule => "capsule",
                    ShapeKind::Cylinder => "cylinder",
                    ShapeKind::Box => "box",
                    ShapeKind::Ellipsoid => "ellipsoid",
                },
                "link": shape.link,
                "position": shape.position,
                "rotation": shape.rotation,
                "size": shape.size,
            })
        });
        json!({
            "links": self.poses.first().map_or(0, Vec::len),
            "shapes": shapes.collect::<Vec<_>>(),
            "poses": encoded(poses.map(|x| x as f32)),
        })
    }
}
