//! What the terminal can show.

use std::io::{IsTerminal, stdout};

/// Whether a line on the standard output can be drawn again: a terminal, and not one that says
/// `TERM=dumb`.
pub fn can_redraw() -> bool {
    stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether text on the standard output may have colours; see <https://no-color.org>.
pub fn has_colours() -> bool {
    can_redraw() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
