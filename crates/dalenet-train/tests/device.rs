//! Learning on devices and for them.

use dalenet::{Matrix, checkpoint::Checkpoint};
use dalenet_data::{Dataset, Shape, Split};
use dalenet_train::{Classifier, Config, Event, Experiment, Outcome, Registry, Trainer, trainer};

/// Samples of eight random values, of which those are larger by a half whose place is the class, modulo 4.
fn data() -> Dataset {
    let mut state = 1_u32;
    let mut split = |count: usize| {
        let mut value = |i: usize, j: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 + if j % 4 == i % 4 { 0.5 } else { 0.0 }
        };
        let values = (0..8 * count).map(|at| value(at / 8, at % 8)).collect();
        Split::from_floats(values, 8, (0..count).map(|i| (i % 4) as u16).collect()).unwrap()
    };
    let classes = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    let (train, test) = (split(400), split(400));
    Dataset::new("four", Shape::flat(8), classes, train, test).unwrap()
}

fn config(rule: &str, settings: &[(&str, &str)]) -> Config {
    let mut config = Config::new("four.npz", "default", rule).unwrap();
    let usual = [("layers", "[12]"), ("epochs", "8"), ("batch", "10"), ("shift", "0")];
    for (key, value) in usual.iter().chain(settings) {
        config.set(key, value).unwrap();
    }
    config
}

fn start(config: &Config) -> Box<dyn Trainer> {
    let experiment = Experiment::from(config.clone());
    trainer(Registry::built_in(), &experiment, Some(data())).unwrap()
}

/// The classifier after the training, and the share of the test samples that it has right.
fn trained(config: &Config) -> (Classifier, f64) {
    let mut training = start(config);
    while training.advance(u64::MAX).unwrap() != Event::Ended {}
    let Outcome::Classification(outcome) = training.outcome(&|| false).unwrap().unwrap() else {
        panic!("a classification");
    };
    let bytes = training.save(Default::default());
    let file = Checkpoint::parse(&bytes).unwrap();
    (Classifier::restore(Registry::built_in(), &file).unwrap(), outcome.test_accuracy)
}

fn weights(classifier: &Classifier) -> Vec<Matrix> {
    classifier.network.layers().iter().map(|layer| layer.weights().clone()).collect()
}

/// The largest initial magnitude of each layer.
fn initial(config: &Config) -> Vec<f32> {
    let mut plain = config.clone();
    plain.device = Default::default();
    let training = start(&plain);
    let (_, network) = training.networks()[0];
    let largest = |layer: &dalenet::layer::Layer| {
        layer.weights().as_slice().iter().fold(0.0, |most: f32, w| most.max(w.abs()))
    };
    network.layers().iter().map(largest).collect()
}

#[test]
fn devices_without_an_effect_change_no_bit() {
    let plain = weights(&trained(&config("ed", &[])).0);
    let range = weights(&trained(&config("ed", &[("device.range", "2")])).0);
    assert!(plain == range);
    let written = weights(&trained(&config("ed", &[("device.levels", "64")])).0);
    assert!(plain != written);
}

/// After a training by pulses every weight is at the floor or so many pulses above it, and on its side of 0.
#[test]
fn weights_that_were_learnt_on_devices_lie_on_their_levels() {
    for (rule, momentum) in [("ed", "momentum"), ("bp", "sgd")] {
        let settings = [("device.levels", "17"), ("device.range", "3"), ("optimiser", momentum)];
        let config = config(rule, &settings);
        let (classifier, _) = trained(&config);
        for (layer, initial) in classifier.network.layers().iter().zip(initial(&config)) {
            let floor = layer.dale().map_or(0.0, |dale| dale.floor);
            let pulse = (3.0 * initial - floor) / 16.0;
            let weights = layer.weights();
            for (i, row) in weights.iter_rows().enumerate() {
                for (j, w) in row.iter().enumerate() {
                    let level = (w.abs() - floor) / pulse;
                    assert!((level - level.round()).abs() < 1e-3 && level < 16.001, "{w}");
                    assert!(layer.signs().is_none_or(|signs| signs.at(i, j) * w > 0.0), "{w}");
                }
            }
        }
    }
}

/// Many levels hardly differ from numbers; two levels and much noise learn less.
#[test]
fn good_devices_learn_and_bad_ones_do_not() {
    let accuracy = |settings: &[(&str, &str)]| trained(&config("ed", settings)).1;
    let float = accuracy(&[]);
    assert!(float > 0.85, "{float}");
    let good = accuracy(&[("device.levels", "4096"), ("device.write_noise", "0.0001")]);
    assert!((good - float).abs() < 0.03, "{good} of {float}");
    let bad = accuracy(&[("device.levels", "2"), ("device.write_noise", "2")]);
    assert!(bad < float - 0.05, "{bad} of {float}");
}

/// The exact weights of a training for two levels are no good themselves, but once they are rounded are as good
/// as those of a plain training before.
#[test]
fn a_training_for_few_levels_is_one_of_the_rounded_network() {
    let float = trained(&config("ed", &[])).1;
    let (mut classifier, exact) = trained(&config("ed", &[("device.forward_levels", "2")]));
    for layer in classifier.network.layers_mut() {
        for part in layer.sub_matrices() {
            let rounded = in_two_levels(&layer.magnitudes(&part));
            layer.set_magnitudes(&part, &rounded);
        }
    }
    let classes = classifier.classes.clone();
    let test = dalenet_data::TestSet::new("four", Shape::flat(8), &classes, data().test);
    let rounded = classifier.evaluate(&test.unwrap()).unwrap().accuracy;
    assert!(rounded > exact + 0.05, "{rounded} of {exact}");
    assert!(rounded > float - 0.03, "{rounded} of {float}");
}

/// 0 or the largest of the column, whichever is nearer.
fn in_two_levels(magnitudes: &Matrix) -> Matrix {
    let mut rounded = magnitudes.clone();
    for j in 0..magnitudes.cols() {
        let largest = magnitudes.iter_rows().map(|row| row[j]).fold(0.0, f32::max);
        for i in 0..magnitudes.rows() {
            rounded.row_mut(i)[j] = (magnitudes.row(i)[j] / largest).round() * largest;
        }
    }
    rounded
}

#[test]
fn tables_of_a_file_are_settings_of_devices() {
    let text = "task = \"four.npz\"\n[device]\nlevels = 32\nwrite_noise = 0.02\n";
    let registry = Registry::built_in();
    let file = Some(text.parse().unwrap());
    let (_, experiment) = Experiment::layered(registry, None, "default", None, file).unwrap();
    let Experiment::Classification(config) = &experiment else { panic!("a classification") };
    assert_eq!((config.device.levels, config.device.write_noise), (32, 0.02));
    // What is printed is read back.
    let printed = experiment.commented().parse().unwrap();
    assert_eq!(Experiment::whole(registry, printed).unwrap(), experiment);
}
