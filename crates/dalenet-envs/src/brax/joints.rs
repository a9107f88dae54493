//! What joints do to links: torques and damping, and the pull back into place. After
//! `brax/positional/joints.py`.

use super::{
    Quat, Real, Symmetric, Transform, Vec3,
    condition::choose,
    kinematics::Directions,
    state::{JointFrame, Push, Wrench},
    system::{Axis, Joint, Link, Range, System},
};

/// The wrench of motors (`tau`, one a velocity) and joint damping on every link's centre of mass.
#[inline(always)]
pub(super) fn joint_forces<R: Real>(
    system: &System<R>,
    joints: &[JointFrame<R>],
    x_i: &[Transform<R>],
    tau: &[R],
    wrenches: &mut [Wrench<R>],
) {
    let none = Wrench { torque: Vec3::zero(), force: Vec3::zero() };
    for (i, (link, at)) in system.links.iter().zip(joints).enumerate() {
        wrenches[i] = none;
        let Some(joint) = &link.joint else { continue };
        let mut force = at.motion.vel * -link.vel_damping;
        let mut torque = at.motion.ang * -link.ang_damping;
        for (axis, &tau) in joint.axes.iter().zip(&tau[link.dof..]) {
            force = choose!(axis.slides, force.add_scaled(axis.direction, tau), force);
            torque = choose!(axis.turns, torque.add_scaled(axis.direction, tau), torque);
        }
        let force = force.rotated(at.on_parent.rot);
        let torque = torque.rotated(at.on_parent.rot);
        let arm = at.on_link - x_i[i].pos;
        let own =
            Wrench { torque: none.torque + (torque + arm.cross(force)), force: none.force + force };
        wrenches[i] = choose!(joint.exists, own, none);
        if let Some(parent) = link.parent.value(x_i, Transform::identity()) {
            let arm = at.on_parent.pos - parent.pos;
            let action = Wrench { torque: torque + arm.cross(force), force };
            link.parent.act(
                action,
                wrenches,
                #[inline(always)]
                |_, on, by| Wrench { torque: on.torque - by.torque, force: on.force - by.force },
            );
        }
    }
}

/// How far every link has to be pushed for its joints to hold and to keep within their limits.
#[inline(always)]
pub(super) fn joint_pushes<R: Real>(
    system: &System<R>,
    joints: &[JointFrame<R>],
    x_i: &[Transform<R>],
    inv_inertia: &[Symmetric<R>],
    pushes: &mut [Push<R>],
) {
    let none = Push { pos: Vec3::zero(), rot: Quat::zero() };
    let half = R::splat(0.5);
    let (scale, turn_scale) = (system.joint_scale_pos, system.joint_scale_ang);
    for (i, (link, at)) in system.links.iter().zip(joints).enumerate() {
        pushes[i] = none;
        let Some(joint) = &link.joint else { continue };
        let shift = shift_needed(joint, at.frame.pos).rotated(at.on_parent.rot);
        let turn = turn_needed(joint, at.frame.rot).rotated(at.on_parent.rot);

        let (towards, distance) = (-shift).normalised();
        let (about, sine) = turn.normalised();
        let child = Side::new(link.inv_mass, x_i[i], inv_inertia[i], at.on_link);
        let mut give = (child.give_at(towards), child.give_about(about));
        let parent = Side::of_parent(link, x_i, inv_inertia, at.on_parent.pos);
        if let Some(parent) = &parent {
            give.0 = parent.give_at(towards) + give.0;
            give.1 = parent.give_about(about) + give.1;
        }
        let tiny = R::splat(1e-6);
        let impulse = towards * -(distance / (give.0 + tiny));
        let twist = about * (sine / (give.1 + tiny));

        let (a, b) = (half * scale, half * turn_scale);
        let own = Push {
            pos: none.pos.add_scaled(impulse, link.inv_mass * scale),
            rot: none.rot + child.turn(impulse * a, twist * b),
        };
        pushes[i] = choose!(joint.exists, own, none);
        if let Some(parent) = parent {
            let action = Push { pos: impulse, rot: parent.turn(impulse * -a, twist * -b) };
            link.parent.act(
                action,
                pushes,
                #[inline(always)]
                |i, on, by| Push {
                    pos: on.pos.add_scaled(by.pos, -(system.links[i].inv_mass * scale)),
                    rot: on.rot + by.rot,
                },
            );
        }
    }
}

/// One of the two bodies that a joint holds together.
struct Side<R> {
    inv_mass: R,
    inv_inertia: Symmetric<R>,
    /// From the centre of mass to the joint.
    arm: Vec3<R>,
    rot: Quat<R>,
}

impl<R: Real> Side<R> {
    #[inline(always)]
    fn new(inv_mass: R, com: Transform<R>, inv_inertia: Symmetric<R>, joint: Vec3<R>) -> Self {
        Self { inv_mass, inv_inertia, arm: joint - com.pos, rot: com.rot }
    }

    /// The parent of a link, if it has one. The world gives way to nothing.
    #[inline(always)]
    fn of_parent(
        link: &Link<R>,
        x_i: &[Transform<R>],
        inv_inertia: &[Symmetric<R>],
        joint: Vec3<R>,
    ) -> Option<Self> {
        let com = link.parent.value(x_i, Transform::identity())?;
        let inv_inertia = link.parent.value(inv_inertia, Symmetric::zero())?;
        Some(Self::new(link.parent_inv_mass, com, inv_inertia, joint))
    }

    /// How much the joint's place gives way to a unit impulse.
    #[inline(always)]
    fn give_at(&self, direction: Vec3<R>) -> R {
        let lever = self.arm.cross(direction);
        self.inv_mass + lever.dot(self.inv_inertia * lever)
    }

    /// How much the body gives way to a unit twist.
    #[inline(always)]
    fn give_about(&self, direction: Vec3<R>) -> R {
        direction.dot(self.inv_inertia * direction)
    }

    /// What to add to the quaternion for an impulse at the joint and a twist.
    #[inline(always)]
    fn turn(&self, impulse: Vec3<R>, twist: Vec3<R>) -> Quat<R> {
        self.rot.pushed(self.inv_inertia * (self.arm.cross(impulse) + twist))
    }
}

/// The way back for a link that stands at `pos` in its joint.
#[inline(always)]
fn shift_needed<R: Real>(joint: &Joint<R>, pos: Vec3<R>) -> Vec3<R> {
    let ([x, y, z], [fx, fy, fz]) = (pos.0, joint.fixed.0);
    let mut shift = -Vec3([x * fx, y * fy, z * fz]);
    for axis in &joint.axes {
        shift = choose!(axis.slides, slid(axis, pos, shift), shift);
    }
    shift
}

/// `shift` and the way back along an axis whose limits are exceeded.
#[inline(always)]
fn slid<R: Real>(axis: &Axis<R>, pos: Vec3<R>, shift: Vec3<R>) -> Vec3<R> {
    let at = axis.direction.dot(pos);
    let beyond = at - at.clamp(axis.low, axis.high);
    shift.add_scaled(axis.direction, -beyond)
}

/// The turn back (axis times sine) for a link that is turned by `rot` in its joint: for each of
/// the three angles, from where its limits allow it to be to where it is.
#[inline(always)]
fn turn_needed<R: Real>(joint: &Joint<R>, rot: Quat<R>) -> Vec3<R> {
    let Directions { link: [_, y, z], nodes, projected, .. } = Directions::new(joint, rot);
    let [a, b, _] = joint.frame;
    let mut turn = -allowed(&joint.angles[0], a, b, nodes).cross(nodes);
    let tilt = &joint.angles[1];
    turn -= choose!(tilt.moves, tilted(tilt, a, z, projected), a.cross(projected));
    turn - allowed(&joint.angles[2], z, nodes, y).cross(y)
}

/// The turn back of the second angle.
#[inline(always)]
fn tilted<R: Real>(range: &Range<R>, a: Vec3<R>, z: Vec3<R>, projected: Vec3<R>) -> Vec3<R> {
    let (normal, _) = projected.cross(a).normalised();
    let axis = normal * -a.dot(z).signum();
    allowed(range, axis, a, projected).cross(projected)
}

/// `from`, turned about `axis` towards `to` as far as the range allows.
#[inline(always)]
fn allowed<R: Real>(range: &Range<R>, axis: Vec3<R>, from: Vec3<R>, to: Vec3<R>) -> Vec3<R> {
    choose!(range.moves, range.nearest(axis, from, to), from)
}

impl<R: Real> Range<R> {
    /// `from`, turned about `axis` by the allowed angle that is nearest to that of `to`; by its cosine and
    /// sine, without the angle itself.
    #[inline(always)]
    fn nearest(&self, axis: Vec3<R>, from: Vec3<R>, to: Vec3<R>) -> Vec3<R> {
        let (zero, one) = (R::zero(), R::one());
        let (sin, cos) = (from.cross(to).dot(axis), from.dot(to));
        let radius = sin.mul_add(sin, cos * cos).sqrt();
        let inverse = zero.if_less(radius, one / radius, zero);
        let angle = (zero.if_less(radius, cos * inverse, one), sin * inverse);
        let (c, s) = choose!(self.limited, self.limit(cos, sin, angle), angle);
        let along = axis * (axis.dot(from) * (one - c));
        along.add_scaled(from, c).add_scaled(axis.cross(from), s)
    }

    /// Cosine and sine of the limit that the direction (`cos`, `sin`), of any length, is beyond;
    /// `within` if it is beyond none.
    #[inline(always)]
    fn limit(&self, cos: R, sin: R, within: (R, R)) -> (R, R) {
        let (zero, (c, s), Self { low, high, .. }) = (R::zero(), within, self);
        let over = sin.mul_add(high.cos, -(cos * high.sin)); // sin(angle − high)
        let over = choose!(high.negative, over.max(sin), over.min(sin));
        let under = sin.mul_add(low.cos, -(cos * low.sin));
        let under = choose!(low.negative, under.max(sin), under.min(sin));
        (
            zero.if_less(over, high.cos, under.if_less(zero, low.cos, c)),
            zero.if_less(over, high.sin, under.if_less(zero, low.sin, s)),
        )
    }
}
