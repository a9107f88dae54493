//! Tables in Markdown, aligned so that they are readable as text.

use crate::Estimate;
use comfy_table::presets::ASCII_MARKDOWN;
use std::fmt;

/// A table of texts.
pub(crate) struct Table {
    titles: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column titles and no rows.
    pub fn new<'a>(titles: impl IntoIterator<Item = &'a str>) -> Self {
        Self { titles: titles.into_iter().map(str::to_owned).collect(), rows: Vec::new() }
    }

    /// Adds a row, a text a column.
    pub fn push(&mut self, row: impl Into<Vec<String>>) {
        self.rows.push(row.into());
    }
}

/// Columns without content are left out.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used = |column: &usize| self.rows.iter().any(|row| !row[*column].is_empty());
        let columns: Vec<_> = (0..self.titles.len()).filter(used).collect();
        let cells = |row: &Vec<String>| -> Vec<_> {
            columns.iter().map(|column| escaped(&row[*column])).collect()
        };
        let mut table = comfy_table::Table::new();
        table.load_style(ASCII_MARKDOWN).set_header(cells(&self.titles));
        table.add_rows(self.rows.iter().map(cells));
        writeln!(f, "{table}")
    }
}

/// A text that Markdown shows as it is, in one line: without line breaks, and with a backslash before
/// what would end a cell or begin a tag.
pub(crate) fn escaped(text: &str) -> String {
    let escape = |c: char| match c {
        '|' | '<' | '\\' => vec!['\\', c],
        c if c.is_control() => vec![' '],
        c => vec![c],
    };
    text.chars().flat_map(escape).collect()
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

/// `97.28 to 97.34`; without an interval, nothing.
pub(crate) fn interval(estimate: &Estimate, number: fn(f64, usize) -> String) -> String {
    estimate.interval.map_or(String::new(), |interval| range(interval, number))
}

/// `97.28 to 97.34`.
pub(crate) fn range([low, high]: [f64; 2], number: fn(f64, usize) -> String) -> String {
    format!("{} to {}", number(low, 2), number(high, 2))
}

/// A probability with two digits: `0.51`, `0.012`, `3.4e-5`.
pub(crate) fn probability(p: f64) -> String {
    match p {
        p if p < 0.001 => format!("{p:.1e}"),
        p if p < 0.1 => format!("{p:.3}"),
        p => format!("{p:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_empty_ones_left_out() {
        let mut table = Table::new(["task", "paper", "n"]);
        table.push(["mnist".into(), String::new(), "5".into()]);
        table.push(["猫".into(), String::new(), "10".into()]);
        // A wide letter takes two columns.
        let expected = "| task  | n  |\n|-------|----|\n| mnist | 5  |\n| 猫    | 10 |\n";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn a_name_does_not_break_the_table() {
        let mut table = Table::new(["task", "n"]);
        table.push(["a|b\nc<d\\".into(), "5".into()]);
        let expected = "| task        | n |\n|-------------|---|\n| a\\|b c\\<d\\\\ | 5 |\n";
        assert_eq!(table.to_string(), expected);
    }
}
