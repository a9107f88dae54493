//! What joints do to links: torques and damping, and the pull back into place. After
//! `brax/positional/joints.py`.

use super::{
    Quat, Real, Symmetric, Transform, Vec3,
    kinematics::Directions,
    model::AxisKind,
    state::{JointFrame, Push, Wrench},
    system::{Joint, Link, Range, System},
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
    wrenches.fill(Wrench { torque: Vec3::zero(), force: Vec3::zero() });
    for (i, (link, at)) in system.links.iter().zip(joints).enumerate() {
        let Some(joint) = &link.joint else { continue };
        let mut force = at.motion.vel * -link.vel_damping;
        let mut torque = at.motion.ang * -link.ang_damping;
        for (axis, &tau) in joint.axes.iter().zip(&tau[link.dof..]) {
            match axis.kind {
                AxisKind::Slide => force = force.add_scaled(axis.direction, tau),
                AxisKind::Hinge => torque = torque.add_scaled(axis.direction, tau),
            }
        }
        let force = force.rotated(at.on_parent.rot);
        let torque = torque.rotated(at.on_parent.rot);
        wrenches[i].force += force;
        wrenches[i].torque += torque + (at.on_link - x_i[i].pos).cross(force);
        if let Some(parent) = link.parent {
            let arm = at.on_parent.pos - x_i[parent].pos;
            wrenches[parent].force -= force;
            wrenches[parent].torque -= torque + arm.cross(force);
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
    pushes.fill(Push { pos: Vec3::zero(), rot: Quat::zero() });
    let half = R::splat(0.5);
    let (scale, turn_scale) = (system.joint_scale_pos, system.joint_scale_ang);
    for (i, (link, at)) in system.links.iter().zip(joints).enumerate() {
        let Some(joint) = &link.joint else { continue };
        let shift = shift_needed(joint, at.frame.pos).rotated(at.on_parent.rot);
        let turn = turn_needed(joint, at.frame.rot).rotated(at.on_parent.rot);

        let (towards, distance) = (-shift).normalised();
        let (about, sine) = turn.normalised();
        let child = Side::new(link, x_i[i], inv_inertia[i], at.on_link);
        let mut give = (child.give_at(towards), child.give_about(about));
        let parent = link.parent.map(|p| {
            let body = &system.links[p];
            (p, Side::new(body, x_i[p], inv_inertia[p], at.on_parent.pos))
        });
        if let Some((_, parent)) = &parent {
            give.0 = parent.give_at(towards) + give.0;
            give.1 = parent.give_about(about) + give.1;
        }
        let tiny = R::splat(1e-6);
        let impulse = towards * -(distance / (give.0 + tiny));
        let twist = about * (sine / (give.1 + tiny));

        let (a, b) = (half * scale, half * turn_scale);
        pushes[i].pos = pushes[i].pos.add_scaled(impulse, link.inv_mass * scale);
        pushes[i].rot = pushes[i].rot + child.turn(impulse * a, twist * b);
        if let Some((p, parent)) = parent {
            pushes[p].pos = pushes[p].pos.add_scaled(impulse, -(parent.inv_mass * scale));
            pushes[p].rot = pushes[p].rot + parent.turn(impulse * -a, twist * -b);
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
    fn new(link: &Link<R>, com: Transform<R>, inv_inertia: Symmetric<R>, joint: Vec3<R>) -> Self {
        Self { inv_mass: link.inv_mass, inv_inertia, arm: joint - com.pos, rot: com.rot }
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
        if axis.kind == AxisKind::Slide {
            let at = axis.direction.dot(pos);
            let beyond = at - at.clamp(axis.low, axis.high);
            shift = shift.add_scaled(axis.direction, -beyond);
        }
    }
    shift
}

/// The turn back (axis times sine) for a link that is turned by `rot` in its joint: for each of
/// the three angles, from where its limits allow it to be to where it is.
#[inline(always)]
fn turn_needed<R: Real>(joint: &Joint<R>, rot: Quat<R>) -> Vec3<R> {
    let Directions { link: [_, y, z], nodes, projected, .. } = Directions::new(joint, rot);
    let [a, b, _] = joint.frame;
    let mut turn = -allowed(joint.angles[0], a, b, nodes).cross(nodes);
    turn -= match joint.angles[1] {
        Range::Locked => a.cross(projected),
        range => {
            let (normal, _) = projected.cross(a).normalised();
            let axis = normal * -a.dot(z).signum();
            allowed(range, axis, a, projected).cross(projected)
        }
    };
    turn - allowed(joint.angles[2], z, nodes, y).cross(y)
}

/// `from`, turned about `axis` towards `to` as far as the range allows.
#[inline(always)]
fn allowed<R: Real>(range: Range<R>, axis: Vec3<R>, from: Vec3<R>, to: Vec3<R>) -> Vec3<R> {
    if let Range::Locked = range {
        return from;
    }
    let (zero, one) = (R::zero(), R::one());
    let (sin, cos) = (from.cross(to).dot(axis), from.dot(to));
    // Cosine and sine of the angle, and of its limits, do without the angle itself.
    let radius = sin.mul_add(sin, cos * cos).sqrt();
    let inverse = zero.if_less(radius, one / radius, zero);
    let (mut c, mut s) = (zero.if_less(radius, cos * inverse, one), sin * inverse);
    if let Range::Within { low, high } = range {
        let over = sin.mul_add(high.cos, -(cos * high.sin)); // sin(angle − high)
        let over = if high.negative { over.max(sin) } else { over.min(sin) };
        let under = sin.mul_add(low.cos, -(cos * low.sin));
        let under = if low.negative { under.max(sin) } else { under.min(sin) };
        c = zero.if_less(over, high.cos, under.if_less(zero, low.cos, c));
        s = zero.if_less(over, high.sin, under.if_less(zero, low.sin, s));
    }
    let along = axis * (axis.dot(from) * (one - c));
    along.add_scaled(from, c).add_scaled(axis.cross(from), s)
}
