//! Oracle: the same operations on single numbers.

use super::*;

#[cfg(target_arch = "x86_64")]
use super::super::scalar::Scalar;

/// The same operation on single numbers.
type Single = fn(f64, f64, f64) -> f64;

/// Oracle: the same operation in double precision, lane by lane.
fn operations_are_those_of_single_numbers<R: Real>() {
    let values = [-3.0, -1e-9, 0.0, 0.25, 1.5, 2e8, f64::NAN, -0.7];
    let fill = |shift: usize| {
        let mut x = R::zero();
        (0..R::LANES).for_each(|l| x.set_lane(l, values[(l + shift) % values.len()]));
        x
    };
    for shift in 0..values.len() {
        let (x, y, z) = (fill(0), fill(shift), fill(3));
        let cases: [(&str, R, Single); 15] = [
            ("+", x + y, |x, y, _| x + y),
            ("-", x - y, |x, y, _| x - y),
            ("*", x * y, |x, y, _| x * y),
            ("/", x / y, |x, y, _| x / y),
            ("neg", -x, |x, _, _| -x),
            ("fma", x.mul_add(y, z), |x, y, z| x * y + z),
            ("sqrt", x.sqrt(), |x, _, _| x.sqrt()),
            ("abs", x.abs(), |x, _, _| x.abs()),
            ("min", x.min(y), |x, y, _| if y < x { y } else { x }),
            ("max", x.max(y), |x, y, _| if y > x { y } else { x }),
            ("less", x.if_less(y, z, x), |x, y, z| if x < y { z } else { x }),
            ("signum", x.signum(), |x, _, _| match x {
                x if x > 0.0 => 1.0,
                x if x < 0.0 => -1.0,
                _ => 0.0,
            }),
            ("clamp", x.clamp(-R::one(), R::one()), |x, _, _| x.clamp(-1.0, 1.0)),
            ("atan2", x.atan2(y), |x, y, _| match (x, y) {
                (0.0, 0.0) => 0.0,
                _ => x.atan2(y),
            }),
            ("map", x.map(|x| 2.0 * x), |x, _, _| 2.0 * x),
        ];
        for (name, found, want) in cases {
            for lane in 0..R::LANES {
                let [a, b, c] = [x, y, z].map(|v| v.lane(lane));
                let (found, want) = (found.lane(lane), want(a, b, c));
                let close = (found - want).abs() <= 5e-7 * want.abs().max(1e-3);
                let same = found.is_nan() && want.is_nan() || found == want;
                assert!(close || same, "{name}({a}, {b}, {c}) = {found}, not {want}");
            }
        }
        let any = (0..R::LANES).any(|l| x.lane(l) < y.lane(l));
        assert_eq!(x.any_less(y), any);
    }
}

fn lanes_come_in_the_order_that_is_asked_for<R: Real>() {
    let x = R::from_lanes(|lane| 10.0 + lane as f64);
    let from = |lane: usize| (lane * 5 + 3) % R::LANES;
    let order = std::array::from_fn(|lane| from(lane) as i32);
    for lane in 0..R::LANES {
        assert_eq!(x.lane(lane), 10.0 + lane as f64);
        assert_eq!(x.permuted(&order).lane(lane), 10.0 + from(lane) as f64);
    }
}

fn angles_are_right_all_round<R: Real>() {
    for i in -1000..1000 {
        let angle = std::f64::consts::PI * f64::from(i) / 1000.0 + 1e-4;
        let (sin, cos) = angle.sin_cos();
        let found = R::splat(3.0 * sin).atan2(R::splat(3.0 * cos)).lane(R::LANES - 1);
        assert!((found - angle).abs() < 6e-7, "{found} {angle}");
    }
}

fn all_is_right<R: Real>() {
    operations_are_those_of_single_numbers::<R>();
    angles_are_right_all_round::<R>();
    lanes_come_in_the_order_that_is_asked_for::<R>();
}

#[test]
fn all_kinds_of_lanes() {
    all_is_right::<f64>();
    all_is_right::<Plain>();
    #[cfg(target_arch = "x86_64")]
    {
        if Scalar::available() {
            all_is_right::<Scalar>();
        }
        if Avx2::available() {
            all_is_right::<Avx2>();
        }
        if Avx512::available() {
            all_is_right::<Avx512>();
        }
    }
}
