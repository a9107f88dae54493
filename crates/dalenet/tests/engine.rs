//! Oracle: plain loops in double precision beside every fast operation, on shapes that do not
//! fit the engine's tiles; and the same bits at any number of threads.

mod common;

use common::{bits, learner, signed, unsigned};
use dalenet::{
    Activation, Backprop, Dale, ErrorDiffusion, Generator, Matrix, Method, Modulo, Network,
    Optimiser,
    engine::{self, Moments, Step, TILE_ROWS, Weights},
    layer::Signs,
};

/// Batches, presynaptic and postsynaptic units (B, K, N) about the engine's tile sizes.
const SHAPES: [[usize; 3]; 15] = [
    [1, 1, 1],
    [1, 7, 5],
    [5, 1, 3],
    [3, 2, 1],
    [17, 33, 9],
    [16, 16, 16],
    [2, 255, 127],
    [3, 256, 128],
    [2, 257, 129],
    [1, 256, 1],
    [33, 5, 257],
    [2, 700, 3],
    [40, TILE_ROWS + 1, 50],
    [9, 3 * TILE_ROWS - 1, 400],
    [65, 2, 33],
];

fn wide(m: &Matrix, i: usize, j: usize) -> f64 {
    f64::from(m.row(i)[j])
}

/// Checks every entry; `scale` is the size of what was added up to get it.
fn compare(found: &Matrix, rows: usize, cols: usize, want: impl Fn(usize, usize) -> (f64, f64)) {
    assert_eq!((found.rows(), found.cols()), (rows, cols));
    for i in 0..rows {
        for j in 0..cols {
            let (value, scale) = want(i, j);
            let error = (wide(found, i, j) - value).abs();
            assert!(error <= 1e-6 * scale.max(1.0), "({i}, {j}): {error} off {value}");
        }
    }
}

/// A sum and the sum of the sizes of what was added.
fn sum(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((0.0, 0.0), |(sum, size), v| (sum + v, size + v.abs()))
}

#[test]
fn product_agrees_with_the_sum_it_stands_for() {
    let mut generator = Generator::new(0, 0);
    let mut out = Matrix::from_rows(&[[f32::NAN; 9]; 9]); // what it held does not matter
    for [b, k, n] in SHAPES {
        let (x, w) = (signed(b, k, &mut generator), signed(k, n, &mut generator));
        engine::product(&mut out, &x, &w);
        compare(&out, b, n, |i, j| sum((0..k).map(|m| wide(&x, i, m) * wide(&w, m, j))));
    }
}

#[test]
fn product_transposed_agrees_with_the_sum_it_stands_for() {
    let mut generator = Generator::new(1, 0);
    let mut out = Matrix::from_rows(&[[f32::NAN; 9]; 9]);
    for [b, k, n] in SHAPES {
        let (u, w) = (signed(b, n, &mut generator), signed(k, n, &mut generator));
        engine::product_transposed(&mut out, &u, &w);
        compare(&out, b, k, |i, j| sum((0..n).map(|m| wide(&u, i, m) * wide(&w, j, m))));
    }
}

#[test]
fn activate_agrees_with_its_formulas() {
    let mut generator = Generator::new(2, 0);
    for [b, _, n] in SHAPES {
        let bias = signed(1, n, &mut generator);
        let mut z = signed(b, n, &mut generator);
        z.as_mut_slice().iter_mut().for_each(|z| *z *= 8.0);
        let net = |i: usize, j: usize| wide(&z, i, j) + wide(&bias, 0, j);
        let total = |i: usize| (0..n).map(|j| net(i, j).exp()).sum::<f64>();
        let check = |activation: Activation, formula: &dyn Fn(usize, usize) -> f64| {
            let mut a = z.clone();
            engine::activate(&mut a, bias.as_slice(), activation);
            compare(&a, b, n, |i, j| (formula(i, j), 1.0));
        };
        let width = 3.0;
        let sigmoid = |i, j| 1.0 / (1.0 + (-2.0 * net(i, j) / f64::from(width)).exp());
        check(Activation::Sigmoid { width }, &sigmoid);
        check(Activation::Relu, &|i, j| net(i, j).max(0.0));
        check(Activation::Softmax, &|i, j| net(i, j).exp() / total(i));
        check(Activation::Identity, &net);
    }
}

#[test]
fn softmax_of_large_numbers_does_not_overflow() {
    let mut z = Matrix::from_rows(&[[1000.0, 999.0, -1000.0]]);
    engine::activate(&mut z, &[0.0; 3], Activation::Softmax);
    let e = 1.0f32.exp();
    for (found, want) in z.as_slice().iter().zip([e / (1.0 + e), 1.0 / (1.0 + e), 0.0]) {
        assert!((found - want).abs() < 1e-6, "{z:?}");
    }
}

#[test]
fn gate_agrees_with_the_derivative() {
    let mut generator = Generator::new(3, 0);
    for [b, _, n] in SHAPES {
        let mut a = unsigned(b, n, &mut generator);
        a.as_mut_slice()[0] = 0.0; // a relu that is off
        let u = signed(b, n, &mut generator);
        let check = |activation: Activation, derivative: &dyn Fn(f64) -> f64| {
            let mut gated = u.clone();
            engine::gate(&mut gated, &a, activation);
            compare(&gated, b, n, |i, j| (wide(&u, i, j) * derivative(wide(&a, i, j)), 1.0));
        };
        check(Activation::Sigmoid { width: 5.0 }, &|a| 2.0 / 5.0 * a * (1.0 - a));
        check(Activation::Relu, &|a| if a > 0.0 { 1.0 } else { 0.0 });
        check(Activation::Softmax, &|_| 1.0);
        check(Activation::Identity, &|_| 1.0);
    }
}

#[test]
fn add_column_sums_adds_to_what_is_there() {
    let mut generator = Generator::new(4, 0);
    for [b, _, n] in SHAPES {
        let m = signed(b, n, &mut generator);
        let start = signed(1, n, &mut generator);
        let mut sums = start.clone();
        engine::add_column_sums(sums.as_mut_slice(), &m, 0.5);
        compare(&sums, 1, n, |_, j| {
            sum((0..b).map(|i| 0.5 * wide(&m, i, j)).chain([wide(&start, 0, j)]))
        });
    }
}

#[test]
fn mean_squared_norm_agrees_with_its_formula() {
    let mut generator = Generator::new(5, 0);
    for [b, k, _] in SHAPES {
        let x = signed(b, k, &mut generator);
        let squares = x.as_slice().iter().map(|x| f64::from(*x).powi(2));
        let want = squares.sum::<f64>() / b as f64;
        let error = (f64::from(engine::mean_squared_norm(&x)) - want).abs();
        assert!(error < 1e-6 * want, "{b}×{k}: {error} off {want}");
    }
}

/// The slow update: the same step on f64, one weight at a time.
struct Slow {
    weight: f64,
    first: f64,
    second: f64,
}

impl Slow {
    /// `sum` is xᵀu of this weight; `sign` its sign under `dale`.
    fn step(&mut self, sum: f64, step: &Step, rule: Option<(f64, Dale)>) {
        let (rate, g) = (f64::from(step.rate), f64::from(step.scale) * sum);
        let mut change = match step.method {
            Method::Sgd => rate * g,
            Method::Momentum { momentum } => {
                self.first = f64::from(momentum) * self.first + g;
                rate * self.first
            }
            Method::Adam { beta1, beta2, epsilon } => {
                let [beta1, beta2, epsilon] = [beta1, beta2, epsilon].map(f64::from);
                self.first = beta1 * self.first + (1.0 - beta1) * g;
                self.second = beta2 * self.second + (1.0 - beta2) * g * g;
                let mean = self.first / (1.0 - beta1.powi(step.count as i32));
                let square = self.second / (1.0 - beta2.powi(step.count as i32));
                rate * mean / (square.sqrt() + epsilon)
            }
        };
        if let Some((sign, dale)) = rule {
            if dale.grow_only {
                change = sign * (sign * change).max(0.0);
            }
            let floor = f64::from(dale.floor);
            self.weight = sign * (sign * (self.weight + change)).max(floor);
        } else {
            self.weight += change;
        }
    }
}

fn check_update(method: Method, folded: bool, dale: Option<Dale>) {
    let mut generator = Generator::new(6, 0);
    for [b, k, n] in SHAPES {
        let rows = if folded { 2 * k } else { k };
        let signs = dale.map(|dale| Signs {
            excitatory_rows: rows.div_ceil(2),
            excitatory_cols: n.div_ceil(3),
            dale,
        });
        let rule = |i: usize, j: usize| {
            signs.map(|s| {
                let plus = (i < s.excitatory_rows) == (j < s.excitatory_cols);
                (if plus { 1.0 } else { -1.0 }, s.dale)
            })
        };
        let mut weights = signed(rows, n, &mut generator);
        for i in 0..rows {
            for (j, w) in weights.row_mut(i).iter_mut().enumerate() {
                if let Some((sign, _)) = rule(i, j) {
                    *w = sign as f32 * (w.abs() + 0.125);
                }
            }
        }
        let mut sums = Matrix::zeros(if folded { k } else { 0 }, n);
        let mut moments = Moments::new(method, k * n);
        let mut slow: Vec<Slow> = weights
            .as_slice()
            .iter()
            .map(|w| Slow { weight: f64::from(*w), first: 0.0, second: 0.0 })
            .collect();

        for count in 1..=3 {
            let x = unsigned(b, k, &mut generator);
            let u = signed(b, n, &mut generator);
            let step = Step { method, rate: 0.5, scale: 1.0 / b as f32, count };
            let layer = Weights {
                weights: &mut weights,
                folded: folded.then_some(&mut sums),
                signs,
                moments: &mut moments,
            };
            engine::update(layer, &x, &u, &step);
            for i in 0..rows {
                for j in 0..n {
                    let sum = (0..b).map(|m| wide(&x, m, i % k) * wide(&u, m, j)).sum();
                    slow[i * n + j].step(sum, &step, rule(i, j));
                }
            }
            compare(&weights, rows, n, |i, j| (slow[i * n + j].weight, 4.0));
            compare(&sums, sums.rows(), n, |i, j| {
                (wide(&weights, i, j) + wide(&weights, k + i, j), 1.0)
            });
        }
    }
}

/// Folded or not; free, under Dale's principle, or growing only.
fn check_updates(method: Method) {
    // A floor high enough that many weights meet it.
    let dale = |grow_only| Some(Dale { floor: 0.125, grow_only });
    for folded in [false, true] {
        for dale in [None, dale(false), dale(true)] {
            check_update(method, folded, dale);
        }
    }
}

#[test]
fn plain_update_agrees_with_one_weight_at_a_time() {
    check_updates(Method::Sgd);
}

#[test]
fn update_with_momentum_agrees_with_one_weight_at_a_time() {
    check_updates(Method::Momentum { momentum: 0.9 });
}

/// A large ε keeps the quotient from magnifying the rounding of a gradient near zero.
#[test]
fn update_with_adam_agrees_with_one_weight_at_a_time() {
    check_updates(Method::Adam { beta1: 0.9, beta2: 0.99, epsilon: 0.1 });
}

#[test]
fn update_bias_agrees_with_one_bias_at_a_time() {
    let adam = Method::Adam { beta1: 0.9, beta2: 0.99, epsilon: 0.1 };
    let mut generator = Generator::new(7, 0);
    for method in [Method::Sgd, Method::Momentum { momentum: 0.9 }, adam] {
        for [b, _, n] in SHAPES {
            let mut bias = signed(1, n, &mut generator);
            let start = |w: &f32| Slow { weight: f64::from(*w), first: 0.0, second: 0.0 };
            let mut slow: Vec<Slow> = bias.as_slice().iter().map(start).collect();
            let mut moments = Moments::new(method, n);
            for count in 1..=3 {
                let u = signed(b, n, &mut generator);
                let step = Step { method, rate: 0.5, scale: 1.0 / b as f32, count };
                engine::update_bias(bias.as_mut_slice(), &u, &step, &mut moments);
                for (j, slow) in slow.iter_mut().enumerate() {
                    slow.step((0..b).map(|i| wide(&u, i, j)).sum(), &step, None);
                }
                compare(&bias, 1, n, |_, j| (slow[j].weight, 4.0));
            }
        }
    }
}

/// Three steps of a network large enough that every operation has several tiles.
fn bits_after_three_steps(threads: usize, method: Method, normalised: bool) -> Vec<u32> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let mut generator = Generator::new(8, 0);
        let network = Network::new(&common::dual(600, &[150, 280], 10), &mut generator);
        let optimiser = Optimiser::new(method, normalised, &network);
        let mut ed = learner(network.clone(), ErrorDiffusion::new(Modulo), optimiser.clone());
        let mut bp = learner(network, Backprop, optimiser);
        for _ in 0..3 {
            let input = unsigned(40, 600, &mut generator);
            let target = unsigned(40, 10, &mut generator);
            for learner in [&mut ed, &mut bp] {
                common::step(learner, &input, &target, 0.5);
            }
        }
        [bits(&ed.network), bits(&bp.network)].concat()
    })
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let adam = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    for (method, normalised) in [(Method::Sgd, true), (adam, false)] {
        let one = bits_after_three_steps(1, method, normalised);
        for threads in [2, 8] {
            let many = bits_after_three_steps(threads, method, normalised);
            let first = one.iter().zip(&many).position(|(a, b)| a != b);
            assert_eq!(first, None, "{method:?} at {threads} threads");
        }
    }
}
