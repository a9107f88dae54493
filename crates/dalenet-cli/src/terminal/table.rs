//! Tables on a terminal.

use comfy_table::{CellAlignment, Table, presets::NOTHING};

/// Rows of cells, right-aligned under the first row, two blanks between columns.
pub fn table(rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).add_rows(rows);
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((if i > 0 { 2 } else { 0 }, 0));
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_at_the_right_by_what_a_terminal_shows() {
        let rows = [["a", "signal"], ["10", "猫"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(rows.into_iter()), " a  signal\n10      猫");
    }
}
