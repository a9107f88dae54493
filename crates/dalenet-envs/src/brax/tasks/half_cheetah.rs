// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! Half a running cat in a plane. After `brax/envs/half_cheetah.py`.

use super::{Effort, Outcome, Real, State, add_normal, add_uniform, concatenate, sum_of_squares};
use dalenet::Generator;

pub(super) fn start(q: &mut [f64], qd: &mut [f64], generator: &mut Generator) {
    add_uniform(q, 0.1, generator);
    add_normal(qd, 0.1, generator);
}

#[inline(always)]
pub(super) fn judge<R: Real>(_: &State<R>, effort: &Effort<'_, R>) -> Outcome<R> {
    let cost = R::splat(0.1) * sum_of_squares(effort.actions);
    Outcome { reward: effort.speed - cost, over: R::zero() }
}

#[inline(always)]
pub(super) fn observe<R: Real>(state: &State<R>, out: &mut [R]) {
    concatenate(&state.q[1..], &state.qd, out);
}
