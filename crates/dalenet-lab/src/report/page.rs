//! The page itself: HTML that needs no other file.

use super::{
    canvas::MARK,
    command::command,
    figure::Figure,
    left_out::LeftOut,
    study::{Group, Study},
    tables,
};
use crate::{Experiment, Provenance};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// The whole page.
pub fn page(study: &Study, figures: &[Figure], undrawn: &[LeftOut]) -> String {
    let tasks: Vec<_> = study.tasks().into_iter().map(|(task, _)| task.to_owned()).collect();
    let title = format!("Dalenet: {}", tasks.join(", "));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content=(MARK);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                p { (counted(study.runs(), "run")) " of "
                    (counted(study.groups.len(), "configuration")) "; Dalenet "
                    (env!("CARGO_PKG_VERSION")) "." }
                h2 { "Results" }
                (tables::results(study))
                h2 { "What was run" }
                (what_was_run(study))
                (left_out("Left out: ", &study.left_out))
                (left_out("Without figures of the weights: ", undrawn))
                h2 { "Figures" }
                div.figures {
                    @for figure in figures {
                        figure id=(figure.name) {
                            (PreEscaped(&figure.svg))
                            figcaption { (figure.caption) }
                        }
                    }
                }
            }
        }
    };
    page.into_string()
}

fn what_was_run(study: &Study) -> Markup {
    html! {
        @for group in &study.groups {
            section {
                h3 { (group.label) }
                pre { (command(&group.config)) " --seed " (group.records[0].seed) }
                p { (facts(group)) }
                p.note { @for (i, record) in group.records.iter().enumerate() {
                    @if i > 0 { ", " }
                    code { (record.folder.display()) }
                } }
            }
        }
        @if study.groups.len() > 1 { (differences(study)) }
        @for run in &study.duplicates {
            p.note { "Left out: " (run.display()) ", which has the configuration and the seed of \
                another run." }
        }
    }
}

/// A paragraph a run that is not shown, or not all of it.
fn left_out(title: &str, runs: &[LeftOut]) -> Markup {
    html! {
        @for LeftOut { run, reason } in runs {
            p.note { (title) code { (run.display()) } ": " (reason) }
        }
    }
}

/// Seeds and sizes, and where the first result comes from.
fn facts(group: &Group) -> String {
    let seeds: Vec<_> = group.records.iter().map(|record| record.seed.to_string()).collect();
    let mut facts =
        vec![format!("{} {}", if seeds.len() == 1 { "seed" } else { "seeds" }, seeds.join(", "))];
    let first = &group.records[0];
    let parameters = first.outcome().map(|outcome| outcome.parameters);
    let parameters = parameters.or_else(|| first.agent_outcome().map(|outcome| outcome.parameters));
    facts.extend(parameters.map(|count| format!("{} weights and biases", parted(count))));
    let steps = first.metrics.last().map(|epoch| epoch.step);
    let steps = steps.or_else(|| first.updates.last().map(|update| update.steps));
    facts.extend(steps.map(|steps| format!("{} steps", parted(steps as usize))));
    if let Experiment::Classification(config) = &group.config
        && config.validation > 0.0
    {
        let share = 100.0 * config.validation;
        facts.push(format!("{share:.0} % of the training samples held out"));
    }
    facts.extend(first.agent_outcome().map(|outcome| format!("backend {}", outcome.backend)));
    facts.extend(first.provenance().map(place));
    facts.retain(|fact| !fact.is_empty());
    facts.join(" · ")
}

/// Program, machine and time of a result, as far as they are recorded.
fn place(provenance: &Provenance) -> String {
    let Provenance { version, host, threads, date, .. } = provenance;
    let threads = match threads {
        0 => String::new(),
        threads => counted(*threads, "thread"),
    };
    let version = if version.is_empty() { String::new() } else { format!("Dalenet {version}") };
    let known = [version, host.clone(), threads, date.clone()];
    let known: Vec<_> = known.into_iter().filter(|text| !text.is_empty()).collect();
    known.join(", ")
}

/// The settings in which groups of one kind differ, side by side.
fn differences(study: &Study) -> Markup {
    let (agents, others): (Vec<_>, Vec<_>) =
        study.groups.iter().partition(|group| group.is_agent());
    html! {
        @for groups in [others, agents] {
            @if groups.len() > 1 { (table_of_differences(&groups)) }
        }
    }
}

fn table_of_differences(groups: &[&Group]) -> Markup {
    let tables: Vec<_> = groups.iter().map(|group| group.config.table()).collect();
    let differs = |key: &&String| tables.iter().any(|table| table.get(*key) != tables[0].get(*key));
    let keys: Vec<_> = tables[0].keys().filter(differs).collect();
    let value = |table: &toml::Table, key: &str| {
        table.get(key).map(toml::Value::to_string).unwrap_or_default().replace('"', "")
    };
    html! {
        div.wide {
            table {
                caption { "Settings that differ" }
                thead { tr { th { "setting" } @for group in groups {
                    th { (group.label.split(':').next().unwrap_or_default()) }
                } } }
                tbody {
                    @for key in &keys {
                        tr { td { code { (key) } } @for table in &tables {
                            td { (value(table, key)) }
                        } }
                    }
                }
            }
        }
    }
}

/// A whole number with its thousands parted.
fn parted(number: usize) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(",")
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
