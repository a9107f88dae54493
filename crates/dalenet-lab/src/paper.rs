//! The figures of "Diffusing Blame" (arXiv 2606.31700) that studies are put beside.

use crate::{Experiment, Registry, ablation::Part};

/// The settings that are the size of a network and the length of a training.
const SIZE: [&str; 4] = ["layers", "convolutions", "epochs", "steps"];

/// The presets whose nets are of the paper's kinds.
const OF_ITS_KIND: [&str; 2] = ["default", "paper"];

/// Whether a run under a rule has the size and the length of a preset of the paper's kind. The paper's own are
/// larger or not known: its figures stand beside no smaller runs.
pub(crate) fn is_of_its_size(config: &Experiment, rule: &str) -> bool {
    OF_ITS_KIND.iter().any(|preset| {
        let preset = Registry::built_in().experiment(config.task(), preset, rule);
        let differs = |preset: &Experiment| {
            config.differences(preset).iter().any(|(key, ..)| SIZE.contains(&key.as_str()))
        };
        preset.is_ok_and(|preset| !differs(&preset))
    })
}

/// Score of a rule on a task: test accuracy in percent, or return.
pub(crate) fn score(task: &str, rule: &str) -> Option<f64> {
    match (task, rule) {
        ("mnist", "ed") => Some(96.7),
        ("mnist", "dfa") => Some(97.6),
        ("cifar10", "ed") => Some(61.7),
        ("cifar10", "dfa") => Some(69.1),
        ("brax/half-cheetah", "ed") => Some(5494.0),
        ("brax/half-cheetah", "bp") => Some(3520.0),
        _ => None,
    }
}

/// What Error Diffusion's accuracy gains when a part is removed, in percentage points.
pub(crate) fn difference(task: &str, removed: Part) -> Option<f64> {
    match (task, removed) {
        ("mnist", Part::Centring) => Some(-0.3),
        ("mnist", Part::Widths) => Some(-71.4),
        ("mnist", Part::Asymmetry) => Some(0.0),
        ("cifar10", Part::Centring) => Some(-47.9),
        ("cifar10", Part::Widths) => Some(-15.1),
        ("cifar10", Part::Asymmetry) => Some(-5.5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_beside_nets_of_the_papers_kind_and_no_smaller_ones() {
        for (preset, set, expected) in [
            ("default", None, true),
            ("paper", None, true),
            ("paper", Some(("rate", "4")), true),
            ("paper", Some(("epochs", "2")), false),
            ("default", Some(("layers", "[8]")), false),
            ("conv", None, false),
        ] {
            let mut config = Experiment::new("mnist", preset, "ed").unwrap();
            if let Some((key, value)) = set {
                config.set(key, value).unwrap();
            }
            assert_eq!(is_of_its_size(&config, "ed"), expected, "{preset} {set:?}");
        }
    }
}
