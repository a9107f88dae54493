//! The file of a sweep.

use super::values::Values;
use crate::{Error, files};
use dalenet::Generator;
use serde::Deserialize;
use std::path::Path;
use toml::{Table, Value};

/// Configurations that a grid has at most.
const MOST: usize = 100_000;

/// What is swept: tasks, rules, seeds and the values of settings.
///
/// ```
/// let file = dalenet_lab::SweepFile::parse(
///     "tasks = ['mnist']
///      rules = ['ed', 'dfa']
///      draws = 20
///      [settings]
///      rate = { log = [1.0, 100.0] }
///      batch = [32, 64]",
/// )?;
/// assert_eq!(file.combinations()?.len(), 20);
/// # Ok::<(), dalenet_lab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SweepFile {
    /// What is learnt.
    pub tasks: Vec<String>,
    /// By which rules.
    pub rules: Vec<String>,
    /// With how many seeds every configuration is trained.
    pub seeds: u64,
    /// The preset that configurations start from.
    pub preset: String,
    /// How many random combinations are trained; none: all combinations.
    pub draws: Option<usize>,
    /// Random seed of the draws.
    pub draw_seed: u64,
    /// One of so many configurations is promoted by successive halving; none: all are trained to the end.
    pub promote: Option<u32>,
    /// The values of each setting, in the order of the file.
    pub settings: Vec<(String, Values)>,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    tasks: Vec<String>,
    #[serde(default = "error_diffusion")]
    rules: Vec<String>,
    #[serde(default = "one")]
    seeds: u64,
    #[serde(default = "default_preset")]
    preset: String,
    draws: Option<usize>,
    #[serde(default)]
    draw_seed: u64,
    promote: Option<u32>,
    #[serde(default)]
    settings: Table,
}

fn error_diffusion() -> Vec<String> {
    vec!["ed".into()]
}

fn one() -> u64 {
    1
}

fn default_preset() -> String {
    "default".into()
}

impl SweepFile {
    /// The sweep in the file at `path`.
    ///
    /// # Errors
    /// If it cannot be read or is none.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let named = |cause: Error| Error::Config(format!("{}: {cause}", path.display()));
        Self::parse(&files::read_text(path)?).map_err(named)
    }

    /// The sweep in a text.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            let message = error.message().replace('\n', " ");
            Error::Config(format!(
                "line {line} is not possible in a sweep: {message}; docs/CLUSTER.md has an example"
            ))
        })?;
        let Written { tasks, rules, seeds, preset, draws, draw_seed, promote, settings } = written;
        check("tasks", !tasks.is_empty(), "must name a task")?;
        check("rules", !rules.is_empty(), "must name a rule")?;
        check("seeds", (1..=1000).contains(&seeds), "must be 1 to 1000")?;
        check("draws", draws.is_none_or(|n| (1..=MOST).contains(&n)), "must be 1 to 100000")?;
        check("promote", promote.is_none_or(|n| (2..=100).contains(&n)), "must be 2 to 100")?;
        let own = |key: &String| ["task", "rule", "seed"].contains(&key.as_str());
        if let Some(key) = settings.keys().find(|key| own(key)) {
            return Err(Error::Config(format!(
                "`{key}` is not for [settings]: a sweep names its {key}s by `{key}s` at the top of the file"
            )));
        }
        let values = |(key, value): (String, Value)| Ok((key.clone(), Values::read(&key, value)?));
        let settings = settings.into_iter().map(values).collect::<Result<_, Error>>()?;
        Ok(Self { tasks, rules, seeds, preset, draws, draw_seed, promote, settings })
    }

    /// The combinations of values that are trained, each a table of settings: as many as are drawn, or
    /// all. More draws begin with the same combinations.
    ///
    /// # Errors
    /// If a grid has a range without points, or there are too many.
    pub fn combinations(&self) -> Result<Vec<Table>, Error> {
        match self.draws {
            Some(draws) => Ok(self.drawn(draws)),
            None => self.grid(),
        }
    }

    /// The same with `fixed` values of `task`, `rule` or settings in the place of those of the file: one configuration if
    /// it has a value for everything that varies.
    ///
    /// # Errors
    /// If the file does not have one of the settings.
    pub fn with(mut self, fixed: Table) -> Result<Self, Error> {
        if !fixed.is_empty() {
            (self.draws, self.promote) = (None, None);
        }
        for (key, value) in fixed {
            match (key.as_str(), value) {
                ("task", Value::String(task)) => self.tasks = vec![task],
                ("rule", Value::String(rule)) => self.rules = vec![rule],
                (key, value) => {
                    let known = self.settings.iter_mut().find(|(known, _)| known == key);
                    let Some((_, values)) = known else {
                        return Err(Error::Config(format!(
                            "the file of the sweep has no setting `{key}`"
                        )));
                    };
                    *values = Values::List(vec![value]);
                }
            }
        }
        Ok(self)
    }

    /// What there is to choose from: `task`, `rule`, and each setting by its key.
    pub fn values(&self) -> Vec<(String, Values)> {
        let names =
            |names: &[String]| Values::List(names.iter().cloned().map(Value::String).collect());
        let named =
            [("task".to_owned(), names(&self.tasks)), ("rule".to_owned(), names(&self.rules))];
        named.into_iter().chain(self.settings.iter().cloned()).collect()
    }

    fn drawn(&self, draws: usize) -> Vec<Table> {
        let mut generator = Generator::new(self.draw_seed, 0);
        let mut draw =
            |(key, values): &(String, Values)| (key.clone(), values.draw(&mut generator));
        (0..draws).map(|_| self.settings.iter().map(&mut draw).collect()).collect()
    }

    /// The last setting varies fastest.
    fn grid(&self) -> Result<Vec<Table>, Error> {
        let mut combinations = vec![Table::new()];
        for (key, values) in &self.settings {
            let values = values.grid(key)?;
            if combinations.len().saturating_mul(values.len()) > MOST {
                return Err(Error::Config(format!(
                    "the grid has more than {MOST} configurations: take fewer values, or draws = 50"
                )));
            }
            let with = |table: &Table, value: &Value| {
                let mut table = table.clone();
                table.insert(key.clone(), value.clone());
                table
            };
            combinations = combinations
                .iter()
                .flat_map(|table| values.iter().map(move |value| with(table, value)))
                .collect();
        }
        Ok(combinations)
    }
}

fn check(key: &str, holds: bool, must: &str) -> Result<(), Error> {
    match holds {
        true => Ok(()),
        false => Err(Error::Config(format!("`{key}` {must}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_has_every_combination_once() {
        let file = SweepFile::parse(
            "tasks = ['mnist']\n[settings]\nbatch = [16, 32]\nlayers = [[64], [32, 32]]\nepochs = 3",
        )
        .unwrap();
        let found = file.combinations().unwrap().iter().map(Table::to_string).collect::<Vec<_>>();
        let expected = [(16, "[64]"), (16, "[32, 32]"), (32, "[64]"), (32, "[32, 32]")];
        let expected = expected
            .map(|(batch, layers)| format!("batch = {batch}\nlayers = {layers}\nepochs = 3\n"));
        assert_eq!(found, expected);
    }

    #[test]
    fn more_draws_begin_with_the_same_and_another_seed_has_others() {
        let drawn = |head: &str| {
            let text =
                format!("tasks = ['mnist']\n{head}\n[settings]\nrate = {{ log = [1, 100] }}");
            SweepFile::parse(&text).unwrap().combinations().unwrap()
        };
        assert_eq!(drawn("draws = 9")[..5], drawn("draws = 5")[..]);
        assert_ne!(drawn("draws = 5"), drawn("draws = 5\ndraw_seed = 1"));
    }

    #[test]
    fn a_wrong_file_is_refused_in_a_sentence() {
        for (text, piece) in [
            ("", "missing field `tasks`"),
            ("tasks = []", "`tasks` must name a task"),
            (
                "tasks = ['mnist']\nseed = 1",
                "line 2 is not possible in a sweep: unknown field `seed`",
            ),
            ("tasks = ['mnist']\nseeds = 0", "`seeds` must be 1 to 1000"),
            ("tasks = ['mnist']\npromote = 1", "`promote` must be 2 to 100"),
            ("tasks = ['mnist']\ndraws = 0", "`draws` must be 1 to"),
            ("tasks = ['mnist']\n[settings]\nseed = [1, 2]", "`seed` is not for [settings]"),
            ("tasks = ['mnist'", "line 1 is not possible"),
        ] {
            let sentence = SweepFile::parse(text).unwrap_err().to_string();
            assert!(sentence.contains(piece) && !sentence.contains('\n'), "{text}: {sentence}");
        }
        let axes: String =
            (0..6).map(|i| format!("k{i} = {{ linear = [0, 1], points = 10 }}\n")).collect();
        let file = SweepFile::parse(&format!("tasks = ['mnist']\n[settings]\n{axes}")).unwrap();
        assert!(file.combinations().unwrap_err().to_string().contains("more than 100000"));
    }
}
