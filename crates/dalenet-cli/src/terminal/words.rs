//! Numbers in sentences.

/// `1 epoch`, `2 epochs`.
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `97.31 %` of a share.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// `52k/s`: so many samples or steps a second, in at most six characters.
pub fn rate(per_second: f64) -> String {
    match per_second {
        _ if per_second < 999.5 => format!("{per_second:.0}/s"),
        _ if per_second < 999.5e3 => format!("{:.0}k/s", per_second / 1e3),
        _ => format!("{:.0}M/s", per_second / 1e6),
    }
}

/// `54.9 MB` of a number of bytes.
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// `1.3 GB` or `180 MB` of a number of bytes.
pub fn memory(bytes: u64) -> String {
    match bytes as f64 {
        bytes if bytes < 1e9 => format!("{:.0} MB", bytes / 1e6),
        bytes => format!("{:.1} GB", bytes / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_short() {
        for (per_second, words) in
            [(0.4, "0/s"), (999.4, "999/s"), (999.6, "1k/s"), (52_310.0, "52k/s"), (2e6, "2M/s")]
        {
            assert_eq!(rate(per_second), words);
        }
    }
}
