//! What there is to draw of an environment.

use dalenet_craftax::render::Game;
use serde::Deserialize;

/// What there is to draw of one environment: see [`crate::VectorEnv::view`].
pub enum View<'a> {
    /// No picture.
    Nothing,
    /// Rigid bodies: a task of Brax.
    Bodies(Bodies<'a>),
    /// A game of Craftax or Craftax-Classic.
    Game(&'a dyn Game),
}

impl<'a> View<'a> {
    /// The bodies, if it is a view of bodies.
    pub fn bodies(self) -> Option<Bodies<'a>> {
        match self {
            Self::Bodies(bodies) => Some(bodies),
            _ => None,
        }
    }

    /// The game, if it is a view of one.
    pub fn game(self) -> Option<&'a dyn Game> {
        match self {
            Self::Game(game) => Some(game),
            _ => None,
        }
    }
}

/// Bodies with their shapes and poses.
#[derive(Clone, Debug, PartialEq)]
pub struct Bodies<'a> {
    /// The shapes of all bodies; the same at every time.
    pub shapes: &'a [Shape],
    /// The current pose of each link, which [`Shape::link`] indexes.
    pub poses: Vec<Pose>,
}

/// Position and rotation of a link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Its origin in the world, in metres; the ground is z = 0.
    pub position: [f64; 3],
    /// Its rotation as a quaternion w, x, y, z.
    pub rotation: [f64; 4],
}

/// A piece of a body for pictures and contacts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Its form.
    pub kind: ShapeKind,
    /// The link it is fixed to; none for the world.
    pub link: Option<usize>,
    /// Its centre in the link's frame, in metres.
    pub position: [f64; 3],
    /// Its rotation in the link's frame: w, x, y, z.
    pub rotation: [f64; 4],
    /// MuJoCo's sizes in metres: radius of a sphere; radius and half length along z of a capsule
    /// or cylinder; half sides of a box.
    pub size: [f64; 3],
    /// Friction with the ground, if it can touch it.
    pub friction: Option<f64>,
}

/// The form of a [`Shape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum ShapeKind {
    Sphere,
    Capsule,
    Cylinder,
    Box,
    Ellipsoid,
}
