//! Names of one's own, and configurations of old.

use dalenet::{Backprop, Feedback, Lesson, Matrix, Routing, Rule};
use dalenet_train::{Config, DaleKind, DataSet, Experiment, Registry};

struct First;

impl Routing for First {
    fn name(&self) -> &str {
        "first"
    }
    fn weight(&self, _: usize, _: usize, output: usize, _: usize) -> f32 {
        f32::from(u8::from(output == 0))
    }
}

struct Broadcast;

impl Rule for Broadcast {
    fn name(&self) -> &str {
        "broadcast"
    }
    fn feedback(&self, lesson: &Lesson<'_>, layer: usize, signal: &mut Matrix) -> Feedback<'_> {
        signal.reshape(lesson.error.rows(), lesson.network.layers()[layer].units());
        for (i, error) in lesson.error.iter_rows().enumerate() {
            signal.row_mut(i).fill(error.iter().sum());
        }
        Feedback::Written
    }
}

#[test]
fn rules_and_routings_of_ones_own_have_their_names() {
    let mut registry = Registry::default();
    registry.rule("broadcast", || Box::new(Broadcast));
    registry.routing("first", || Box::new(First));
    for (name, rule, shown) in
        [("broadcast", "broadcast", "broadcast"), ("ed-first", "ed", "ed-first")]
    {
        for task in ["mnist", "cart-pole"] {
            let experiment = registry.experiment(task, "default", name).unwrap();
            experiment.validate(&registry).unwrap();
            assert_eq!((experiment.rule(), experiment.rule_name().as_str()), (rule, shown));
            assert!(experiment.validate(Registry::built_in()).is_err());
        }
    }
    // One of the same name takes the place of the other.
    registry.rule("ed", || Box::new(Backprop));
    let experiment = registry.experiment("mnist", "default", "ed").unwrap();
    let made = registry.make_rule("ed", experiment.network()).unwrap();
    assert_eq!(made.name(), "bp");
    let error = registry.experiment("mnist", "default", "brodcast").unwrap_err().to_string();
    assert_eq!(error, "there is no rule `brodcast`; did you mean `broadcast`?");
}

#[test]
fn presets_are_those_that_a_task_has() {
    let mut mine = DataSet::new("mine", "no data", |_| unreachable!("nothing is trained"));
    mine.presets = &["default", "small"];
    mine.start = |_, preset, _| {
        let start = Config::new("mnist", "default", "ed").unwrap();
        if preset == "small" { Config { epochs: 1, ..start } } else { start }
    };
    let mut registry = Registry::default();
    registry.data_set(mine);
    let small = registry.experiment("mine", "small", "dfa").unwrap();
    let Experiment::Classification(small) = small else { panic!("{small:?}") };
    assert_eq!((small.epochs, small.task.as_str(), small.rule.as_str()), (1, "mine", "dfa"));
    let other = "has no preset";
    for (task, preset, rule, cause) in [
        ("mine", "paper", "ed", other),
        ("mnist", "small", "ed", "there is no preset `small`"),
        ("mine", "smal", "ed", "did you mean `small`?"),
        ("mnist", "default", "kaneko", "Kaneko's rule has one output"),
        ("mnist", "kaneko", "ed", "Kaneko's rule has one output"),
        ("mnist", "defalt", "kaneko", "did you mean `default`?"),
        ("cifar10", "conv", "ed", other),
        ("xor", "conv", "bp", other),
        ("craftax", "conv", "ed", other),
        ("craftax", "kaneko", "ed", "Kaneko's rule has one output"),
    ] {
        let error = registry.experiment(task, preset, rule).unwrap_err().to_string();
        assert!(error.contains(cause), "{task} {preset} {rule}: {error}");
    }
}

#[test]
fn a_configuration_is_read_as_it_is_printed_and_as_it_was() {
    let registry = Registry::built_in();
    for (task, preset, rule) in [
        ("mnist", "default", "ed"),
        ("mnist", "paper", "bp-dale"),
        ("cifar10", "default", "dfa"),
        ("fashion-mnist", "conv", "fa"),
        ("xor", "default", "kaneko"),
        ("brax/ant", "default", "ed"),
        ("craftax", "default", "bp"),
    ] {
        let experiment = registry.experiment(task, preset, rule).unwrap();
        let text = experiment.commented();
        let table: toml::Table = text.parse().unwrap();
        for (key, value) in &table {
            // The settings of devices are printed with the name of their table.
            let names = match value.as_table() {
                Some(settings) => settings.keys().map(|name| format!("{key}.{name}")).collect(),
                None => vec![key.clone()],
            };
            for name in names {
                assert!(text.contains(&format!("\n{name} = ")), "{name}");
            }
        }
        assert_eq!(Experiment::whole(registry, table.clone()).unwrap(), experiment);

        // Version 0.1 named no kind, and the keys of networks that agents share now were missing.
        let mut older = table;
        older.remove("kind");
        if experiment.kind() == "agent" {
            for key in ["convolutions", "grow_only", "widths", "fan_in", "threshold", "routing"] {
                older.remove(key).unwrap();
            }
            let deterministic = older.remove("deterministic").unwrap();
            older.insert("likeliest".into(), deterministic);
        } else {
            older.remove("rms").unwrap();
        }
        assert_eq!(Experiment::whole(registry, older).unwrap(), experiment);
    }
}

#[test]
fn layers_are_numbers_or_tables_and_dale_has_three_values() {
    let mut experiment = Experiment::new("mnist", "default", "ed").unwrap();
    experiment.set("layers", "[{ kind = \"convolution\", units = 8, size = 5 }, 64]").unwrap();
    let text = experiment.commented();
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(Experiment::whole(Registry::built_in(), table).unwrap(), experiment);
    for (value, kind) in
        [("true", DaleKind::Streams), ("false", DaleKind::Off), ("literal", DaleKind::Literal)]
    {
        experiment.set("dale", value).unwrap();
        assert_eq!(experiment.network().dale, kind);
    }
    let error = experiment.set("dale", "strict").unwrap_err().to_string();
    assert!(error.starts_with("`dale = \"strict\"` is not possible"), "{error}");
}

#[test]
fn unknown_and_missing_keys_are_named() {
    let registry = Registry::built_in();
    let experiment = registry.experiment("mnist", "default", "ed").unwrap();
    let mut table: toml::Table = experiment.commented().parse().unwrap();
    table.insert("epoch".into(), 3.into());
    let error = Experiment::whole(registry, table.clone()).unwrap_err();
    assert_eq!(error, "unknown key `epoch`; did you mean `epochs`?");
    table.remove("epoch");
    table.remove("rate");
    assert!(Experiment::whole(registry, table).unwrap_err().contains("rate"));
}
