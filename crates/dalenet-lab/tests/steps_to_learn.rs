//! How many passes Kaneko's rule needs, beside the counts he reports (1999). His are of one run
//! each; here the median of fifty seeds has to come near.

use dalenet_lab::{Config, Ending, Resources, Training};

/// The median over seeds of the passes until Σ|error| < 0.1 with `hidden` units in both streams.
/// A run that does not learn counts as more than any other.
fn median(task: &str, bits: usize, hidden: usize) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let mut steps: Vec<_> = (0..51)
        .map(|seed| {
            let mut config = Config::new(task, "kaneko", "kaneko").unwrap();
            config.bits = bits;
            config.network.layers = vec![(hidden / 2).into()];
            config.epochs = 2000;
            config.seed = seed;
            let run = folder.path().join(seed.to_string());
            let resources = Resources::default();
            let mut training = Training::start(config, Some(&run), resources, &mut ()).unwrap();
            let ending = training.run(&mut (), &Default::default()).unwrap().unwrap();
            let Ending::Classification(outcome) = ending else { panic!("{ending:?}") };
            if outcome.learnt == Some(true) { outcome.epochs } else { usize::MAX }
        })
        .collect();
    steps.sort_unstable();
    println!("{task} {bits}, {hidden} hidden units: {steps:?}");
    steps[steps.len() / 2]
}

#[test]
fn xor_is_learnt_the_faster_the_more_units() {
    for (hidden, bounds) in [(8, 45..=90), (16, 15..=40), (32, 6..=10), (64, 5..=7)] {
        let steps = median("xor", 2, hidden);
        assert!(bounds.contains(&steps), "{hidden} hidden units: {steps}, not {bounds:?}");
    }
}

#[test]
fn parity_takes_longer_with_every_bit() {
    for (bits, bounds) in [(3, 8..=11), (4, 14..=28)] {
        let steps = median("parity", bits, 64);
        assert!(bounds.contains(&steps), "{bits} bits: {steps}, not {bounds:?}");
    }
}
