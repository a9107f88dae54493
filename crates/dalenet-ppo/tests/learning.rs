//! Any rule learns to act; failed steps are not learnt from; the bits do not depend on threads or
//! interruptions.

use dalenet::{
    Activation, Backprop, Dale, DirectFeedbackAlignment, ErrorDiffusion, Generator, LayerSpec,
    Matrix, Modulo, NetworkSpec, Presynaptic, Rule, SparseMatrix, Trace, checkpoint::Checkpoint,
};
use dalenet_envs::{Actions, Batch, Error, Options, Space, VectorEnv, make};
use dalenet_ppo::{Networks, Ppo, Running, Settings, Update, evaluate};

fn networks(rule: &str) -> Networks {
    let dual = rule == "ed";
    let spec = NetworkSpec {
        layers: LayerSpec::dense_list(&[32, 32], true),
        dual,
        dale: dual.then(Dale::default),
        activations: vec![Activation::Relu],
        orthogonal: !dual,
        excitatory_gain: 1.0,
        inhibitory_gain: 1.0,
        ..NetworkSpec::default()
    };
    let rule = || -> Box<dyn Rule> {
        match rule {
            "ed" => Box::new(ErrorDiffusion::new(Modulo)),
            "dfa" => Box::new(DirectFeedbackAlignment::default()),
            _ => Box::new(Backprop),
        }
    };
    let actor = NetworkSpec { output_gain: 0.01, ..spec.clone() };
    Networks { actor: (actor, rule()), critic: (spec, rule()) }
}

fn ppo(task: &str, rule: &str, settings: &Settings) -> Ppo {
    let options = Options { stagger: settings.stagger, ..Options::default() };
    let env = make(task, 32, &options).unwrap();
    Ppo::new(env, networks(rule), settings.clone(), 1).unwrap()
}

fn settings() -> Settings {
    Settings { steps: 40_000, rollout: 16, minibatches: 4, rate: 3e-3, ..Settings::default() }
}

#[test]
fn every_rule_learns_which_arm_pays() {
    for rule in ["ed", "dfa", "bp"] {
        let mut ppo = ppo("bandit", rule, &settings());
        while !ppo.ended() {
            ppo.update().unwrap();
        }
        let mut env = make("bandit", 256, &Options::default()).unwrap();
        let score = evaluate(&mut ppo.agent(), env.as_mut(), 9).unwrap();
        let mean = score.episodes.iter().map(|e| e.ret).sum::<f64>() / 256.0;
        // The best policy earns 1, chance 0.25; the mean of the pay's noise is 0.1/16.
        assert!(mean > 0.95, "{rule}: {mean}");
        for layer in ppo.actor().network.layers().iter().filter(|layer| layer.dale().is_some()) {
            for part in layer.sub_matrices() {
                assert!(layer.magnitudes(&part).as_slice().iter().all(|w| *w >= 0.99e-4));
            }
        }
    }
}

#[test]
fn a_restored_training_goes_on_to_the_same_bits_at_any_thread_count() {
    let run = |task: &str, threads: usize, stop: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let settings =
                Settings { steps: 5 * 512, stagger: true, target_kl: 1e-3, ..settings() };
            let mut ppo = ppo(task, "ed", &settings);
            while !ppo.ended() {
                ppo.update().unwrap();
                if ppo.steps() == stop * 512 {
                    let bytes = ppo.save(Default::default());
                    ppo = self::ppo(task, "ed", &settings);
                    ppo.restore(&Checkpoint::parse(&bytes).unwrap()).unwrap();
                }
            }
            ppo.save(Default::default())
        })
    };
    for task in ["half-cheetah", "cart-pole"] {
        let whole = run(task, 1, 0);
        for (threads, stop) in [(2, 0), (8, 2), (1, 3)] {
            let about = format!("{task}, {threads} threads, stopped after {stop}");
            assert!(run(task, threads, stop) == whole, "{about}");
        }
    }
}

#[test]
fn the_rate_rises_over_the_first_updates_and_falls_to_zero() {
    let rates = |warmup: u64, anneal: bool| {
        let settings = Settings { steps: 8 * 512, rate: 0.03, warmup, anneal, ..settings() };
        let mut ppo = ppo("bandit", "ed", &settings);
        let rates = std::iter::from_fn(|| (!ppo.ended()).then(|| ppo.update().unwrap().rate));
        rates.collect::<Vec<_>>()
    };
    let close = |found: Vec<f32>, expected: [f32; 8]| {
        let near = found.iter().zip(expected).all(|(a, b)| (a - 0.03 * b).abs() < 1e-8);
        assert!(found.len() == 8 && near, "{found:?}");
    };
    for none in [0, 1] {
        close(rates(none, false), [1.0; 8]);
    }
    close(rates(4, false), [0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0]);
    close(rates(0, true), [1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]);
    close(rates(2, true), [0.5, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]);
}

#[test]
fn the_rate_is_lowered_to_the_divergence_that_is_asked_for() {
    let updates = |target_kl: f32| {
        let settings = Settings { steps: 30 * 512, rate: 0.03, target_kl, ..settings() };
        let mut ppo = ppo("half-cheetah", "ed", &settings);
        let updates = std::iter::from_fn(|| (!ppo.ended()).then(|| ppo.update().unwrap()));
        updates.collect::<Vec<_>>()
    };
    let last = |updates: &[Update], of: fn(&Update) -> f64| {
        let mut values: Vec<_> = updates[10..].iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (free, held) = (updates(0.0), updates(0.01));
    assert!(free.iter().all(|update| update.rate == 0.03));
    let divergence = |updates: &[Update]| last(updates, |update| update.divergence);
    assert!(divergence(&free) > 0.1, "{}", divergence(&free));
    assert!((0.003..0.03).contains(&divergence(&held)), "{}", divergence(&held));
    for pair in held.windows(2) {
        let (factor, found) = (pair[1].rate / pair[0].rate, pair[0].divergence);
        let expected = match found {
            far if far > 0.02 => 1.0 / 1.5,
            near if near < 0.005 => (0.03 / pair[0].rate).min(1.5),
            _ => 1.0,
        };
        assert!((factor - expected).abs() < 1e-5, "{found}: {factor}");
    }
    let wide = updates(1e9);
    assert!(wide.iter().zip(&free).all(|(a, b)| a == b), "never above what it is else");
}

#[test]
fn a_checkpoint_of_another_task_is_refused() {
    let bytes = ppo("bandit", "ed", &settings()).save(Default::default());
    let file = Checkpoint::parse(&bytes).unwrap();
    assert!(ppo("cart-pole", "ed", &settings()).restore(&file).is_err());
    assert!(ppo("bandit", "bp", &settings()).restore(&file).is_err());
}

/// Eight environments of which some fail in every step, with a reward that would be noticed.
struct Broken(Batch, Space, Space);

impl Broken {
    fn new(fails: impl Fn(usize) -> bool) -> Self {
        let space = |n: usize| Space::Continuous { low: vec![-1.0; n], high: vec![1.0; n] };
        let batch = Batch {
            observations: vec![0.5; 8],
            next: vec![0.5; 8],
            rewards: (0..8).map(|i| if fails(i) { 1e6 } else { 0.0 }).collect(),
            terminated: vec![false; 8],
            truncated: (0..8).map(&fails).collect(),
            failed: (0..8).map(&fails).collect(),
            ..Batch::default()
        };
        Self(batch, space(1), space(1))
    }
}

impl VectorEnv for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }
    fn count(&self) -> usize {
        8
    }
    fn observation_space(&self) -> &Space {
        &self.1
    }
    fn action_space(&self) -> &Space {
        &self.2
    }
    fn reset(&mut self, _seed: u64) -> &Batch {
        &self.0
    }
    fn step(&mut self, _actions: Actions<'_>) -> Result<&Batch, Error> {
        Ok(&self.0)
    }
    fn batch(&self) -> &Batch {
        &self.0
    }
    fn failures(&self) -> u64 {
        4
    }
    fn save(&self) -> Vec<u32> {
        Vec::new()
    }
    fn restore(&mut self, _words: &[u32]) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn failed_steps_teach_nothing() {
    let settings = Settings { normalise_rewards: false, ..settings() };
    let env = Box::new(Broken::new(|i| i % 2 == 1));
    let mut ppo = Ppo::new(env, networks("bp"), settings, 0).unwrap();
    let update = ppo.update().unwrap();
    // Rewards are 0 wherever there is experience: a value of order 1 has no error of order 1e6.
    assert!(update.value_loss < 100.0, "{update:?}");
    assert!(update.episodes.is_empty(), "a failed episode has no return");
}

/// Every step pays 1 and is cut: with discount ½ the value is 1 + ½ + ¼ + … = 2 where the cut is
/// bootstrapped, and 1 where it counts as an end.
#[test]
fn a_cut_episode_is_an_end_unless_its_value_is_bootstrapped() {
    for (bootstrap_truncation, value) in [(true, 2.0), (false, 1.0)] {
        let settings = Settings {
            discount: 0.5,
            clip_value: false,
            bootstrap_truncation,
            normalise_observations: false,
            normalise_rewards: false,
            ..settings()
        };
        let mut env = Broken::new(|_| false);
        (env.0.rewards, env.0.truncated) = (vec![1.0; 8], vec![true; 8]);
        let mut ppo = Ppo::new(Box::new(env), networks("bp"), settings, 0).unwrap();
        let mut latest = None;
        for _ in 0..200 {
            latest = Some(ppo.update().unwrap());
        }
        let latest = latest.unwrap();
        assert_eq!((latest.recent_return, latest.recent_episodes), (Some(1.0), 100));
        let mut trace = Trace::default();
        trace.input_mut().reshape(1, 1);
        trace.input_mut().as_mut_slice().fill(0.5);
        ppo.critic().network.forward(&mut trace);
        let found = trace.output().as_slice()[0];
        assert!((found - value).abs() < 0.02, "{found}, not {value}");
    }
}

#[test]
fn sparse_observations_are_centred_where_that_is_asked_for() {
    for centred_observations in [false, true] {
        let settings =
            Settings { normalise_observations: false, centred_observations, ..settings() };
        let mut ppo = ppo("craftax-classic", "ed", &settings);
        ppo.update().unwrap();
        for learner in [ppo.actor(), ppo.critic()] {
            let Presynaptic::Sparse(input) = learner.trace.presynaptic(0) else {
                panic!("a game's observations are sparse");
            };
            assert_eq!(input.is_centred(), centred_observations);
        }
    }
}

#[test]
fn dense_observations_are_not_centred() {
    let refused = |sparse: SparseMatrix, normalise_observations| {
        let mut env = Broken::new(|_| false);
        env.0.sparse = sparse;
        let settings =
            Settings { centred_observations: true, normalise_observations, ..settings() };
        let ppo = Ppo::new(Box::new(env), networks("ed"), settings, 0);
        ppo.err().is_some_and(|error| {
            let error = error.to_string();
            assert!(error.contains("centred_observations") && error.contains("sparse"), "{error}");
            true
        })
    };
    let sparse = || SparseMatrix::from(&Matrix::zeros(8, 1));
    assert!(refused(SparseMatrix::default(), false), "dense observations");
    assert!(refused(sparse(), true), "normalised observations are dense");
    assert!(!refused(sparse(), false));
}

/// Steps of this size silence units of the first layers for good, unless they are woken.
#[test]
fn silent_units_are_woken_where_that_is_asked_for() {
    let silent = |wake_silent| {
        let settings = Settings { rate: 0.1, wake_silent, ..settings() };
        let mut ppo = ppo("cart-pole", "ed", &settings);
        for _ in 0..20 {
            ppo.update().unwrap();
        }
        [ppo.actor(), ppo.critic()].map(|learner| {
            let units = learner.trace.presynaptic(1).dense().unwrap();
            (0..units.cols()).filter(|j| units.iter_rows().all(|row| row[*j] == 0.0)).count()
        })
    };
    let (woken, asleep) = (silent(true), silent(false));
    assert!(woken[0] < asleep[0] && woken[1] < asleep[1], "{woken:?} {asleep:?}");
}

/// Failed steps may leave fewer samples than there are minibatches: there are then fewer, none empty
/// and under advantage normalisation none of a single sample, whose advantage would be 0.
#[test]
fn the_samples_that_failed_steps_leave_are_dealt_over_fewer_minibatches() {
    let update = |rollout: usize, normalise_advantages: bool, healthy: usize| {
        let settings = Settings {
            rollout,
            minibatches: 4 * rollout,
            epochs: 1,
            normalise_advantages,
            ..settings()
        };
        let env = Box::new(Broken::new(move |i| i >= healthy));
        let mut ppo = Ppo::new(env, networks("bp"), settings, 0).unwrap();
        let update = ppo.update().unwrap();
        (ppo.actor().optimiser.steps(), update)
    };
    // Samples left, minibatches: 3·2 and 3, 2·1 and 1, 1 and none, none and none.
    for (rollout, healthy, steps) in [(3, 2, 3), (2, 1, 1), (1, 1, 0), (1, 0, 0)] {
        let (made, update) = update(rollout, true, healthy);
        assert_eq!(made, steps, "{healthy} environments do not fail");
        assert!(update.entropy.is_finite() && update.value_loss.is_finite());
    }
    assert_eq!(update(1, false, 1).0, 1);
    assert_eq!(update(1, false, 0).0, 0);
}

/// Oracle: mean and variance of all rows at once.
#[test]
fn running_moments_are_those_of_all_rows() {
    let mut generator = Generator::new(4, 0);
    let rows: Vec<f32> = (0..3000)
        .map(|i| generator.normal() * [1.0, 10.0, 0.1][i % 3] + [0.0, 5.0, -3.0][i % 3])
        .collect();
    let mut running = Running::new(3);
    let mut rest = &rows[..];
    for size in [1, 7, 100, 392, 500] {
        let (head, tail) = rest.split_at(3 * size);
        running.add(head);
        rest = tail;
    }
    assert!(rest.is_empty());
    for col in 0..3 {
        let values: Vec<_> = rows.iter().skip(col).step_by(3).map(|x| f64::from(*x)).collect();
        let mean = values.iter().sum::<f64>() / 1000.0;
        let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1000.0;
        assert!((f64::from(running.mean()[col]) - mean).abs() < 1e-4);
        let deviation = f64::from(running.deviation()[col]);
        assert!((deviation / variance.sqrt() - 1.0).abs() < 1e-3, "{deviation} {variance}");
    }
    let mut out = [1e9, 5.0, -3.0];
    running.normalise(&mut out, 10.0);
    assert!(out[0] == 10.0 && out[1].abs() < 0.2 && out[2].abs() < 0.2, "{out:?}");
}
