//! Error Diffusion with Kaneko's own settings.

use super::{RuleEntry, ed};

pub(super) fn entry() -> RuleEntry {
    RuleEntry {
        name: "kaneko".into(),
        summary: "Error Diffusion as Kaneko wrote it in 1999 (the preset of that name)".into(),
        preset: Some("kaneko"),
        ..ed::entry()
    }
}
