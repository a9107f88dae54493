//! Gymnasium's `CartPole-v1`: a pole on a cart that is pushed left or right. Source:
//! `gymnasium/envs/classic_control/cartpole.py`.

use crate::{
    Actions, Space, View,
    simulator::{Simulator, Spec},
    state_words::{Reader, Writer},
    view::{Bodies, Pose, Shape, ShapeKind},
};
use dalenet::Generator;

const GRAVITY: f64 = 9.8;
const POLE_MASS: f64 = 0.1;
const TOTAL_MASS: f64 = 1.1;
const HALF_LENGTH: f64 = 0.5;
const FORCE: f64 = 10.0;
const TIME_STEP: f64 = 0.02;
/// 12°.
const TILT_LIMIT: f64 = 12.0 * 2.0 * std::f64::consts::PI / 360.0;
/// Metres from the middle of the track.
const TRACK_LIMIT: f64 = 2.4;

/// The track and the cart's axis above the ground, in metres.
const HEIGHT: f64 = 0.5;
/// What is drawn: the cart, the pole on it, and the track as far as an episode goes.
static SHAPES: [Shape; 3] = [
    shape(ShapeKind::Box, Some(0), [0.0; 3], UPRIGHT, [0.2, 0.12, 0.08]),
    shape(ShapeKind::Capsule, Some(1), [0.0, 0.0, HALF_LENGTH], UPRIGHT, [0.03, HALF_LENGTH, 0.0]),
    shape(ShapeKind::Capsule, None, [0.0, 0.0, HEIGHT], ALONG_X, [0.02, TRACK_LIMIT, 0.0]),
];
const UPRIGHT: [f64; 4] = [1.0, 0.0, 0.0, 0.0];
const ALONG_X: [f64; 4] =
    [std::f64::consts::FRAC_1_SQRT_2, 0.0, std::f64::consts::FRAC_1_SQRT_2, 0.0];

const fn shape(
    kind: ShapeKind,
    link: Option<usize>,
    position: [f64; 3],
    rotation: [f64; 4],
    size: [f64; 3],
) -> Shape {
    Shape { kind, link, position, rotation, size, friction: None }
}

/// Sixteen carts: position, velocity, tilt and angular velocity in SI units.
#[derive(Default)]
pub(crate) struct CartPole([[f64; 4]; 16]);

/// Explicit Euler, as Gymnasium steps it.
fn push([x, v, tilt, spin]: [f64; 4], right: bool) -> [f64; 4] {
    let force = if right { FORCE } else { -FORCE };
    let (sin, cos) = tilt.sin_cos();
    let moment = POLE_MASS * HALF_LENGTH;
    let pushed = (force + moment * (spin * spin) * sin) / TOTAL_MASS;
    let inertia = HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * (cos * cos) / TOTAL_MASS);
    let turning = (GRAVITY * sin - cos * pushed) / inertia;
    let going = pushed - moment * turning * cos / TOTAL_MASS;
    [x + TIME_STEP * v, v + TIME_STEP * going, tilt + TIME_STEP * spin, spin + TIME_STEP * turning]
}

impl Simulator for CartPole {
    const LANES: usize = 16;

    fn spec(&self) -> Spec {
        let [x, tilt] = [2.0 * TRACK_LIMIT as f32, 2.0 * TILT_LIMIT as f32];
        let high = vec![x, f32::INFINITY, tilt, f32::INFINITY];
        let low = high.iter().map(|bound| -bound).collect();
        let spec = Spec::new(Space::Continuous { low, high }, Space::Discrete { n: 2 }, 500);
        Spec { step_seconds: Some(TIME_STEP), ..spec }
    }

    fn start(&mut self, lane: usize, generator: &mut Generator) {
        self.0[lane] = std::array::from_fn(|_| 0.1 * f64::from(generator.uniform()) - 0.05);
    }

    fn step(
        &mut self,
        actions: Actions<'_>,
        _: &mut [Generator],
        rewards: &mut [f32],
        terminated: &mut [bool],
    ) {
        let Actions::Discrete(actions) = actions else { return };
        for (lane, cart) in self.0.iter_mut().enumerate().take(actions.len()) {
            *cart = push(*cart, actions[lane] == 1);
            rewards[lane] += 1.0;
            terminated[lane] = cart[0].abs() > TRACK_LIMIT || cart[2].abs() > TILT_LIMIT;
        }
    }

    fn observe(&mut self, out: &mut [f32]) {
        for (out, &x) in out.iter_mut().zip(self.0.as_flattened()) {
            *out = x as f32;
        }
    }

    fn save(&self, lane: usize, out: &mut Writer) {
        self.0[lane].into_iter().for_each(|x| out.f64(x));
    }

    fn restore(&mut self, lane: usize, from: &mut Reader<'_>) {
        self.0[lane] = std::array::from_fn(|_| from.f64());
    }

    /// The cart and, turned by its tilt, the pole.
    fn view(&self, lane: usize) -> View<'_> {
        let [x, _, tilt, _] = self.0[lane];
        let (sin, cos) = (0.5 * tilt).sin_cos();
        let pose = |rotation| Pose { position: [x, 0.0, HEIGHT], rotation };
        let poses = vec![pose(UPRIGHT), pose([cos, 0.0, sin, 0.0])];
        View::Bodies(Bodies { shapes: &SHAPES, poses })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Oracle: Gymnasium itself; `scripts/cart_pole_fixture.py` wrote single steps of it.
    #[test]
    fn steps_are_gymnasiums() {
        type Step = ([f64; 4], u32, [f64; 4], bool);
        let text = include_str!("../tests/fixtures/cart_pole.json");
        let steps: Vec<Step> = serde_json::from_str(text).unwrap();
        for (before, action, after, over) in steps {
            let mut carts = CartPole::default();
            carts.0[3] = before;
            let (mut rewards, mut terminated) = ([0.0; 16], [false; 16]);
            let actions = [action; 16];
            carts.step(Actions::Discrete(&actions), &mut [], &mut rewards, &mut terminated);
            for (found, want) in carts.0[3].iter().zip(after) {
                assert!((found - want).abs() < 1e-14, "{found} {want}");
            }
            assert_eq!((rewards[3], terminated[3]), (1.0, over));
        }
    }

    /// Oracle: Gymnasium's drawing has the tip of a pole of tilt θ at x + l·sin θ, l·cos θ.
    #[test]
    fn the_pole_is_drawn_to_the_side_it_falls_to() {
        let mut carts = CartPole::default();
        carts.0[0] = [0.7, 0.0, 0.1, 0.0];
        let Some(bodies) = carts.view(0).bodies() else { panic!("no bodies") };
        let Pose { position, rotation: [w, _, y, _] } = bodies.poses[1];
        // (0, 0, l) turned by the quaternion w + y·j.
        let tip = [2.0 * w * y, w * w - y * y].map(|part| 2.0 * HALF_LENGTH * part);
        assert!((position[0] + tip[0] - (0.7 + 0.1_f64.sin())).abs() < 1e-12, "{tip:?}");
        assert!((tip[1] - 0.1_f64.cos()).abs() < 1e-12, "{tip:?}");
    }

    #[test]
    fn carts_start_near_the_middle() {
        let (mut carts, mut generator) = (CartPole::default(), Generator::new(0, 0));
        let mut square = 0.0;
        for _ in 0..1000 {
            carts.start(0, &mut generator);
            assert!(carts.0[0].iter().all(|x| x.abs() <= 0.05));
            square += carts.0[0].iter().map(|x| x * x).sum::<f64>() / 4000.0;
        }
        assert!((square / (0.05 * 0.05 / 3.0) - 1.0).abs() < 0.1); // U(−0.05, 0.05)
    }
}
