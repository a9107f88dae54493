// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! An arm that reaches for a target in a plane. After `brax/envs/reacher.py`.

use super::{Effort, Outcome, Real, State, Vec3, add_uniform, sum_of_squares};
use dalenet::Generator;
use std::f64::consts::TAU;

/// From the forearm's origin to its tip, in metres.
const TIP: [f64; 3] = [0.11, 0.0, 0.0];

pub(super) fn start(q: &mut [f64], qd: &mut [f64], generator: &mut Generator) {
    add_uniform(q, 0.1, generator);
    add_uniform(qd, 0.005, generator);
    let distance = 0.2 * f64::from(generator.uniform());
    let (sin, cos) = (TAU * f64::from(generator.uniform())).sin_cos();
    q[2..].copy_from_slice(&[distance * cos, distance * sin]);
    qd[2..].fill(0.0);
}

#[inline(always)]
fn tip_to_target<R: Real>(state: &State<R>) -> Vec3<R> {
    state.x[1].apply(Vec3::splat(TIP)) - state.x[2].pos
}

#[inline(always)]
pub(super) fn judge<R: Real>(state: &State<R>, effort: &Effort<'_, R>) -> Outcome<R> {
    let reward = -tip_to_target(state).length() - sum_of_squares(effort.actions);
    Outcome { reward, over: R::zero() }
}

#[inline(always)]
pub(super) fn observe<R: Real>(state: &State<R>, out: &mut [R]) {
    for i in 0..2 {
        out[i] = state.q[i].map(f64::cos);
        out[2 + i] = state.q[i].map(f64::sin);
        out[4 + i] = state.q[2 + i];
    }
    // The tip's place in the forearm's frame, taken as if in the world's, as Brax does.
    out[6..8].copy_from_slice(&state.xd[1].vel_at(Vec3::splat(TIP)).0[..2]);
    out[8..].copy_from_slice(&tip_to_target(state).0);
}
