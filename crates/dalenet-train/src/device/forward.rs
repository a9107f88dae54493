//! Weights of the forward pass as devices would have them that are programmed after the training.

use super::{DeviceSettings, draws::Draws};
use dalenet::{Matrix, layer::Layer};
use rayon::prelude::*;

/// Rounds the magnitudes of a layer's weights to levels and adds noise, both by the largest magnitude of each
/// column (unit) and stream that it receives. Under Dale's principle no weight changes its sign.
pub fn alter(layer: &mut Layer, settings: &DeviceSettings, draws: Draws) {
    let streams = streams(layer);
    let keeps_sign = layer.dale().is_some();
    layer.change_weights(|weights| {
        let largest = largest(weights, &streams);
        let cols = weights.cols();
        let rows = weights.as_mut_slice().par_chunks_exact_mut(cols).enumerate();
        rows.for_each(|(i, row)| {
            let largest = &largest[streams[i]];
            for (j, (w, largest)) in row.iter_mut().zip(largest).enumerate() {
                let mut magnitude = rounded(w.abs(), *largest, settings.forward_levels);
                if settings.forward_noise > 0.0 {
                    let normal = draws.normal((i * cols + j) as u64);
                    magnitude += settings.forward_noise * largest * normal;
                }
                let magnitude = if keeps_sign { magnitude.max(0.0) } else { magnitude };
                *w = if w.is_sign_negative() { -magnitude } else { magnitude };
            }
        });
    });
}

/// The nearest of so many equal steps from 0 to `largest`; halves go to the even one.
fn rounded(magnitude: f32, largest: f32, levels: u32) -> f32 {
    match levels.checked_sub(1) {
        Some(steps) if largest > 0.0 => {
            (magnitude / largest * steps as f32).round_ties_even() / steps as f32 * largest
        }
        _ => magnitude,
    }
}

/// The stream that each row is of, counted from 0.
fn streams(layer: &Layer) -> Vec<usize> {
    let mut streams = vec![0; layer.inputs()];
    for part in layer.sub_matrices() {
        if part.name.starts_with("W_n") {
            part.rows.iter().for_each(|row| streams[*row] = 1);
        }
    }
    streams
}

/// The largest magnitude of each column among the rows of each stream, 2×N.
fn largest(weights: &Matrix, streams: &[usize]) -> [Vec<f32>; 2] {
    let nothing = || [vec![0.0; weights.cols()], vec![0.0; weights.cols()]];
    let rows = weights.as_slice().par_chunks_exact(weights.cols()).zip(streams);
    let of_rows = rows.fold(nothing, |mut largest: [Vec<f32>; 2], (row, stream)| {
        larger(&mut largest[*stream], row);
        largest
    });
    of_rows.reduce(nothing, |mut one, other| {
        one.iter_mut().zip(&other).for_each(|(one, other)| larger(one, other));
        one
    })
}

fn larger(largest: &mut [f32], row: &[f32]) {
    largest.iter_mut().zip(row).for_each(|(largest, w)| *largest = largest.max(w.abs()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use dalenet::{Generator, Network, NetworkSpec};

    fn network(dual: bool) -> Network {
        let spec =
            NetworkSpec { inputs: 5, layers: vec![6.into()], outputs: 3, ..NetworkSpec::default() };
        let spec = NetworkSpec { dual, dale: spec.dale.filter(|_| dual), ..spec };
        Network::new(&spec, &mut Generator::new(2, 0))
    }

    /// Oracle: each part's columns one by one.
    #[test]
    fn magnitudes_are_on_the_levels_of_their_column() {
        for dual in [true, false] {
            let mut network = network(dual);
            let exact = network.clone();
            let settings = DeviceSettings { forward_levels: 5, ..DeviceSettings::default() };
            alter(&mut network.layers_mut()[1], &settings, Draws::new(0, 0, 1, 0));
            let (altered, exact) = (&network.layers()[1], &exact.layers()[1]);
            for part in exact.sub_matrices() {
                let (found, wanted) = (altered.magnitudes(&part), exact.magnitudes(&part));
                for j in 0..wanted.cols() {
                    let largest = wanted.iter_rows().map(|row| row[j].abs()).fold(0.0, f32::max);
                    for i in 0..wanted.rows() {
                        let (found, wanted) = (found.row(i)[j], wanted.row(i)[j]);
                        let level = 4.0 * found / largest;
                        assert!((level - level.round()).abs() < 1e-5);
                        assert!((found - wanted).abs() <= largest / 8.0 + 1e-6);
                        assert!(found * wanted >= 0.0);
                    }
                }
            }
        }
    }

    #[test]
    fn noise_keeps_signs_under_dales_principle() {
        let mut network = network(true);
        let exact = network.clone();
        let settings = DeviceSettings { forward_noise: 0.5, ..DeviceSettings::default() };
        for (l, layer) in network.layers_mut().iter_mut().enumerate() {
            alter(layer, &settings, Draws::new(0, 0, l, 0));
        }
        for (altered, exact) in network.layers().iter().zip(exact.layers()) {
            assert_ne!(altered.weights(), exact.weights());
            let pairs = altered.weights().as_slice().iter().zip(exact.weights().as_slice());
            assert!(pairs.into_iter().all(|(found, wanted)| found * wanted >= 0.0));
        }
    }
}
