// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! A person of 42 kg. After `brax/envs/humanoid.py`.

use super::{
    Effort, Outcome, Real, State, System, Vec3, add_uniform, concatenate, is_outside,
    sum_of_squares,
};
use crate::brax::vector::Symmetric;
use dalenet::Generator;

pub(super) fn start(q: &mut [f64], qd: &mut [f64], generator: &mut Generator) {
    add_uniform(q, 0.01, generator);
    add_uniform(qd, 0.01, generator);
}

#[inline(always)]
pub(super) fn judge<R: Real>(state: &State<R>, effort: &Effort<'_, R>) -> Outcome<R> {
    // The cost is that of the motors' controls, not of the actions.
    let cost = R::splat(0.1) * sum_of_squares(effort.ctrl);
    Outcome {
        reward: R::splat(1.25) * effort.speed + R::splat(5.0) - cost,
        over: is_outside(state.x[0].pos.0[2], 1.0, 2.0),
    }
}

/// Of all links together.
#[inline(always)]
pub(super) fn centre_of_mass<R: Real>(system: &System<R>, state: &State<R>) -> Vec3<R> {
    let mut moment = Vec3::zero();
    for (link, com) in system.links.iter().zip(&state.x_i) {
        moment = moment.add_scaled(com.pos, link.mass);
    }
    moment * system.inv_total_mass
}

/// Positions but x and y (22), velocities (23); for each of the 11 links its inertia about the
/// common centre of mass (9) and mass (1), then for each its share of momentum (3) and angular
/// velocity (3); the motors' torques (23).
#[inline(always)]
pub(super) fn observe<R: Real>(system: &System<R>, state: &State<R>, tau: &[R], out: &mut [R]) {
    let links = system.links.len();
    let (joints, rest) = out.split_at_mut(state.q.len() - 2 + state.qd.len());
    let (inertia, rest) = rest.split_at_mut(10 * links);
    let (velocity, torques) = rest.split_at_mut(6 * links);

    concatenate(&state.q[2..], &state.qd, joints);
    let centre = centre_of_mass(system, state);
    for (i, link) in system.links.iter().enumerate() {
        let com = state.x_i[i];
        let columns = (com.rot * link.com_rot).columns();
        let Symmetric([xx, xy, xz, yy, yz, zz]) = Symmetric::from_columns(columns, link.inertia);
        let arm = com.pos - centre;
        let [x, y, z] = arm.0;
        // Steiner: + m·(|arm|²·E − arm·armᵀ).
        let [mx, my, mz] = (arm * link.mass).0;
        let square = arm.dot(arm) * link.mass;
        let (xx, yy, zz) = (xx + square - mx * x, yy + square - my * y, zz + square - mz * z);
        let (xy, xz, yz) = (xy - mx * y, xz - mx * z, yz - my * z);
        let row = [xx, xy, xz, xy, yy, yz, xz, yz, zz, link.mass];
        inertia[10 * i..10 * i + 10].copy_from_slice(&row);

        let share = state.xd_i[i].vel * (link.mass * system.inv_total_mass);
        velocity[6 * i..6 * i + 3].copy_from_slice(&share.0);
        velocity[6 * i + 3..6 * i + 6].copy_from_slice(&state.xd_i[i].ang.0);
    }
    torques.copy_from_slice(tau);
}
