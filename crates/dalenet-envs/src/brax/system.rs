//! A [`Model`] in the form that the physics reads: constants in every lane, indices resolved.

use super::{
    Quat, Real, Transform, Vec3,
    model::{AxisKind, Joint as JointModel, Link as LinkModel, Model},
};
use crate::view::{Shape, ShapeKind};
use std::f64::consts::PI;

/// Everything about a mechanism that does not change.
pub struct System<R> {
    /// Seconds in a physics step.
    pub time_step: R,
    pub gravity: Vec3<R>,
    /// e^(damping·time_step).
    pub vel_decay: R,
    pub ang_decay: R,
    pub joint_scale_pos: R,
    pub joint_scale_ang: R,
    pub collide_scale: R,
    pub actuators: Vec<Actuator<R>>,
    pub links: Vec<Link<R>>,
    pub inv_total_mass: R,
    /// What can touch the ground.
    pub probes: Vec<Probe<R>>,
}

pub struct Actuator<R> {
    pub dof: usize,
    pub gear: R,
    pub low: R,
    pub high: R,
}

pub struct Link<R> {
    pub parent: Option<usize>,
    /// From the parent's frame to where the joint holds it.
    pub anchor_on_parent: Transform<R>,
    pub anchor_on_parent_turned: bool,
    /// From the link's frame to where the joint holds it; none where that is the link's origin.
    pub anchor_on_link: Option<Transform<R>>,
    /// The link's frame in the parent's, and the joint's place in the link's.
    pub offset: Transform<R>,
    pub joint_position: Vec3<R>,
    pub com: Vec3<R>,
    pub com_rot: Quat<R>,
    pub mass: R,
    pub inv_mass: R,
    pub inertia: Vec3<R>,
    pub inv_inertia: Vec3<R>,
    pub ang_damping: R,
    pub vel_damping: R,
    /// None for a free link.
    pub joint: Option<Joint<R>>,
    /// Where its positions and velocities begin.
    pub q: usize,
    pub dof: usize,
}

pub struct Joint<R> {
    /// Three orthogonal directions by which angles are measured.
    pub frame: [Vec3<R>; 3],
    pub parity: R,
    /// 1 along the frame's directions that cannot slide, 0 along those that can.
    pub fixed: Vec3<R>,
    pub axes: Vec<Axis<R>>,
    /// What the three angles may be; unused axes are locked.
    pub angles: [Range<R>; 3],
}

pub struct Axis<R> {
    pub kind: AxisKind,
    pub direction: Vec3<R>,
    /// Of a sliding axis.
    pub low: R,
    pub high: R,
}

/// What an angle may be.
#[derive(Clone, Copy)]
pub enum Range<R> {
    /// 0 only.
    Locked,
    Free,
    Within {
        low: Angle<R>,
        high: Angle<R>,
    },
}

/// An angle of at most half a turn either way.
#[derive(Clone, Copy)]
pub struct Angle<R> {
    pub cos: R,
    pub sin: R,
    pub negative: bool,
}

/// A sphere or capsule that can touch the ground.
pub struct Probe<R> {
    pub link: usize,
    /// Its centre in the link's frame.
    pub centre: Vec3<R>,
    /// A capsule's rotation in the link's frame and half length; both caps can touch the ground.
    pub capsule: Option<(Quat<R>, R)>,
    pub radius: R,
    pub friction: R,
}

impl<R: Real> System<R> {
    pub fn new(model: &Model) -> Self {
        let splat = R::splat;
        let (mut q, mut dof) = (0, 0);
        let mut links = Vec::with_capacity(model.links.len());
        for link in &model.links {
            links.push(Link::new(link, q, dof));
            let (positions, velocities) = match &link.joint {
                JointModel::Free {} => (7, 6),
                JointModel::Axes { axes, .. } => (axes.len(), axes.len()),
            };
            q += positions;
            dof += velocities;
        }
        let actuators = model.actuators.iter().map(|a| Actuator {
            dof: a.dof,
            gear: splat(a.gear),
            low: splat(a.range[0]),
            high: splat(a.range[1]),
        });
        Self {
            time_step: splat(model.time_step),
            gravity: Vec3::splat(model.gravity),
            vel_decay: splat((model.vel_damping * model.time_step).exp()),
            ang_decay: splat((model.ang_damping * model.time_step).exp()),
            joint_scale_pos: splat(model.joint_scale_pos),
            joint_scale_ang: splat(model.joint_scale_ang),
            collide_scale: splat(model.collide_scale),
            actuators: actuators.collect(),
            links,
            inv_total_mass: splat(1.0 / model.links.iter().map(|l| l.mass).sum::<f64>()),
            probes: probes(model),
        }
    }
}

impl<R: Real> Link<R> {
    fn new(link: &LinkModel, q: usize, dof: usize) -> Self {
        let offset = transform(link.position, link.rotation);
        let on_link = transform(link.joint_position, link.joint_rotation);
        let trivial = link.joint_position == [0.0; 3] && link.joint_rotation == IDENTITY;
        Self {
            parent: link.parent,
            anchor_on_parent: offset.then(on_link),
            anchor_on_parent_turned: link.rotation != IDENTITY || link.joint_rotation != IDENTITY,
            anchor_on_link: (!trivial).then_some(on_link),
            offset,
            joint_position: Vec3::splat(link.joint_position),
            com: Vec3::splat(link.com_position),
            com_rot: Quat::splat(link.com_rotation),
            mass: R::splat(link.mass),
            inv_mass: R::splat(1.0 / link.mass),
            inertia: Vec3::splat(link.inertia),
            inv_inertia: Vec3::splat(link.inertia.map(|i| 1.0 / i)),
            ang_damping: R::splat(link.ang_damping),
            vel_damping: R::splat(link.vel_damping),
            joint: Joint::new(&link.joint),
            q,
            dof,
        }
    }
}

const IDENTITY: [f64; 4] = [1.0, 0.0, 0.0, 0.0];

fn transform<R: Real>(position: [f64; 3], rotation: [f64; 4]) -> Transform<R> {
    Transform { pos: Vec3::splat(position), rot: Quat::splat(rotation) }
}

impl<R: Real> Joint<R> {
    fn new(joint: &JointModel) -> Option<Self> {
        let JointModel::Axes { frame, parity, axes } = joint else { return None };
        let mut fixed = [1.0; 3];
        let mut angles = [Range::Locked; 3];
        for (i, axis) in axes.iter().enumerate() {
            match axis.kind {
                AxisKind::Hinge => angles[i] = Range::new(axis.limit),
                AxisKind::Slide => {
                    for (fixed, component) in fixed.iter_mut().zip(axis.axis) {
                        if component != 0.0 {
                            *fixed = 0.0;
                        }
                    }
                }
            }
        }
        let axes = axes.iter().map(|axis| Axis {
            kind: axis.kind,
            direction: Vec3::splat(axis.axis),
            low: R::splat(axis.limit[0].unwrap_or(f64::NEG_INFINITY)),
            high: R::splat(axis.limit[1].unwrap_or(f64::INFINITY)),
        });
        Some(Self {
            frame: frame.map(Vec3::splat),
            parity: R::splat(*parity),
            fixed: Vec3::splat(fixed),
            axes: axes.collect(),
            angles,
        })
    }
}

impl<R: Real> Range<R> {
    /// # Panics
    /// If only one side is limited, or one beyond half a turn. No task of Brax is so.
    fn new(limit: [Option<f64>; 2]) -> Self {
        let angle = |x: f64| {
            assert!(x.abs() < PI, "a limit beyond half a turn");
            Angle { cos: R::splat(x.cos()), sin: R::splat(x.sin()), negative: x < 0.0 }
        };
        match limit {
            [None, None] => Self::Free,
            [Some(low), Some(high)] => Self::Within { low: angle(low), high: angle(high) },
            _ => panic!("a limit on one side"),
        }
    }
}

fn probes<R: Real>(model: &Model) -> Vec<Probe<R>> {
    let probe = |shape: &Shape| {
        let capsule = shape.kind == ShapeKind::Capsule;
        Some(Probe {
            link: shape.link?,
            centre: Vec3::splat(shape.position),
            capsule: capsule.then(|| (Quat::splat(shape.rotation), R::splat(shape.size[1]))),
            radius: R::splat(shape.size[0]),
            friction: R::splat(shape.friction?),
        })
    };
    model.shapes.iter().filter_map(probe).collect()
}
