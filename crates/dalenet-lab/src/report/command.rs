//! The command that trains a configuration.

use crate::{Experiment, PRESETS, Registry};

/// The shortest command that trains `config`: the nearest preset, and what differs.
pub fn command(config: &Experiment) -> String {
    let task = config.task();
    let mut starts = Vec::new();
    for (preset, _) in PRESETS {
        for rule in Registry::built_in().rules().iter().map(|entry| entry.name.as_str()) {
            let Ok(start) = Experiment::new(task, preset, rule) else { continue };
            let rule = if rule == "ed" { "".into() } else { format!(" --rule {rule}") };
            let preset = match *preset {
                "default" => String::new(),
                preset => format!(" --preset {preset}"),
            };
            let start = start.with_seed(config.seed());
            starts.push((rule + &preset, config.differences(&start)));
        }
    }
    let nearest = starts.into_iter().min_by_key(|(_, settings)| settings.len());
    let (start, settings) = nearest.unwrap_or_default();
    let mut command = format!("dalenet train {}{start}", quoted(task));
    for (key, value, _) in settings {
        command += &match key.as_str() {
            "epochs" | "bits" | "steps" | "envs" if !(key == "epochs" && is_agent(config)) => {
                format!(" --{key} {value}")
            }
            _ => format!(" --set {}", quoted(&format!("{key}={}", bare(&value)))),
        };
    }
    command
}

/// An agent's epochs are passes over a rollout, which has no flag.
fn is_agent(config: &Experiment) -> bool {
    matches!(config, Experiment::Agent(_))
}

/// A text as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-/=,".contains(c);
    if text.chars().all(plain) { text.into() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// A value without the quotation marks of TOML.
pub fn bare(value: &str) -> &str {
    value.trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AgentConfig, Config};

    #[test]
    fn the_command_is_the_nearest_preset_and_what_differs() {
        let mut config = Config::new("mnist", "paper", "ed").unwrap();
        config.set("widths", "[1, 2]").unwrap();
        let command = |config: Config| command(&config.into());
        assert_eq!(command(config), "dalenet train mnist --preset paper --set 'widths=[1.0, 2.0]'");
        let config = Config::new("xor", "default", "kaneko").unwrap();
        assert_eq!(command(config), "dalenet train xor");
        let config = Config::new("mnist", "default", "bp-dale").unwrap();
        assert_eq!(command(config), "dalenet train mnist --rule bp-dale");
    }

    #[test]
    fn the_command_of_an_agent_has_its_flags() {
        let mut config = AgentConfig::new("cart-pole", "default", "bp").unwrap();
        config.set("steps", "1000").unwrap();
        config.set("epochs", "3").unwrap();
        let found = command(&config.into());
        let start = "dalenet train cart-pole --rule bp";
        assert!(found.starts_with(start) && found.contains(" --steps 1000"), "{found}");
        assert!(found.contains(" --set epochs=3"), "{found}");
    }
}
