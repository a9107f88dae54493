//! The page itself: HTML that needs no other file.

use super::{
    canvas::MARK,
    figure::Figure,
    left_out::LeftOut,
    study::{Group, Study},
};
use crate::statistics::Spread;
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
                (results(study))
                h2 { "What was run" }
                (what_was_run(study))
                (left_out("Left out: ", &study.left_out))
                (left_out("Without figures of the weights: ", undrawn))
                h2 { "Figures" }
                @for figure in figures {
                    figure id=(figure.name) {
                        (PreEscaped(&figure.svg))
                        figcaption { (figure.caption) }
                    }
                }
            }
        }
    };
    page.into_string()
}

fn results(study: &Study) -> Markup {
    let percent = |spread: Option<Spread>| match spread {
        Some(spread) => format!("{:.2}", spread.times(100.0)),
        None => "–".into(),
    };
    html! {
        div.wide {
            table {
                thead {
                    tr {
                        th { "configuration" } th.number { "test, %" } th.number { "held out, %" }
                        th.number { "n" } th.number { "epochs" }
                        th.number { "E/I ratio by layer" }
                        th.number { "weights at the floor by layer, %" }
                    }
                }
                tbody {
                    @for group in &study.groups {
                        tr {
                            td { (group.label) }
                            td.number { (percent(group.spread(|record| {
                                Some(record.outcome.as_ref()?.test_accuracy)
                            }))) }
                            td.number { (percent(group.spread(|record| {
                                record.metrics.last()?.validation_accuracy
                            }))) }
                            td.number { (group.records.len()) @if unfinished(group) > 0 {
                                " (" (unfinished(group)) " unfinished)"
                            } }
                            td.number { (epochs(group)) }
                            td.number { (by_layer(group, 1.0, 2, |m| &m.ei_ratio)) }
                            td.number { (by_layer(group, 100.0, 1, |m| &m.floor_share)) }
                        }
                    }
                }
            }
        }
        p.note { "Mean ± sample standard deviation over n seeds. The test set is used once, at \
            the end of a training; held out is the share of the samples to choose settings on." }
    }
}

/// How many of its runs have not come to their end.
fn unfinished(group: &Group) -> usize {
    group.records.iter().filter(|record| record.outcome.is_none()).count()
}

/// Epochs made, `from–to` where runs differ.
fn epochs(group: &Group) -> String {
    let epochs = || group.records.iter().map(|record| record.metrics.len());
    let (least, most) = (epochs().min().unwrap_or(0), epochs().max().unwrap_or(0));
    if least == most { least.to_string() } else { format!("{least}–{most}") }
}

/// Means over seeds of a value of each layer after the last epoch, `1.16 / 0.97`.
fn by_layer(
    group: &Group,
    factor: f64,
    digits: usize,
    values: impl Fn(&crate::EpochMetrics) -> &[f64],
) -> String {
    let layer = |l: usize| group.spread(|record| values(record.metrics.last()?).get(l).copied());
    let means = (0..).map_while(layer).map(|spread| format!("{:.digits$}", factor * spread.mean));
    let means: Vec<_> = means.collect();
    if means.is_empty() { "–".into() } else { means.join(" / ") }
}

fn what_was_run(study: &Study) -> Markup {
    html! {
        @for group in &study.groups {
            section {
                h3 { (group.label) }
                pre { (group.command()) " --seed " (group.records[0].seed) }
                p { (facts(group)) }
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

/// What does not depend on the machine.
fn facts(group: &Group) -> String {
    let seeds: Vec<_> = group.records.iter().map(|record| record.seed.to_string()).collect();
    let last = group.records.iter().find_map(|record| record.metrics.last());
    let outcome = group.records.iter().find_map(|record| record.outcome.as_ref());
    let mut facts =
        vec![format!("{} {}", if seeds.len() == 1 { "seed" } else { "seeds" }, seeds.join(", "))];
    facts.extend(
        outcome.map(|outcome| format!("{} weights and biases", parted(outcome.parameters))),
    );
    if let Some(last) = last {
        facts.push(format!("{} steps", parted(last.step as usize)));
    }
    let config = &group.config;
    if config.validation > 0.0 {
        let share = 100.0 * config.validation;
        facts.push(format!("{share:.0} % of the training samples held out"));
    }
    facts.join(" · ")
}

/// The settings in which the groups differ, side by side.
fn differences(study: &Study) -> Markup {
    let groups = &study.groups;
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
