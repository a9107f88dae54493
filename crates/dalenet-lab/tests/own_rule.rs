//! A rule and a routing of one's own: trained, compared and reported under their own names.

use dalenet::{Feedback, Lesson, Matrix, Routing, Rule};
use dalenet_lab::{
    Ending, Plan, Registry, Resources, Study, StudySettings, Training, evaluate_agent,
    evaluate_run, report,
};
use std::fs;

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

struct First;

impl Routing for First {
    fn name(&self) -> &str {
        "first"
    }
    fn weight(&self, _: usize, _: usize, output: usize, _: usize) -> f32 {
        f32::from(u8::from(output == 0))
    }
}

fn registry() -> Registry {
    let mut registry = Registry::default();
    registry.rule("broadcast", || Box::new(Broadcast));
    registry.routing("first", || Box::new(First));
    registry
}

#[test]
fn classification_study_and_report_name_them() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), registry());
    let set = [("epochs", "3"), ("layers", "[4]"), ("stop_error", "0")];
    let set = set.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    let settings = StudySettings { registry: &registry, preset: "paper", file: None, set };
    let rules = ["ed", "ed-first", "broadcast"].map(str::to_owned);
    let plan = Plan::compare(&["xor".to_owned()], &rules, 1, &settings).unwrap();
    let study = Study::open(&folder.path().join("s"), plan).unwrap();
    let findings = study.run(&registry, &mut (), &Default::default()).unwrap().unwrap();
    assert!(findings.failed.is_empty(), "{findings}");
    for rule in rules {
        let run = folder.path().join(format!("s/xor-{rule}-seed0"));
        let result = fs::read_to_string(run.join("result.json")).unwrap();
        assert!(result.contains(&format!("\"rule\":\"{rule}\"")), "{result}");
        evaluate_run(&run, None, &registry, &mut ()).unwrap();
        assert!(findings.cells.iter().any(|cell| cell.cell == rule));
    }
    // The program does not know the rule, but a report has its name all the same.
    let page = folder.path().join("report.html");
    let written = report(&[folder.path().join("s")], &page).unwrap();
    assert_eq!((written.runs, written.groups), (3, 3));
    assert!(written.left_out.is_empty() && written.undrawn.is_empty());
    let page = fs::read_to_string(page).unwrap();
    for label in [": ed", ": ed-first", ": broadcast"] {
        assert!(page.contains(label), "{label}");
    }
}

#[test]
fn an_agent_learns_by_them_and_is_resumed() {
    let (folder, registry) = (tempfile::tempdir().unwrap(), registry());
    for rule in ["ed-first", "broadcast"] {
        let mut experiment = registry.experiment("bandit", "default", rule).unwrap();
        let settings = [("steps", "512"), ("layers", "[8]"), ("evaluation", "2")];
        settings.into_iter().for_each(|(key, value)| experiment.set(key, value).unwrap());
        let run = folder.path().join(rule);
        let mut training =
            Training::start(experiment.clone(), Some(&run), &registry, &mut ()).unwrap();
        let ending = training.run(&mut (), &Default::default()).unwrap();
        let Some(Ending::Agent(outcome)) = ending else { panic!("{ending:?}") };
        assert_eq!(outcome.rule, rule);
        drop(training);
        let resumed = Training::resume(&run, &experiment, &registry, &mut ()).unwrap();
        assert!(resumed.is_finished());
        let (config, _) = evaluate_agent(&run, 2, &registry).unwrap();
        assert_eq!(config.network.rule_name(&config.rule), rule);
        // Without the registry it is refused, not trained by another rule.
        drop(resumed);
        let error = Training::resume(&run, &experiment, Resources::default(), &mut ());
        assert!(error.err().unwrap().to_string().contains("there is no r"));
    }
}
