//! Oracle: NumPy with ml_dtypes, whose numbers `scripts/golden_bf16.py` wrote.

use dalenet::{
    Matrix, Workspace,
    engine::{self, Kernel, round_to_bf16},
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
    for kernel in Kernel::ALL.into_iter().filter(|kernel| kernel.is_available()) {
        let mut out = Matrix::default();
        engine::product(&mut out, &a, &b, &Workspace::with_kernel(kernel));
        for (found, want) in out.as_slice().iter().zip(&want) {
            assert!((f64::from(*found) - want).abs() < 2e-5, "{kernel}: {found}, not {want}");
        }
    }
}
