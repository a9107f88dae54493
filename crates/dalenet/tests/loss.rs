//! Oracle: closed forms of the error at the output.

mod common;

use dalenet::{Generator, Matrix, centre, one_vs_all, weight_by_class};

#[test]
fn the_error_is_target_minus_prediction() {
    let mut error = Matrix::from_rows(&[[f32::NAN; 7]]); // what it held does not matter
    one_vs_all(&Matrix::from_rows(&[[0.25, 0.5, 1.0], [0.0, 0.5, 0.0]]), &[2, 0], &mut error);
    assert_eq!(error, Matrix::from_rows(&[[-0.25, -0.5, 0.0], [1.0, -0.5, 0.0]]));
}

#[test]
fn a_single_output_has_the_label_itself_as_target() {
    let mut error = Matrix::default();
    one_vs_all(&Matrix::from_rows(&[[0.25], [0.25]]), &[0, 1], &mut error);
    assert_eq!(error.as_slice(), [-0.25, 0.75]);
}

#[test]
#[should_panic]
fn a_label_beyond_the_outputs_is_refused() {
    one_vs_all(&Matrix::from_rows(&[[0.5, 0.5]]), &[2], &mut Matrix::default());
}

#[test]
#[should_panic]
fn a_label_beyond_a_single_output_is_refused() {
    one_vs_all(&Matrix::from_rows(&[[0.5]]), &[2], &mut Matrix::default());
}

#[test]
fn centring_leaves_each_class_without_a_mean_and_differences_as_they_were() {
    let error = common::signed(13, 5, &mut Generator::new(0, 0));
    let mut centred = error.clone();
    centre(&mut centred);
    for j in 0..5 {
        let mean: f32 = (0..13).map(|i| centred.row(i)[j]).sum::<f32>() / 13.0;
        assert!(mean.abs() < 1e-6, "class {j}: {mean}");
        for i in 1..13 {
            let [before, after] = [&error, &centred].map(|m| m.row(i)[j] - m.row(0)[j]);
            assert!((before - after).abs() < 1e-6);
        }
    }
}

/// A whole weight counts a sample as often: the weighted error's sum over the batch is that of a batch
/// which holds each sample so many times.
#[test]
fn a_weight_counts_a_sample_so_many_times() {
    let labels = [2, 0, 1, 0];
    let mut weighted = common::signed(4, 3, &mut Generator::new(0, 0));
    let mut repeated = [0.0; 3];
    for (i, label) in labels.iter().enumerate() {
        for _ in 0..[1, 4, 2][usize::from(*label)] {
            repeated.iter_mut().zip(weighted.row(i)).for_each(|(sum, error)| *sum += error);
        }
    }
    weight_by_class(&mut weighted, &labels, &[1.0, 4.0, 2.0]);
    for (j, repeated) in repeated.iter().enumerate() {
        let sum: f32 = (0..4).map(|i| weighted.row(i)[j]).sum();
        assert!((sum - repeated).abs() < 1e-5, "class {j}: {sum}, {repeated}");
    }
}
