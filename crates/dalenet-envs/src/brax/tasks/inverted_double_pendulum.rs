// Ported from Brax 0.14.2: Copyright 2026 The Brax Authors, Apache-2.0, see NOTICE.

//! Two poles, one upon the other, on a cart. After `brax/envs/inverted_double_pendulum.py`.

use super::{Effort, Outcome, Real, State, Vec3, add_normal, add_uniform};
use dalenet::Generator;

pub(super) fn start(q: &mut [f64], qd: &mut [f64], generator: &mut Generator) {
    add_uniform(q, 0.01, generator);
    add_normal(qd, 0.01, generator);
}

#[inline(always)]
pub(super) fn judge<R: Real>(state: &State<R>, _: &Effort<'_, R>) -> Outcome<R> {
    let [x, _, y] = state.x[2].apply(Vec3::splat([0.0, 0.0, 0.6])).0;
    let (u, w) = (state.qd[1], state.qd[2]);
    let below = y - R::splat(2.0);
    let distance = R::splat(0.01) * x * x + below * below;
    let velocity = R::splat(1e-3) * u * u + R::splat(5e-3) * w * w;
    let well = R::one().if_less(y, R::one(), R::zero());
    let reward = well * R::splat(10.0) - distance - velocity;
    Outcome { reward, over: R::one() - well }
}

#[inline(always)]
pub(super) fn observe<R: Real>(state: &State<R>, out: &mut [R]) {
    let ten = R::splat(10.0);
    out[0] = state.q[0];
    for i in 0..2 {
        out[1 + i] = state.q[1 + i].map(f64::sin);
        out[3 + i] = state.q[1 + i].map(f64::cos);
    }
    for (out, velocity) in out[5..].iter_mut().zip(&state.qd) {
        *out = velocity.clamp(-ten, ten);
    }
}
