//! Settings under which nothing can be learnt are refused in one sentence.

use dalenet::{Backprop, LayerSpec, NetworkSpec};
use dalenet_envs::{Options, make};
use dalenet_ppo::{Agent, Error, Networks, Ppo, Settings, Update};

fn networks() -> Networks {
    let spec = NetworkSpec {
        layers: LayerSpec::dense_list(&[16], false),
        dual: false,
        dale: None,
        ..NetworkSpec::default()
    };
    let rule = || Box::new(Backprop) as _;
    Networks { actor: (spec.clone(), rule()), critic: (spec, rule()) }
}

fn refusal(settings: &Settings, envs: usize) -> String {
    settings.validate(envs).unwrap_err().to_string()
}

#[test]
fn minibatches_of_one_are_refused_under_advantage_normalisation() {
    let settings = Settings { rollout: 8, minibatches: 128, ..Settings::default() };
    assert_eq!(
        refusal(&settings, 16),
        "`minibatches = 128` is not possible: it leaves a minibatch with a single one of the 128 \
         samples of a rollout (16 envs × 8 steps), whose normalised advantage is always 0, so that \
         the policy learns nothing from it; set at most 64 minibatches, more envs, a longer rollout \
         or normalise_advantages = false"
    );
    // As dealt: 30 samples in 16 minibatches are fourteen of two and two of one.
    let settings = Settings { rollout: 10, minibatches: 16, ..Settings::default() };
    assert!(refusal(&settings, 3).contains("set at most 15 minibatches"));
    let settings = Settings { rollout: 1, minibatches: 1, ..Settings::default() };
    assert!(refusal(&settings, 1).contains("always 0"));
}

#[test]
fn minibatches_of_one_are_possible_without_advantage_normalisation() {
    let settings = Settings {
        rollout: 8,
        minibatches: 128,
        normalise_advantages: false,
        ..Settings::default()
    };
    settings.validate(16).unwrap();
    let settings = Settings { minibatches: 129, ..settings };
    assert_eq!(
        refusal(&settings, 16),
        "`minibatches = 129` is not possible: it is more than the 128 samples of a rollout (16 envs \
         × 8 steps); set at most 128 minibatches, more envs or a longer rollout"
    );
}

#[test]
fn minibatches_of_two_learn() {
    let settings =
        Settings { steps: 3 * 30, rollout: 10, minibatches: 15, rate: 1e-2, ..Settings::default() };
    let env = make("cart-pole", 3, &Options::default()).unwrap();
    let mut ppo = Ppo::new(env, networks(), settings, 0).unwrap();
    let start = ppo.actor().network.clone();
    let mut divergence = 0.0;
    while !ppo.ended() {
        divergence += ppo.update().unwrap().divergence;
    }
    let output = |network: &dalenet::Network| network.layers()[1].weights().clone();
    assert!(output(&ppo.actor().network) != output(&start));
    assert!(divergence > 1e-6, "the policy moves: {divergence}");
}

#[test]
fn every_setting_is_named_with_its_value() {
    let wrong = [
        ("rollout", Settings { rollout: 0, ..Settings::default() }),
        ("epochs", Settings { epochs: 0, ..Settings::default() }),
        ("minibatches", Settings { minibatches: 0, ..Settings::default() }),
        ("rate", Settings { rate: f32::NAN, ..Settings::default() }),
        ("target_kl", Settings { target_kl: -0.01, ..Settings::default() }),
        ("clip", Settings { clip: -1.0, ..Settings::default() }),
        ("discount", Settings { discount: 1.5, ..Settings::default() }),
        ("lambda", Settings { lambda: -0.1, ..Settings::default() }),
        ("value_weight", Settings { value_weight: f32::INFINITY, ..Settings::default() }),
        ("log_deviation", Settings { log_deviation: 11.0, ..Settings::default() }),
    ];
    for (name, settings) in wrong {
        match settings.validate(16) {
            Err(Error::Setting { key, .. }) => assert_eq!(key, name),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(refusal(&Settings::default(), 0).starts_with("`envs = 0` is not possible"));
}

/// What may be moved to another thread, and what may be shared between threads.
#[test]
fn threads() {
    fn send<T: Send>() {}
    fn both<T: Send + Sync>() {}
    send::<Ppo>();
    both::<Agent>();
    both::<Settings>();
    both::<Update>();
    both::<Error>();
    send::<Networks>();
}
