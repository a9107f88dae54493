//! A [`Model`] in the form that the physics reads: constants in every lane, indices resolved. Where
//! lanes are links ([`super::by_links`]), a [`Link`], its joint and its probe are those of several links.

use super::{
    Quat, Real, Transform, Vec3,
    condition::Condition,
    model::{AxisKind, Joint as JointModel, Link as LinkModel, Model},
    parent::Parent,
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
    pub parent: Parent<R>,
    /// 0 where that is the world.
    pub parent_inv_mass: R,
    /// From the parent's frame to where the joint holds it.
    pub anchor_on_parent: Transform<R>,
    pub anchor_on_parent_turned: Condition<R>,
    /// From the link's frame to where the joint holds it, and whether that is not the link's origin.
    pub anchor_on_link: Transform<R>,
    pub has_anchor_on_link: Condition<R>,
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
    /// False in lanes of free links.
    pub exists: Condition<R>,
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
    pub slides: Condition<R>,
    pub turns: Condition<R>,
    pub direction: Vec3<R>,
    /// Of a sliding axis.
    pub low: R,
    pub high: R,
}

/// What an angle may be.
pub struct Range<R> {
    /// Whether it may be anything but 0.
    pub moves: Condition<R>,
    /// Whether it has limits if it does.
    pub limited: Condition<R>,
    pub low: Angle<R>,
    pub high: Angle<R>,
}

/// An angle of at most half a turn either way.
pub struct Angle<R> {
    pub cos: R,
    pub sin: R,
    pub negative: Condition<R>,
}

/// A sphere or capsule that can touch the ground.
pub struct Probe<R> {
    pub link: usize,
    /// Its centre in the link's frame.
    pub centre: Vec3<R>,
    /// Whether it is a capsule, whose both caps can touch the ground.
    pub capsule: Condition<R>,
    /// A capsule's rotation in the link's frame and half length.
    pub rotation: Quat<R>,
    pub half_length: R,
    pub radius: R,
    pub friction: R,
}

impl<R: Real> System<R> {
    pub fn new(model: &Model) -> Self {
        let splat = R::splat;
        let (mut q, mut dof) = (0, 0);
        let mut links = Vec::with_capacity(model.links.len());
        for link in &model.links {
            let parent = link.parent.map(|parent| &model.links[parent]);
            links.push(Link::new(link, parent, q, dof));
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
    fn new(link: &LinkModel, parent: Option<&LinkModel>, q: usize, dof: usize) -> Self {
        let offset = transform(link.position, link.rotation);
        let on_link = transform(link.joint_position, link.joint_rotation);
        let turned = link.rotation != IDENTITY || link.joint_rotation != IDENTITY;
        let trivial = link.joint_position == [0.0; 3] && link.joint_rotation == IDENTITY;
        Self {
            parent: Parent::of_link(link.parent),
            parent_inv_mass: R::splat(parent.map_or(0.0, |parent| 1.0 / parent.mass)),
            anchor_on_parent: offset.then(on_link),
            anchor_on_parent_turned: Condition::all(turned),
            anchor_on_link: on_link,
            has_anchor_on_link: Condition::all(!trivial),
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
    /// That of a lane whose link is free.
    pub fn free() -> Self {
        let unit = |i: usize| [0, 1, 2].map(|j| if i == j { 1.0 } else { 0.0 });
        Self {
            exists: Condition::Never,
            frame: [0, 1, 2].map(|i| Vec3::splat(unit(i))),
            parity: R::one(),
            fixed: Vec3::zero(),
            axes: Vec::new(),
            angles: [(); 3].map(|()| Range::locked()),
        }
    }

    fn new(joint: &JointModel) -> Option<Self> {
        let JointModel::Axes { frame, parity, axes } = joint else { return None };
        let mut fixed = [1.0; 3];
        let mut angles = [(); 3].map(|()| Range::locked());
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
            slides: Condition::all(axis.kind == AxisKind::Slide),
            turns: Condition::all(axis.kind == AxisKind::Hinge),
            direction: Vec3::splat(axis.axis),
            low: R::splat(axis.limit[0].unwrap_or(f64::NEG_INFINITY)),
            high: R::splat(axis.limit[1].unwrap_or(f64::INFINITY)),
        });
        Some(Self {
            exists: Condition::Always,
            frame: frame.map(Vec3::splat),
            parity: R::splat(*parity),
            fixed: Vec3::splat(fixed),
            axes: axes.collect(),
            angles,
        })
    }
}

impl<R: Real> Axis<R> {
    /// That of a lane whose joint has fewer.
    pub fn none() -> Self {
        let (slides, turns) = (Condition::Never, Condition::Never);
        Self { slides, turns, direction: Vec3::zero(), low: R::zero(), high: R::zero() }
    }
}

impl<R: Real> Range<R> {
    /// 0 only.
    pub fn locked() -> Self {
        let (low, high) = (Angle::new(0.0), Angle::new(0.0));
        Self { moves: Condition::Never, limited: Condition::Never, low, high }
    }

    /// # Panics
    /// If only one side is limited, or one beyond half a turn. No task of Brax is so.
    fn new(limit: [Option<f64>; 2]) -> Self {
        let (limits, limited) = match limit {
            [None, None] => ([0.0; 2], Condition::Never),
            [Some(low), Some(high)] => ([low, high], Condition::Always),
            _ => panic!("a limit on one side"),
        };
        let [low, high] = limits.map(Angle::new);
        Self { moves: Condition::Always, limited, low, high }
    }
}

impl<R: Real> Angle<R> {
    /// # Panics
    /// If it is beyond half a turn.
    fn new(x: f64) -> Self {
        assert!(x.abs() < PI, "a limit beyond half a turn");
        let (cos, sin) = (R::splat(x.cos()), R::splat(x.sin()));
        Self { cos, sin, negative: Condition::all(x < 0.0) }
    }
}

impl<R: Real> Probe<R> {
    /// That of a lane whose link has fewer: so small that it never touches the ground.
    pub fn none() -> Self {
        Self {
            link: 0,
            centre: Vec3::zero(),
            capsule: Condition::Never,
            rotation: Quat::identity(),
            half_length: R::zero(),
            radius: R::splat(-1e10),
            friction: R::zero(),
        }
    }
}

fn probes<R: Real>(model: &Model) -> Vec<Probe<R>> {
    let probe = |shape: &Shape| {
        let is_capsule = shape.kind == ShapeKind::Capsule;
        Some(Probe {
            link: shape.link?,
            centre: Vec3::splat(shape.position),
            capsule: Condition::all(is_capsule),
            rotation: Quat::splat(shape.rotation),
            half_length: R::splat(if is_capsule { shape.size[1] } else { 0.0 }),
            radius: R::splat(shape.size[0]),
            friction: R::splat(shape.friction?),
        })
    };
    model.shapes.iter().filter_map(probe).collect()
}
