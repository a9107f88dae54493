// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! Four legs. After `brax/envs/ant.py`.

use super::{
    Effort, Outcome, Real, State, add_normal, add_uniform, concatenate, is_outside, sum_of_squares,
};
use dalenet::Generator;

pub(super) fn start(q: &mut [f64], qd: &mut [f64], generator: &mut Generator) {
    add_uniform(q, 0.1, generator);
    add_normal(qd, 0.1, generator);
}

#[inline(always)]
pub(super) fn judge<R: Real>(state: &State<R>, effort: &Effort<'_, R>) -> Outcome<R> {
    let cost = R::splat(0.5) * sum_of_squares(effort.actions);
    // The reward for being well is paid on the last step too.
    Outcome {
        reward: effort.speed + R::one() - cost,
        over: is_outside(state.x[0].pos.0[2], 0.2, 1.0),
    }
}

#[inline(always)]
pub(super) fn observe<R: Real>(state: &State<R>, out: &mut [R]) {
    concatenate(&state.q[2..], &state.qd, out);
}
