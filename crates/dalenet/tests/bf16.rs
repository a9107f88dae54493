//! Oracle: NumPy with ml_dtypes, whose numbers `scripts/golden_bf16.py` wrote.

mod common;

use dalenet::{
    Backprop, Generator, Matrix, Method, Network, NetworkSpec, Optimiser, Trace, Workspace,
    engine::{
        self, Kernel, Moments, Operand, PackedWeights, Precision, Step, Weights, round_to_bf16,
    },
};
use safetensors::SafeTensors;

fn numbers<const N: usize, T>(name: &str, read: impl Fn([u8; N]) -> T) -> Vec<T> {
    let golden = SafeTensors::deserialize(include_bytes!("golden/bf16.safetensors")).unwrap();
    let tensor = golden.tensor(name).unwrap();
    tensor.data().as_chunks().0.iter().map(|bytes| read(*bytes)).collect()
}

#[test]
fn rounding_is_numpys() {
    let (bits, rounded) =
        (numbers("numbers", u32::from_le_bytes), numbers("rounded", u16::from_le_bytes));
    assert!(bits.len() > 4000);
    for (bits, want) in bits.into_iter().zip(rounded) {
        let found = round_to_bf16(f32::from_bits(bits));
        let want = f32::from_bits(u32::from(want) << 16);
        let same = found.to_bits() == want.to_bits() || found.is_nan() && want.is_nan();
        assert!(same, "{bits:#x} becomes {found}, not {want}");
    }
}

#[test]
fn products_are_numpys() {
    let [a, b] = [("a", 37), ("b", 70)].map(|(name, rows)| {
        let values = numbers(name, f32::from_le_bytes);
        Matrix::from_vec(rows, values.len() / rows, values)
    });
    let want = numbers("product", f64::from_le_bytes);
    for kernel in Kernel::available() {
        let mut out = Matrix::default();
        engine::product(&mut out, &a, &b, &Workspace::with_kernel(kernel));
        for (found, want) in out.as_slice().iter().zip(&want) {
            assert!((f64::from(*found) - want).abs() < 2e-5, "{kernel}: {found}, not {want}");
        }
    }
}

/// More rows than are multiplied at a time: row i is i everywhere, and times ones that is k·i, exactly.
#[test]
fn products_have_all_rows() {
    let (m, k, n) = (250, 1030, 130);
    let a = Matrix::from_vec(m, k, (0..m).flat_map(|i| vec![i as f32; k]).collect());
    let b = Matrix::from_vec(k, n, vec![1.0; k * n]);
    for kernel in Kernel::available() {
        let mut out = Matrix::default();
        engine::product(&mut out, &a, &b, &Workspace::with_kernel(kernel));
        for (i, row) in out.iter_rows().enumerate() {
            assert!(row.iter().all(|sum| *sum == (k * i) as f32), "{kernel}, row {i}");
        }
    }
}

/// Moves the weights by `rate·xᵀu`, and gives them packed for the next product.
fn step_by(
    rate: f32,
    weights: &mut Matrix,
    (x, u): (&Matrix, &Matrix),
    workspace: &Workspace,
) -> PackedWeights {
    let (mut moments, mut packed) = (Moments::default(), PackedWeights::default());
    let step = Step { method: Method::Sgd, rate, scale: 1.0, count: 1 };
    let held =
        Weights { weights, folded: None, signs: None, moments: &mut moments, packed: &mut packed };
    engine::update(held, x, u, &step, workspace);
    packed
}

/// What an update has packed serves weights of its own shape alone.
#[test]
fn weights_of_another_shape_are_not_taken_for_those_that_are_packed() {
    let mut generator = Generator::new(0, 0);
    let mut draw = |rows, cols| common::signed(rows, cols, &mut generator);
    let (x, u, mut weights, others) = (draw(4, 40), draw(4, 9), draw(40, 9), draw(40, 5));
    for kernel in Kernel::available() {
        let workspace = Workspace::with_kernel(kernel);
        let packed = step_by(0.1, &mut weights, (&x, &u), &workspace);
        let [mut found, mut want] = [Matrix::default(), Matrix::default()];
        engine::product(&mut found, &x, Operand::new(&others, None, &packed), &workspace);
        engine::product(&mut want, &x, &others, &workspace);
        assert_eq!(found, want, "{kernel}");
    }
}

/// A network takes the precision of its specification along: to every forward pass, altered or not, and
/// to the step of a learner.
#[test]
fn networks_and_learners_have_their_precision() {
    let mut generator = Generator::new(0, 0);
    let spec = NetworkSpec { precision: Precision::Bf16, ..common::single(40, &[], 3) };
    let network = Network::new(&spec, &mut generator);
    let (x, target) =
        (common::signed(20, 40, &mut generator), common::unsigned(20, 3, &mut generator));
    let layer = &network.layers()[0];
    let [bf16, f32] = [Precision::Bf16, Precision::F32].map(Workspace::new);

    // Forward passes.
    let by = |workspace: &Workspace| {
        let mut out = Matrix::default();
        layer.forward(&x, &mut out, workspace);
        out
    };
    let want = by(&bf16);
    assert!(want != by(&f32));
    let mut trace = Trace::default();
    trace.input_mut().clone_from(&x);
    network.forward(&mut trace);
    assert_eq!(*trace.output(), want);
    struct Unaltered;
    impl dalenet::Alter for Unaltered {}
    let mut trace = Trace::default();
    trace.input_mut().clone_from(&x);
    network.forward_altered(&mut trace, &mut Unaltered);
    let difference = common::difference(trace.output(), &want);
    assert!(difference.as_slice().iter().all(|d| d.abs() < 1e-6), "{difference:?}");

    // A step.
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    let mut learner = common::learner(network.clone(), Backprop, optimiser);
    common::step(&mut learner, &x, &target, 0.5);
    let by = |workspace: &Workspace| {
        let mut weights = layer.weights().clone();
        step_by(0.5 / 20.0, &mut weights, (&x, &learner.signal(0)), workspace);
        weights
    };
    assert_eq!(*learner.network.layers()[0].weights(), by(&bf16));
    assert!(by(&bf16) != by(&f32));
}
