//! Numbers in sentences.

/// `1 epoch`, `2 epochs`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `97.31 %` of a share.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}
