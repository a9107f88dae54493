// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! Velocities and places in time. After `brax/positional/integrator.py`.

use super::{
    Motion, Real, Vec3,
    kinematics::inverse_inertia,
    state::{Scratch, State},
    system::System,
};

/// Semi-implicit Euler: velocities by `scratch.wrenches` and gravity, then places by velocities.
#[inline(always)]
pub(super) fn accelerate<R: Real>(
    system: &System<R>,
    state: &mut State<R>,
    scratch: &mut Scratch<R>,
) {
    let dt = system.time_step;
    for (i, link) in system.links.iter().enumerate() {
        let (wrench, inv_inertia) = (scratch.wrenches[i], scratch.inv_inertia[i]);
        let (com, motion) = (&mut state.x_i[i], &mut state.xd_i[i]);
        let linear = system.gravity.add_scaled(wrench.force, link.inv_mass);
        motion.vel = motion.vel.add_scaled(linear, dt) * system.vel_decay;
        motion.ang = motion.ang.add_scaled(inv_inertia * wrench.torque, dt) * system.ang_decay;

        com.pos = com.pos.add_scaled(motion.vel, dt);
        let turned = com.rot.pushed(motion.ang * (R::splat(0.5) * dt));
        com.rot = (com.rot + turned).normalised();
    }
}

/// Velocities from where the links were before the step and are now.
#[inline(always)]
pub(super) fn velocities_from_places<R: Real>(
    system: &System<R>,
    state: &mut State<R>,
    scratch: &mut Scratch<R>,
) {
    let per_second = R::one() / system.time_step;
    for (i, motion) in state.xd_i.iter_mut().enumerate() {
        scratch.velocity_before[i] = *motion;
        let (now, before) = (state.x_i[i], scratch.before[i]);
        let [w, x, y, z] = (now.rot * before.rot.conjugate()).0;
        let twice = R::splat(2.0) * per_second;
        // The shorter way round.
        let scale = w.if_less(R::zero(), -twice, twice);
        *motion = Motion {
            vel: (now.pos - before.pos) * per_second,
            ang: Vec3([x * scale, y * scale, z * scale]),
        };
    }
}

/// Inverse inertias of the links as they are turned now.
#[inline(always)]
pub(super) fn refresh_inertia<R: Real>(
    system: &System<R>,
    state: &State<R>,
    scratch: &mut Scratch<R>,
) {
    for (i, link) in system.links.iter().enumerate() {
        scratch.inv_inertia[i] = inverse_inertia(link, state.x[i].rot);
    }
}
