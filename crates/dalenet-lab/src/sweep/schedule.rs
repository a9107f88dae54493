//! Which runs of a study are to be trained: all of them at once, or rung by rung of a sweep that promotes.

use super::{
    halving::{Halving, best},
    plan::group,
};
use crate::{Cell, Error, Experiment, Plan};

/// A run that is to be trained: a cell with a seed, to its end or up to a rung.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stage<'a> {
    pub cell: &'a Cell,
    pub seed: u64,
    /// Epochs or steps after which it is paused; none: it is trained to its end.
    pub until: Option<u64>,
    /// The same of the rung from which it was promoted.
    pub promoted_from: Option<u64>,
}

impl Stage<'_> {
    /// The name of the run, and of its folder: `mnist-ed-7-seed1000`, up to a rung `mnist-ed-7-seed1000-at2`.
    pub fn run(&self) -> String {
        name(self.cell, self.seed, self.until)
    }

    /// The name of the run from which it was promoted.
    pub fn promoted_from(&self) -> Option<String> {
        self.promoted_from.map(|until| name(self.cell, self.seed, Some(until)))
    }
}

fn name(cell: &Cell, seed: u64, until: Option<u64>) -> String {
    let run = cell.run(seed);
    until.map_or(run.clone(), |until| format!("{run}-at{until}"))
}

/// What a rung found of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Found {
    /// It is not finished.
    Open,
    /// It has this score, or none: it failed, or nothing was measured.
    Scored(Option<f64>),
}

impl Plan {
    /// The runs that can be trained, seeds outermost, as far as `found` tells what was found in those of the rungs
    /// below.
    pub(crate) fn stages<'a>(&'a self, found: &dyn Fn(&str) -> Found) -> Vec<Stage<'a>> {
        let Some(factor) = self.promotes() else {
            let all = |seed| {
                self.cells.iter().map(move |cell| Stage {
                    cell,
                    seed,
                    until: None,
                    promoted_from: None,
                })
            };
            return self.all_seeds().flat_map(all).collect();
        };
        let groups = self.cells.chunk_by(|a, b| group(a) == group(b));
        let mut stages: Vec<_> =
            groups.flat_map(|cells| self.climb(cells, factor, found)).collect();
        stages.sort_by_key(|stage| stage.until.unwrap_or(u64::MAX));
        stages
    }

    /// The rungs of the cells of a group up to the first that is not finished.
    fn climb<'a>(
        &'a self,
        cells: &'a [Cell],
        factor: u32,
        found: &dyn Fn(&str) -> Found,
    ) -> Vec<Stage<'a>> {
        let ladder = Halving::new(cells.len(), length(&cells[0].config), factor);
        let (mut stages, mut left) = (Vec::new(), cells.iter().collect::<Vec<_>>());
        let mut promoted_from = None;
        for (rung, (until, count)) in ladder.rungs().iter().enumerate() {
            let until = (rung + 1 < ladder.rungs().len()).then_some(*until);
            if rung > 0 {
                let scores = left.iter().map(|cell| self.score(cell, promoted_from, found));
                let Some(scores) = scores.collect::<Option<Vec<_>>>() else { break };
                left = best(&scores, *count).into_iter().map(|place| left[place]).collect();
            }
            let of_seed = |seed| {
                let stage = move |cell: &&'a Cell| Stage { cell, seed, until, promoted_from };
                left.iter().map(stage).collect::<Vec<_>>()
            };
            stages.extend(self.all_seeds().flat_map(of_seed));
            promoted_from = until;
        }
        stages
    }

    /// The mean score of a cell's runs at a rung: none in it if one of them has none; `None` if one is not finished.
    fn score(
        &self,
        cell: &Cell,
        until: Option<u64>,
        found: &dyn Fn(&str) -> Found,
    ) -> Option<Option<f64>> {
        let scores = self.all_seeds().map(|seed| match found(&name(cell, seed, until)) {
            Found::Open => None,
            Found::Scored(score) => Some(score),
        });
        let scores: Vec<_> = scores.collect::<Option<_>>()?;
        let scores: Option<Vec<_>> = scores.into_iter().collect();
        Some(scores.map(|scores| scores.iter().sum::<f64>() / scores.len() as f64))
    }

    /// The names of the runs that a cell may have with a seed: up to each rung, and to the end.
    pub(super) fn names(&self, cell: &Cell, seed: u64) -> Vec<String> {
        let whole = name(cell, seed, None);
        let Some(factor) = self.promotes() else { return vec![whole] };
        let count = self.cells.iter().filter(|other| group(other) == group(cell)).count();
        let ladder = Halving::new(count, length(&cell.config), factor);
        let (_, below) = ladder.rungs().split_last().unwrap_or((&(0, 0), &[]));
        let below = below.iter().map(|(until, _)| name(cell, seed, Some(*until)));
        below.chain([whole]).collect()
    }

    /// Of so many configurations one is promoted, if any are.
    pub(crate) fn promotes(&self) -> Option<u32> {
        self.sweep.as_ref()?.promote
    }

    /// How many runs it has, those of all rungs together.
    pub fn runs(&self) -> usize {
        let seeds = self.seeds as usize;
        let Some(factor) = self.promotes() else { return self.cells.len() * seeds };
        let groups = self.cells.chunk_by(|a, b| group(a) == group(b));
        let ladders =
            groups.map(|cells| Halving::new(cells.len(), length(&cells[0].config), factor));
        ladders.flat_map(|ladder| ladder.rungs().to_vec()).map(|(_, count)| count * seeds).sum()
    }

    /// Refuses to promote among trainings of different lengths.
    pub(super) fn one_length(self) -> Result<Self, Error> {
        let mut groups = self.cells.chunk_by(|a, b| group(a) == group(b));
        let differ = |cells: &[Cell]| {
            cells.iter().any(|cell| length(&cell.config) != length(&cells[0].config))
        };
        match self.promotes().is_some() && groups.any(differ) {
            false => Ok(self),
            true => Err(Error::Config(
                "promote compares trainings of the same length: give one value of epochs or steps in [settings], or \
                 leave promote out"
                    .into(),
            )),
        }
    }
}

/// Epochs, or steps of all environments.
fn length(config: &Experiment) -> u64 {
    match config {
        Experiment::Classification(config) => config.epochs as u64,
        Experiment::Agent(config) => config.ppo.steps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Registry, SweepFile};
    use std::collections::HashMap;

    /// Nine configurations that promote one of three, of ten epochs, with two seeds.
    fn plan() -> Plan {
        let text = "tasks = ['mnist']\nseeds = 2\npromote = 3\n[settings]\nepochs = 10\n\
                    rate = [1, 2, 3, 4, 5, 6, 7, 8, 9]";
        Plan::sweep(&SweepFile::parse(text).unwrap(), Registry::built_in()).unwrap()
    }

    fn names(stages: &[Stage<'_>]) -> Vec<String> {
        stages.iter().map(Stage::run).collect()
    }

    /// Trains rung by rung, where configuration `i` has the score `scores[i - 1]`; all runs in their order.
    fn climb(plan: &Plan, scores: &[Option<f64>]) -> Vec<String> {
        let mut done: HashMap<String, Found> = HashMap::new();
        let found = |done: &HashMap<String, Found>, run: &str| {
            done.get(run).copied().unwrap_or(Found::Open)
        };
        loop {
            let stages = plan.stages(&|run| found(&done, run));
            let next = stages.iter().find(|stage| !done.contains_key(&stage.run()));
            let Some(next) = next else { return names(&stages) };
            if let Some(before) = next.promoted_from() {
                assert!(done.contains_key(&before), "{before} is resumed before it is trained");
            }
            let number: usize = next.cell.name.rsplit('-').next().unwrap().parse().unwrap();
            done.insert(next.run(), Found::Scored(scores[number - 1]));
        }
    }

    #[test]
    fn without_promotion_all_runs_are_open_at_once() {
        let plan = Plan { sweep: None, ..plan() };
        let stages = plan.stages(&|_| Found::Open);
        assert_eq!((stages.len(), plan.runs()), (18, 18));
        assert_eq!(stages[0].run(), "mnist-ed-1-seed1000");
        assert_eq!(stages[9].run(), "mnist-ed-1-seed1001");
    }

    #[test]
    fn one_of_three_is_promoted_by_its_mean_and_the_winner_reaches_the_end() {
        let plan = plan();
        assert_eq!(plan.runs(), 2 * (9 + 3 + 1));
        let scores: Vec<_> = [5, 1, 9, 2, 8, 3, 7, 4, 6].map(f64::from).map(Some).into();
        let runs = climb(&plan, &scores);
        assert_eq!(runs.len(), plan.runs());
        let at =
            |end: &str| runs.iter().filter(|run| run.ends_with(end)).cloned().collect::<Vec<_>>();
        assert_eq!(at("seed1000-at2").len(), 9, "of ten epochs a ninth, rounded up");
        let promoted =
            ["mnist-ed-3-seed1001-at4", "mnist-ed-5-seed1001-at4", "mnist-ed-7-seed1001-at4"];
        assert_eq!(at("seed1001-at4"), promoted);
        assert_eq!(runs[24..], ["mnist-ed-3-seed1000", "mnist-ed-3-seed1001"]);
    }

    #[test]
    fn a_rung_waits_for_the_last_run_of_the_one_below() {
        let plan = plan();
        let all_but = |missing: &'static str| {
            plan.stages(&move |run| {
                if run == missing { Found::Open } else { Found::Scored(Some(1.0)) }
            })
            .len()
        };
        assert_eq!(all_but("mnist-ed-9-seed1001-at2"), 18);
        assert_eq!(all_but("none"), plan.runs());
    }

    #[test]
    fn a_configuration_whose_run_failed_is_not_promoted_while_others_are_there() {
        let mut scores: Vec<_> = [1.0; 9].map(Some).into();
        (scores[0], scores[1]) = (None, Some(f64::NAN));
        let runs = climb(&plan(), &scores);
        assert!(runs.contains(&"mnist-ed-3-seed1000".into()), "of equal ones the first: {runs:?}");
    }

    #[test]
    fn lengths_that_vary_are_refused_with_promotion_alone() {
        let text = "tasks = ['mnist']\n[settings]\nepochs = [5, 10]";
        let plan = |text: &str| Plan::sweep(&SweepFile::parse(text).unwrap(), Registry::built_in());
        assert_eq!(plan(text).unwrap().runs(), 2);
        let sentence = plan(&format!("promote = 2\n{text}")).unwrap_err().to_string();
        assert!(sentence.contains("one value of epochs or steps"), "{sentence}");
    }
}
