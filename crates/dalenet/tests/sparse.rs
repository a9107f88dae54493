//! What is done on the numbers that are not 0. Oracle: the same on all numbers.

use dalenet::{
    Activation, Backprop, ErrorDiffusion, Generator, Learner, Matrix, Method, Modulo, Network,
    NetworkSpec, Optimiser, Rule, SparseInput, SparseMatrix, Workspace, engine, layer::Layer,
};

/// Rows that have most of their entries in common, as those of a game; `share` of the rest is not 0.
fn rows(count: usize, cols: usize, share: f32, generator: &mut Generator) -> Matrix {
    let usual: Vec<f32> = (0..cols).map(|i| f32::from(u8::from(i % 5 == 0))).collect();
    let mut entry = |usual: f32| match generator.uniform() < share {
        true if generator.below(2) == 0 => 1.0 - usual,
        true => generator.normal(),
        false => usual,
    };
    let values = (0..count).flat_map(|_| usual.iter().map(|x| entry(*x)).collect::<Vec<_>>());
    Matrix::from_vec(count, cols, values.collect())
}

fn random(rows: usize, cols: usize, generator: &mut Generator) -> Matrix {
    Matrix::from_vec(rows, cols, (0..rows * cols).map(|_| generator.normal()).collect())
}

fn input(dense: &Matrix) -> SparseInput {
    let mut input = SparseInput::default();
    input.fill(&SparseMatrix::from(dense), 0..dense.rows());
    input
}

fn assert_close(found: &[f32], wanted: &[f32], tolerance: f32, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(
            (found - wanted).abs() <= tolerance * (1.0 + wanted.abs()),
            "{what}: {found} {wanted}"
        );
    }
}

#[test]
fn nothing_is_lost_in_what_is_common_and_what_differs() {
    let mut generator = Generator::new(1, 0);
    for (count, cols, share) in [(1, 7, 0.5), (9, 40, 0.1), (64, 33, 0.9), (3, 5, 0.0)] {
        let dense = rows(count, cols, share, &mut generator);
        let sparse = SparseMatrix::from(&dense);
        assert_eq!(sparse.to_dense(), dense);
        assert_close(input(&dense).to_dense().as_slice(), dense.as_slice(), 1e-6, "rows");
        // Any rows, in any order, some of them twice.
        let some = [count - 1, 0, count / 2, 0];
        let mut part = SparseInput::default();
        part.fill(&sparse, some.into_iter());
        let wanted: Vec<_> = some.iter().flat_map(|i| dense.row(*i)).copied().collect();
        assert_close(part.to_dense().as_slice(), &wanted, 1e-6, "some rows");
    }
}

#[test]
fn products_and_gradients_are_the_dense_ones() {
    let mut generator = Generator::new(2, 0);
    let workspace = Workspace::default();
    // Units about the width of a panel; batches beyond a piece of work; few entries and many.
    for (count, cols, units, share) in [
        (1, 3, 1, 0.5),
        (5, 300, 63, 0.01),
        (40, 120, 64, 0.05),
        (40, 120, 65, 0.3),
        (1100, 90, 200, 0.1),
        (7, 20, 130, 0.0),
    ] {
        let what = format!("{count}×{cols}, {units} units, {share}");
        let (dense, weights) =
            (rows(count, cols, share, &mut generator), random(cols, units, &mut generator));
        let (bias, signal) =
            (random(1, units, &mut generator), random(count, units, &mut generator));
        let sparse = input(&dense);
        let (mut wanted, mut found) = (Matrix::default(), Matrix::default());

        engine::product(&mut wanted, &dense, &weights, &workspace);
        engine::sparse_product(&mut found, &SparseMatrix::from(&dense), &weights, &workspace);
        assert_close(found.as_slice(), wanted.as_slice(), 1e-4, &what);

        engine::activate(&mut wanted, bias.as_slice(), Activation::Tanh);
        engine::forward_sparse(
            &mut found,
            &sparse,
            &weights,
            bias.as_slice(),
            Activation::Tanh,
            &workspace,
        );
        assert_close(found.as_slice(), wanted.as_slice(), 1e-4, &what);

        let mut units_with_any = Vec::new();
        engine::gradient(&mut wanted, &dense, &signal, &workspace);
        engine::gradient_sparse(&mut found, &mut units_with_any, &sparse, &signal, &workspace);
        assert!(units_with_any.is_sorted_by(|a, b| a < b));
        let mut full = Matrix::zeros(cols, units);
        for (row, unit) in found.iter_rows().zip(&units_with_any) {
            full.row_mut(*unit as usize).copy_from_slice(row);
        }
        assert_close(full.as_slice(), wanted.as_slice(), 1e-3, &what);

        let power = engine::mean_squared_norm(&dense);
        assert_close(&[sparse.mean_squared_norm()], &[power], 1e-4, &what);
    }
}

#[test]
fn learning_is_that_of_the_dense_input() {
    let adam = Method::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-5 };
    for (dual, method, normalised, clipped) in [
        (true, adam, false, true),
        (false, adam, false, true),
        (true, Method::Sgd, true, false),
        (false, Method::Sgd, false, false),
        (true, Method::Momentum { momentum: 0.9 }, false, false),
    ] {
        let what = format!("two streams: {dual}, {method:?}, normalised: {normalised}");
        let mut learners = [(); 2].map(|()| {
            let mut generator = Generator::new(3, 0);
            let network = network(dual, &mut generator);
            let rule: Box<dyn Rule> =
                if dual { Box::new(ErrorDiffusion::new(Modulo)) } else { Box::new(Backprop) };
            let optimiser = Optimiser::new(method, normalised, &network);
            Learner::new(network, rule, optimiser, &mut generator)
        });
        let mut generator = Generator::new(4, 0);
        for step in 0..30 {
            // Every batch sees other columns: what has been seen once goes on moving by its momenta.
            let mut seen = rows(16, 300, 0.05, &mut generator);
            let dark = |i: usize| (i / 30) % 10 != step % 10;
            for i in 0..16 {
                let row = seen.row_mut(i).iter_mut().enumerate();
                row.filter(|(i, _)| dark(*i)).for_each(|(_, x)| *x = 0.0);
            }
            let error = random(16, 3, &mut generator);
            let [dense, sparse] = &mut learners;
            dense.trace.input_mut().clone_from(&seen);
            sparse.trace.sparse_input_mut().fill(&SparseMatrix::from(&seen), 0..16);
            for learner in [dense, sparse] {
                learner.forward();
                match clipped {
                    true => {
                        let norm = learner.gradient(&error).sqrt() as f32;
                        learner.step((0.5 / norm).min(1.0), 3e-3);
                    }
                    false => learner.learn(&error, 0.05),
                }
            }
        }
        let [dense, sparse] = &learners;
        for (dense, sparse) in dense.network.layers().iter().zip(sparse.network.layers()) {
            let tolerance = 3e-4;
            assert_close(sparse.weights().as_slice(), dense.weights().as_slice(), tolerance, &what);
            assert_close(sparse.bias(), dense.bias(), tolerance, &what);
            for part in sparse.sub_matrices().iter().filter(|_| dual) {
                let magnitudes = sparse.magnitudes(part);
                assert!(magnitudes.as_slice().iter().all(|w| *w >= 0.99e-4), "{what}");
            }
        }
        let before = network(dual, &mut Generator::new(3, 0));
        let moved = sparse.network.layers()[0].weights() != before.layers()[0].weights();
        assert!(moved, "{what}");
    }
}

/// Of a centred input the weights learn `(x − c)ᵀu`, and the response to `c`, what is common, moves by the
/// step of the bias alone, whatever the weights do: Adam's first step is `η·g/(|g| + ε)`.
#[test]
fn what_is_common_to_a_centred_input_moves_a_unit_as_its_bias_does() {
    let (rate, epsilon) = (1e-2, 1e-5);
    for (dual, adam, clipped) in [(true, true, true), (false, false, true), (false, false, false)] {
        let what = format!("two streams: {dual}, Adam: {adam}, clipped: {clipped}");
        let mut generator = Generator::new(6, 0);
        let method =
            if adam { Method::Adam { beta1: 0.9, beta2: 0.999, epsilon } } else { Method::Sgd };
        let network = network(dual, &mut generator);
        let optimiser = Optimiser::new(method, false, &network);
        let rule = Box::new(ErrorDiffusion::new(Modulo));
        let mut learner = Learner::new(network, rule, optimiser, &mut generator);
        let seen = rows(16, 300, 0.05, &mut generator);
        let error = random(16, 3, &mut generator);
        let before = learner.network.layers()[0].clone();
        let input = learner.trace.sparse_input_mut();
        input.set_centred(true);
        input.fill(&SparseMatrix::from(&seen), 0..16);
        let mut centre = vec![0.0; 300];
        input.common().iter().for_each(|(column, value)| centre[*column as usize] = *value);
        learner.forward();
        match clipped {
            true => {
                learner.gradient(&error);
                learner.step(1.0, rate);
            }
            false => learner.learn(&error, rate),
        }
        let after = &learner.network.layers()[0];
        let signal = learner.signal(0).values();
        let mean = |value: &dyn Fn(usize) -> f32| (0..16).map(value).sum::<f32>() / 16.0;
        let weight = |layer: &Layer, k: usize, j: usize| layer.distinct_weights().row(k)[j];
        for j in 0..signal.cols() {
            let gradient = mean(&|i| signal.row(i)[j]);
            let step = if adam { gradient / (gradient.abs() + epsilon) } else { gradient };
            let response = |layer: &Layer| -> f32 {
                let sum: f32 = (0..300).map(|k| centre[k] * weight(layer, k, j)).sum();
                sum + layer.bias()[j]
            };
            let moved = response(after) - response(&before);
            assert!((moved - rate * step).abs() < 2e-5, "{what}: {moved} {}", rate * step);
            for k in (0..300).filter(|_| !adam) {
                let wanted = rate * mean(&|i| (seen.row(i)[k] - centre[k]) * signal.row(i)[j]);
                let found = weight(after, k, j) - weight(&before, k, j);
                assert!((found - wanted).abs() < 1e-6, "{what}: weight {k}, {j}: {found} {wanted}");
            }
        }
        let moved = before.weights() != after.weights();
        assert!(moved, "{what}");
    }
}

/// The network that both learners of [`learning_is_that_of_the_dense_input`] start with.
fn network(dual: bool, generator: &mut Generator) -> Network {
    let dale = NetworkSpec::default().dale.filter(|_| dual);
    let (inputs, layers, outputs) = (300, vec![33.into()], 3);
    let spec = NetworkSpec { inputs, layers, outputs, dual, dale, ..NetworkSpec::default() };
    Network::new(&spec, generator)
}

#[test]
fn bits_do_not_depend_on_threads() {
    let mut generator = Generator::new(5, 0);
    let (dense, weights) = (rows(2500, 200, 0.1, &mut generator), random(200, 70, &mut generator));
    let signal = random(2500, 70, &mut generator);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (mut out, mut gradient, mut units) = Default::default();
            let workspace = Workspace::default();
            let x = input(&dense);
            engine::forward_sparse(
                &mut out,
                &x,
                &weights,
                &[0.0; 70],
                Activation::Relu,
                &workspace,
            );
            engine::gradient_sparse(&mut gradient, &mut units, &x, &signal, &workspace);
            (out, gradient, units)
        })
    };
    assert!(run(1) == run(2) && run(1) == run(8));
}
