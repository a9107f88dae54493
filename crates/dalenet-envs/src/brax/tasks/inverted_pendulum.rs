// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! A pole on a cart. After `brax/envs/inverted_pendulum.py`.

use super::{Effort, Outcome, Real, State, add_uniform, concatenate, is_outside};
use dalenet::Generator;

pub(super) fn start(q: &mut [f64], qd: &mut [f64], generator: &mut Generator) {
    add_uniform(q, 0.01, generator);
    add_uniform(qd, 0.01, generator);
}

#[inline(always)]
pub(super) fn judge<R: Real>(state: &State<R>, _: &Effort<'_, R>) -> Outcome<R> {
    Outcome { reward: R::one(), over: is_outside(state.q[1], -0.2, 0.2) }
}

#[inline(always)]
pub(super) fn observe<R: Real>(state: &State<R>, out: &mut [R]) {
    concatenate(&state.q, &state.qd, out);
}
