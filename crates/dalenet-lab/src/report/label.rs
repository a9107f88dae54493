//! What configurations are called beside each other.

use super::command::bare;
use crate::Experiment;
use std::path::Path;

/// What distinguishes group `i` from the others: task and rule if they differ, then the settings in
/// which it is not like the baseline of its task and rule, the configuration nearest to all others.
/// First after a letter, then without letter and task.
pub fn label(i: usize, described: &[(Experiment, Option<String>)]) -> (String, String) {
    let (config, data) = &described[i];
    let others = || described.iter().map(|(config, _)| config);
    let single = described.len() == 1;
    let mut parts = Vec::new();
    if single || others().any(|other| other.rule() != config.rule()) {
        parts.push(config.rule_name());
    }
    let like = |other: &&Experiment| (other.task(), other.rule()) == (config.task(), config.rule());
    let distance = |one: &&Experiment| -> usize {
        others().filter(like).map(|other| one.differences(other).len()).sum()
    };
    let baseline = others().filter(like).min_by_key(distance).unwrap_or(config);
    let settings = config.differences(baseline);
    let short = |(key, value, _): &(String, String, String)| format!("{key} = {}", bare(value));
    parts.extend(settings.iter().take(2).map(short));
    if settings.len() > 2 {
        parts.push(format!("{} more", settings.len() - 2));
    }
    let on_other_data =
        |(other, sha256): &&(Experiment, Option<String>)| other == config && sha256 != data;
    if described.iter().any(|other| on_other_data(&other)) {
        let start = data.as_deref().and_then(|sha256| sha256.get(..8)).unwrap_or("not recorded");
        parts.push(format!("data {start}"));
    } else if settings.is_empty() && others().filter(like).count() > 1 {
        parts.push("baseline".into());
    }
    let name = if parts.is_empty() { config.rule_name() } else { parts.join(", ") };
    if single || others().any(|other| other.task() != config.task()) {
        let task = Path::new(config.task()).file_name().unwrap_or_default();
        parts.insert(0, task.to_string_lossy().into_owned());
    }
    let label = match single {
        true => parts.join(" by "),
        false => format!("{}: {}", letters(i), parts.join(", ")),
    };
    (label, name)
}

/// A, B, …, Z, AA, AB, …
fn letters(mut i: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + (i % 26) as u8));
        match i / 26 {
            0 => return name,
            more => i = more - 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_lettered_as_columns_of_a_sheet() {
        assert_eq!([0, 25, 26, 27, 52].map(letters), ["A", "Z", "AA", "AB", "BA"]);
    }

    #[test]
    fn data_sets_and_agents_stand_side_by_side() {
        let experiment = |task, rule| (Experiment::new(task, "default", rule).unwrap(), None);
        let described = [experiment("xor", "ed"), experiment("cart-pole", "ed")];
        let labels = [0, 1].map(|i| label(i, &described));
        assert_eq!(labels[0], ("A: xor".into(), "ed".into()));
        assert_eq!(labels[1], ("B: cart-pole".into(), "ed".into()));
    }
}
