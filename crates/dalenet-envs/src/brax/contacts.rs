// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! Contacts with the ground, the plane z = 0. After `brax/contact.py`,
//! `brax/positional/collisions.py` and MJX's plane-sphere and plane-capsule.
//!
//! Brax's normal points down, from the link into the world; here it is written out, so that
//! `lever` stands for `arm × normal`.

use super::{
    Real, Symmetric, Transform, Vec3,
    condition::{Condition, choose},
    kinematics::inverse_inertia,
    state::{Contact, Scratch, State},
    system::{Probe, System},
};

/// Fills `scratch.contacts` with all that could touch, and counts what does.
#[inline(always)]
pub(super) fn find_contacts<R: Real>(
    system: &System<R>,
    state: &State<R>,
    scratch: &mut Scratch<R>,
) {
    scratch.contacts.clear();
    scratch.touches.fill(R::zero());
    scratch.touched.fill(false);
    for probe in &system.probes {
        let x = state.x[probe.link];
        let centre = x.apply(probe.centre);
        if let Condition::Never = probe.capsule {
            touch(probe, centre, scratch);
            continue;
        }
        let half = probe.half_axis(x);
        touch(probe, choose!(probe.capsule, centre + half, centre), scratch);
        // A sphere has no second point.
        let aloft = Vec3([centre.0[0], centre.0[1], R::splat(1e10)]);
        touch(probe, choose!(probe.capsule, centre - half, aloft), scratch);
    }
}

impl<R: Real> Probe<R> {
    /// From a capsule's centre to the middle of its upper end.
    #[inline(always)]
    fn half_axis(&self, x: Transform<R>) -> Vec3<R> {
        let rot = x.rot * self.rotation;
        let [_, _, axis] = rot.columns();
        let [a, b, c, d] = rot.0;
        // `columns` stretches by |q|²; MJX's matrix does not.
        let square = a.mul_add(a, b.mul_add(b, c.mul_add(c, d * d)));
        axis * (self.half_length / square)
    }
}

#[inline(always)]
fn touch<R: Real>(probe: &Probe<R>, centre: Vec3<R>, scratch: &mut Scratch<R>) {
    let [x, y, z] = centre.0;
    let distance = z - probe.radius;
    let pos = Vec3([x, y, z - (probe.radius + R::splat(0.5) * distance)]);
    let (link, friction, normal) = (probe.link, probe.friction, R::zero());
    if distance.any_less(R::zero()) {
        scratch.touches[link] += distance.if_less(R::zero(), R::one(), R::zero());
        scratch.touched[link] = true;
        scratch.contacts.push(Contact { link, pos, distance, friction, normal });
    }
}

/// Pushes links out of the ground and, while they stick to it, back to where they touched it.
#[inline(always)]
pub(super) fn push_out<R: Real>(
    system: &System<R>,
    state: &mut State<R>,
    scratch: &mut Scratch<R>,
) {
    let Scratch { contacts, pushes, inv_inertia, before, touched, .. } = scratch;
    for (i, link) in system.links.iter().enumerate() {
        if touched[i] {
            inv_inertia[i] = inverse_inertia(link, state.x[i].rot);
            pushes[i].pos = Vec3::zero();
            pushes[i].rot = super::Quat::zero();
        }
    }
    for contact in contacts.iter_mut() {
        let i = contact.link;
        let (com, inv_mass) = (state.x_i[i], system.links[i].inv_mass);
        let (push, stick) = impulses(contact, com, before[i], inv_mass, inv_inertia[i]);
        contact.normal = push.size;
        let along = push.along + stick.along;
        pushes[i].pos = pushes[i].pos.add_scaled(along, -(inv_mass * system.collide_scale));
        // Brax leaves out the factor ½ of a quaternion's derivative in one of the two.
        let turn = push.turn + stick.turn * R::splat(0.5);
        let turn = inv_inertia[i] * (turn * -system.collide_scale);
        pushes[i].rot = pushes[i].rot + com.rot.pushed(turn);
    }
    for (i, com) in state.x_i.iter_mut().enumerate() {
        if touched[i] {
            com.pos += pushes[i].pos;
            com.rot = com.rot + pushes[i].rot;
        }
        com.rot = com.rot.normalised();
    }
}

/// What a link does to the ground at one point; 0 in the lanes that do not touch.
struct Impulse<R> {
    along: Vec3<R>,
    size: R,
    turn: Vec3<R>,
}

/// The impulses of one contact that push the link out, and that keep it from sliding.
#[inline(always)]
fn impulses<R: Real>(
    contact: &Contact<R>,
    com: Transform<R>,
    before: Transform<R>,
    inv_mass: R,
    inv_inertia: Symmetric<R>,
) -> (Impulse<R>, Impulse<R>) {
    let (zero, half) = (R::zero(), R::splat(0.5));
    let depth = -contact.distance;
    let touching = zero.if_less(depth, R::one(), zero);

    // Out of the ground, at the link's own surface.
    let arm = contact.pos - com.pos;
    let [x, y, z] = arm.0;
    let surface = Vec3([x, y, half.mul_add(contact.distance, z)]);
    let lever = Vec3([-y, x, zero]);
    let give = inv_mass + lever.dot(inv_inertia * lever);
    let most = depth / (give + R::splat(1e-6));
    let size = most * touching;
    let along = Vec3([zero, zero, -size]);
    let push = Impulse { along, size, turn: surface.cross(along) };

    // Back to where the touching point was before the step.
    let was = before.apply(arm.unrotated(com.rot)) - contact.pos;
    let slid = Vec3([was.0[0], was.0[1], zero]);
    let distance = slid.length();
    let towards = slid * (R::one() / (distance + R::splat(1e-6)));
    let lever = arm.cross(towards);
    let size = distance / (inv_mass + lever.dot(inv_inertia * lever));
    let size = size * size.if_less(most.abs(), touching, zero);
    let along = towards * -size;
    (push, Impulse { along, size, turn: arm.cross(along) })
}

/// Sliding friction, and no sinking: changes of velocity by contacts, averaged over a link's.
#[inline(always)]
pub(super) fn change_velocities<R: Real>(
    system: &System<R>,
    state: &mut State<R>,
    scratch: &mut Scratch<R>,
) {
    let Scratch { contacts, wrenches, inv_inertia, velocity_before, touched, touches, .. } =
        scratch;
    for (i, link) in system.links.iter().enumerate() {
        if touched[i] {
            inv_inertia[i] = inverse_inertia(link, state.x[i].rot);
            wrenches[i].force = Vec3::zero();
            wrenches[i].torque = Vec3::zero();
        }
    }
    for contact in contacts.iter() {
        let i = contact.link;
        let arm = contact.pos - state.x_i[i].pos;
        let velocity = state.xd_i[i].vel_at(arm);
        let rising = velocity_before[i].vel_at(arm).0[2];
        let inv_mass = system.links[i].inv_mass;
        let impulse =
            stop(contact, arm, velocity, rising, inv_mass, inv_inertia[i], system.time_step);
        wrenches[i].force -= impulse;
        wrenches[i].torque -= arm.cross(impulse);
    }
    for (i, motion) in state.xd_i.iter_mut().enumerate() {
        motion.vel = motion.vel * system.vel_decay;
        motion.ang = motion.ang * system.ang_decay;
        if touched[i] {
            // Brax adds 1e-8 to the number, but in single precision always: it is not there.
            let mean = R::one() / touches[i].max(R::one());
            motion.vel = motion.vel.add_scaled(wrenches[i].force, system.links[i].inv_mass * mean);
            motion.ang += inv_inertia[i] * (wrenches[i].torque * mean);
        }
    }
}

/// The impulse, as it acts on the ground, of one contact whose point moves at `velocity` and, before
/// the step's pushes, moved upwards at `rising`.
#[inline(always)]
fn stop<R: Real>(
    contact: &Contact<R>,
    arm: Vec3<R>,
    velocity: Vec3<R>,
    rising: R,
    inv_mass: R,
    inv_inertia: Symmetric<R>,
    time_step: R,
) -> Vec3<R> {
    let (zero, tiny) = (R::zero(), R::splat(1e-6));
    let [vx, vy, vz] = velocity.0;

    // Sliding friction, at most what stops the point.
    let (direction, speed) = Vec3([-vx, -vy, zero]).normalised();
    let most = contact.friction * contact.normal.abs() / time_step;
    let lever = arm.cross(direction);
    let give = inv_mass + lever.dot(inv_inertia * lever);
    let friction = direction * -(most.min(speed) / (give + tiny));

    // The normal velocity goes, without rebound, unless the point was on its way out.
    let [x, y, _] = arm.0;
    let size = Vec3([zero, zero, vz]).length();
    let unit = vz / (size + tiny);
    let lever = Vec3([y * unit, -(x * unit), zero]);
    let give = inv_mass + lever.dot(inv_inertia * lever);
    let normal = unit * size / (give + tiny);
    let normal = zero.if_less(rising, zero, normal);

    let touching = contact.distance.if_less(zero, R::one(), zero);
    (friction + Vec3([zero, zero, normal])) * touching
}
