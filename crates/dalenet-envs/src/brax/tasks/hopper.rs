// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! One leg in a plane. After `brax/envs/hopper.py`.

use super::{
    Effort, Outcome, Real, State, add_uniform, is_between, observe_runner, sum_of_squares,
};
use dalenet::Generator;

pub(super) fn start(q: &mut [f64], qd: &mut [f64], generator: &mut Generator) {
    add_uniform(q, 5e-3, generator);
    add_uniform(qd, 5e-3, generator);
}

#[inline(always)]
pub(super) fn judge<R: Real>(state: &State<R>, effort: &Effort<'_, R>) -> Outcome<R> {
    let cost = R::splat(1e-3) * sum_of_squares(effort.actions);
    let mut well = is_between(state.x[0].pos.0[2], 0.7, f64::INFINITY);
    well = well * is_between(state.q[2], -0.2, 0.2);
    for &x in state.q[2..].iter().chain(&state.qd) {
        well = well * is_between(x, -100.0, 100.0);
    }
    Outcome { reward: effort.speed + R::one() - cost, over: R::one() - well }
}

#[inline(always)]
pub(super) fn observe<R: Real>(state: &State<R>, out: &mut [R]) {
    observe_runner(state, out);
}
