//! Tables in Markdown, aligned so that they can be read as they are.

use crate::Estimate;
use std::fmt;

/// A table of texts.
pub(crate) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A table with these column titles and no rows.
    pub fn new(titles: [&str; N]) -> Self {
        Self { rows: vec![titles.map(str::to_owned)] }
    }

    /// Adds a row.
    pub fn push(&mut self, row: [String; N]) {
        self.rows.push(row);
    }
}

/// Columns without content are left out.
impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (titles, rows) = self.rows.split_first().expect("the titles");
        let used = |column: &usize| rows.iter().any(|row| !row[*column].is_empty());
        let columns: Vec<_> = (0..N).filter(used).collect();
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max();
        let line = |row: &[String; N]| {
            let cell = |column: &usize| {
                format!("| {:1$} ", row[*column], width(*column).unwrap_or_default())
            };
            columns.iter().map(cell).collect::<String>() + "|"
        };
        let titles = line(titles);
        let under = titles.chars().map(|letter| if letter == '|' { '|' } else { '-' });
        writeln!(f, "{titles}\n{}", under.collect::<String>())?;
        rows.iter().try_for_each(|row| writeln!(f, "{}", line(row)))
    }
}

/// A number with so many decimals.
pub(crate) fn plain(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// The same with its sign.
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    format!("{value:+.decimals$}").replace('-', "−")
}

/// `97.31 ± 0.04`; of a single value, without the spread.
pub(crate) fn estimate(estimate: &Estimate, number: fn(f64, usize) -> String) -> String {
    let spread = estimate.std.map_or(String::new(), |std| format!(" ± {std:.2}"));
    number(estimate.mean, 2) + &spread
}

/// `97.28 to 97.34`; of a single value, nothing.
pub(crate) fn interval(estimate: &Estimate, number: fn(f64, usize) -> String) -> String {
    let text = |[low, high]: [f64; 2]| format!("{} to {}", number(low, 2), number(high, 2));
    estimate.interval.map_or(String::new(), text)
}
