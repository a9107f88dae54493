//! The values that a setting takes in a sweep.

use crate::Error;
use dalenet::Generator;
use serde::Serialize;
use toml::{Table, Value};

/// How the values of a range lie between its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// At equal distances.
    Linear,
    /// At equal ratios.
    Log,
}

/// The values that a setting takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Values {
    /// These.
    List(Vec<Value>),
    /// Any between two numbers.
    Range {
        /// How they lie.
        scale: Scale,
        /// The least and the largest.
        ends: [f64; 2],
        /// How many of them a grid has.
        points: Option<usize>,
    },
}

impl Values {
    /// What a file gives for the setting `key`: one value, a list of values, or a range such as
    /// `{ log = [1e-4, 1e-1], points = 4 }`.
    ///
    /// # Errors
    /// If it is none of them.
    pub(super) fn read(key: &str, value: Value) -> Result<Self, Error> {
        match value {
            Value::Array(values) if values.is_empty() => {
                Err(impossible(key, "it is an empty list: give at least one value"))
            }
            Value::Array(values) => Ok(Self::List(values)),
            Value::Table(table) if table.contains_key("log") || table.contains_key("linear") => {
                range(key, table)
            }
            value => Ok(Self::List(vec![value])),
        }
    }

    /// Whether it takes several.
    pub(super) fn vary(&self) -> bool {
        !matches!(self, Self::List(values) if values.len() == 1)
    }

    /// How they lie on the axis of a figure.
    pub fn scale(&self) -> Scale {
        match self {
            Self::Range { scale, .. } => *scale,
            Self::List(_) => Scale::Linear,
        }
    }

    /// All of them, of a range at so many points as it says.
    ///
    /// # Errors
    /// If it is a range without `points`.
    pub(super) fn grid(&self, key: &str) -> Result<Vec<Value>, Error> {
        match self {
            Self::List(values) => Ok(values.clone()),
            Self::Range { points: Some(points), .. } => {
                let last = points.saturating_sub(1).max(1) as f64;
                Ok((0..*points).map(|i| self.at(i as f64 / last)).collect())
            }
            Self::Range { points: None, .. } => Err(impossible(
                key,
                "a grid needs to know how many values of a range to take: add points = 5 to it, or draws = 50 \
                 to the file",
            )),
        }
    }

    /// One of them at random.
    pub(super) fn draw(&self, generator: &mut Generator) -> Value {
        match self {
            Self::List(values) => values[generator.below(values.len())].clone(),
            Self::Range { points: Some(points), .. } => {
                let last = points.saturating_sub(1).max(1) as f64;
                self.at(generator.below(*points) as f64 / last)
            }
            Self::Range { points: None, .. } => self.at(generator.uniform().into()),
        }
    }

    /// The value at this share of the way from one end of a range to the other, with three digits.
    fn at(&self, share: f64) -> Value {
        let Self::Range { scale, ends: [low, high], .. } = self else {
            return Value::Boolean(false);
        };
        let value = match scale {
            _ if share == 0.0 => *low,
            _ if share == 1.0 => *high,
            Scale::Linear => low + share * (high - low),
            Scale::Log => low * (high / low).powf(share),
        };
        Value::Float(format!("{value:.2e}").parse().unwrap_or(value))
    }
}

/// A range as a file gives it.
fn range(key: &str, mut table: Table) -> Result<Values, Error> {
    let form =
        "a range is { log = [1e-4, 1e-1] } or { linear = [0, 1] }, with points = 5 for a grid";
    let (scale, ends) = match (table.remove("log"), table.remove("linear")) {
        (Some(ends), None) => (Scale::Log, ends),
        (None, Some(ends)) => (Scale::Linear, ends),
        _ => return Err(impossible(key, form)),
    };
    let points = match table.remove("points") {
        None => None,
        Some(Value::Integer(points)) if (2..=1000).contains(&points) => Some(points as usize),
        Some(_) => return Err(impossible(key, "points must be a whole number from 2 to 1000")),
    };
    let number = |value: &Value| match value {
        Value::Float(number) => Some(*number),
        Value::Integer(number) => Some(*number as f64),
        _ => None,
    };
    let ends: Option<Vec<f64>> = ends.as_array().and_then(|ends| ends.iter().map(number).collect());
    let Some(&[low, high]) = ends.as_deref() else { return Err(impossible(key, form)) };
    if !table.is_empty() {
        return Err(impossible(key, form));
    }
    if !(low < high && low.is_finite() && high.is_finite()) {
        return Err(impossible(key, "the first number of a range must be below the second"));
    }
    if scale == Scale::Log && low <= 0.0 {
        return Err(impossible(key, "a range by ratios (log) must be above 0"));
    }
    Ok(Values::Range { scale, ends: [low, high], points })
}

fn impossible(key: &str, reason: &str) -> Error {
    Error::Config(format!("the values of `{key}` are not possible: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Values, Error> {
        let mut table: Table = text.parse().unwrap();
        Values::read("rate", table.remove("rate").unwrap())
    }

    fn numbers(values: &[Value]) -> Vec<f64> {
        values.iter().map(|value| value.as_float().unwrap()).collect()
    }

    /// Powers of 10 are at equal ratios, tenths at equal distances.
    #[test]
    fn a_grid_has_both_ends_and_equal_steps() {
        let log = read("rate = { log = [1e-4, 1e-1], points = 4 }").unwrap();
        assert_eq!(numbers(&log.grid("rate").unwrap()), [1e-4, 1e-3, 1e-2, 1e-1]);
        let linear = read("rate = { linear = [0, 1], points = 5 }").unwrap();
        assert_eq!(numbers(&linear.grid("rate").unwrap()), [0.0, 0.25, 0.5, 0.75, 1.0]);
    }

    /// Half of the draws by ratios from 1e-4 to 1e-2 are below 1e-3, by distances one in eleven.
    #[test]
    fn draws_are_uniform_on_their_scale() {
        for (text, share) in [
            ("rate = { log = [1e-4, 1e-2] }", 0.5),
            ("rate = { linear = [1e-4, 1e-2] }", 0.0009 / 0.0099),
        ] {
            let (values, mut generator) = (read(text).unwrap(), Generator::new(0, 0));
            let draws: Vec<_> = (0..4000).map(|_| values.draw(&mut generator)).collect();
            let draws = numbers(&draws);
            assert!(draws.iter().all(|value| (1e-4..=1e-2).contains(value)));
            let below = draws.iter().filter(|value| **value < 1e-3).count() as f64 / 4000.0;
            assert!((below - share).abs() < 0.03, "{text}: {below}");
        }
    }

    #[test]
    fn a_list_is_drawn_from_and_one_value_is_a_list_of_one() {
        let values = read("rate = [1, 2, 3]").unwrap();
        let mut generator = Generator::new(1, 0);
        let drawn: Vec<_> =
            (0..60).map(|_| values.draw(&mut generator).as_integer().unwrap()).collect();
        assert!([1, 2, 3].iter().all(|value| drawn.contains(value)));
        assert!(values.vary() && !read("rate = 0.5").unwrap().vary());
    }

    #[test]
    fn what_is_no_list_and_no_range_is_refused_in_a_sentence() {
        for (text, piece) in [
            ("rate = []", "empty list"),
            ("rate = { log = [0, 1] }", "must be above 0"),
            ("rate = { linear = [2, 1] }", "must be below the second"),
            ("rate = { log = [1] }", "{ log = [1e-4, 1e-1] }"),
            ("rate = { log = [1, 2], linear = [1, 2] }", "{ log = [1e-4, 1e-1] }"),
            ("rate = { log = [1, 2], step = 3 }", "{ log = [1e-4, 1e-1] }"),
            ("rate = { log = [1, 2], points = 1 }", "from 2 to 1000"),
            ("rate = { log = ['a', 'b'] }", "{ log = [1e-4, 1e-1] }"),
        ] {
            let sentence = read(text).unwrap_err().to_string();
            assert!(sentence.contains("`rate`") && sentence.contains(piece), "{text}: {sentence}");
        }
        let sentence = read("rate = { log = [1, 2] }").unwrap().grid("rate").unwrap_err();
        assert!(sentence.to_string().contains("points = 5"), "{sentence}");
    }
}
