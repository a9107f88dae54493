//! The tables of results on the page.

use super::study::{Group, Record, Study};
use crate::{
    Estimate, Method,
    statistics::{Difference, FEWEST, compare, correct},
    table,
};
use maud::{Markup, html};

/// Everything that the runs scored: data sets, agents, differences, and all tasks together.
pub fn results(study: &Study) -> Markup {
    let (agents, classifiers): (Vec<_>, Vec<_>) =
        study.groups.iter().partition(|group| group.is_agent());
    html! {
        @if !classifiers.is_empty() { (accuracies(&classifiers)) }
        @if !agents.is_empty() { (returns(&agents)) }
        p.note { "Mean ± sample standard deviation over n seeds, and the 95 % interval of the mean by \
            Student's t; below " (FEWEST) " seeds there is none. The test set is used once, at \
            the end of a training; held out is the share of the samples to choose settings on." }
        (comparisons(study))
        (aggregations(study))
    }
}

fn accuracies(groups: &[&Group]) -> Markup {
    let held_out = |record: &Record| Some(100.0 * record.metrics.last()?.validation_accuracy?);
    html! {
        div.wide { table {
            thead { tr {
                th { "configuration" } th.number { "test, %" } th.number { "95 % interval" }
                th.number { "held out, %" } th.number { "n" } th.number { "epochs" }
                th.number { "E/I ratio by layer" }
                th.number { "weights at the floor by layer, %" }
            } }
            tbody { @for group in groups { tr {
                td { (group.label) }
                (score(group))
                td.number { (group.spread(held_out).map_or("–".into(), |spread| spread.to_string())) }
                (runs(group))
                td.number { (length(group)) }
                (balance(group))
            } } }
        } }
    }
}

fn returns(groups: &[&Group]) -> Markup {
    let share = |record: &Record| Some(100.0 * record.agent_outcome()?.score?);
    let achievements = groups.iter().any(|group| group.spread(share).is_some());
    html! {
        div.wide { table {
            thead { tr {
                th { "configuration" } th.number { "return" } th.number { "95 % interval" }
                @if achievements { th.number { "of all achievements, %" } }
                th.number { "n" } th.number { "updates" }
                th.number { "E/I ratio of the actor by layer" }
                th.number { "its weights at the floor by layer, %" }
            } }
            tbody { @for group in groups { tr {
                td { (group.label) }
                (score(group))
                @if achievements {
                    td.number { (group.spread(share).map_or("–".into(), |share| share.to_string())) }
                }
                (runs(group))
                td.number { (length(group)) }
                (balance(group))
            } } }
        } }
    }
}

/// Mean, deviation and interval of the scores.
fn score(group: &Group) -> Markup {
    let scores: Vec<_> = group.scores().into_iter().map(|(_, score)| score).collect();
    let estimate = Estimate::of(&scores);
    let mean = estimate.as_ref().map(|estimate| table::estimate(estimate, table::plain));
    let interval = estimate.and_then(|estimate| estimate.interval);
    html! {
        td.number { (mean.unwrap_or("–".into())) }
        td.number { (interval.map_or("–".into(), |interval| table::range(interval, table::plain))) }
    }
}

fn runs(group: &Group) -> Markup {
    let unfinished = group.records.iter().filter(|record| record.ending.is_none()).count();
    html! {
        td.number { (group.records.len()) @if unfinished > 0 { " (" (unfinished) " unfinished)" } }
    }
}

/// Epochs or updates made, `from–to` where runs differ.
fn length(group: &Group) -> String {
    let lengths = || group.records.iter().map(Record::length);
    let (least, most) = (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0));
    if least == most { least.to_string() } else { format!("{least}–{most}") }
}

fn balance(group: &Group) -> Markup {
    html! {
        td.number { (by_layer(group, 1.0, 2, Record::ei_ratio)) }
        td.number { (by_layer(group, 100.0, 1, Record::floor_share)) }
    }
}

/// Means over seeds of a value of each layer at the end, `1.16 / 0.97`.
fn by_layer(
    group: &Group,
    factor: f64,
    digits: usize,
    values: impl Fn(&Record) -> &[f64],
) -> String {
    let layer = |l: usize| group.spread(|record| values(record).get(l).copied());
    let means = (0..).map_while(layer).map(|spread| format!("{:.digits$}", factor * spread.mean));
    let means: Vec<_> = means.collect();
    if means.is_empty() { "–".into() } else { means.join(" / ") }
}

/// Each configuration beside the first of its task.
fn comparisons<'a>(study: &'a Study) -> Markup {
    let mut rows: Vec<(&'a Group, &'a Group, Difference)> = Vec::new();
    for (_, groups) in study.tasks() {
        let [(_, reference), others @ ..] = &groups[..] else { continue };
        let scores = reference.scores();
        let row = |(_, group): &(usize, &'a Group)| {
            Some((*group, *reference, compare(&group.scores(), &scores)?))
        };
        rows.extend(others.iter().filter_map(row));
    }
    correct(rows.iter_mut().filter_map(|(.., difference)| difference.test.as_mut()));
    if rows.iter().all(|(.., difference)| difference.test.is_none()) {
        return html! {};
    }
    let method = |method| match method {
        Method::Paired => "paired by seed",
        Method::Welch => "Welch's",
    };
    html! {
        div.wide { table {
            caption { "Differences" }
            thead { tr {
                th { "configuration" } th { "less" } th.number { "difference" }
                th.number { "95 % interval" } th.number { "t" } th.number { "degrees of freedom" }
                th.number { "p" } th { "test" }
            } }
            tbody { @for (group, reference, Difference { size, test }) in &rows { tr {
                td { (group.label) }
                td { (reference.label) }
                td.number { (table::estimate(size, table::signed)) }
                td.number { (size.interval.map_or("–".into(), |interval| {
                    table::range(interval, table::signed)
                })) }
                @match test {
                    Some(test) => {
                        td.number { (table::signed(test.t, 2)) }
                        td.number { (table::plain(test.degrees, 1)) }
                        td.number { (table::probability(test.p_holm)) }
                        td { (method(test.method)) }
                    }
                    None => { td.number { "–" } td.number { "–" } td.number { "–" } td { "none" } }
                }
            } } }
        } }
        p.note { "In percentage points, or units of the return, to the first configuration of the task. \
            Student's test of the differences by seed where at least " (FEWEST) " seeds are shared, Welch's \
            elsewhere; p is two-sided, corrected by Holm for all rows of the table." }
    }
}

/// All tasks together.
fn aggregations(study: &Study) -> Markup {
    html! {
        @for aggregation in study.aggregations() {
            div.wide { table {
                caption { "Over " (aggregation.tasks) " tasks" }
                thead { tr {
                    th { "rule" } th.number { "interquartile mean, " (aggregation.scale.name()) }
                    th.number { "95 % interval" } th.number { "runs" }
                } }
                tbody { @for row in &aggregation.rules { tr {
                    td { (row.rule) }
                    td.number { (table::plain(row.iqm, 2)) }
                    td.number { (row.interval.map_or("–".into(), |interval| {
                        table::range(interval, table::plain)
                    })) }
                    td.number { (row.runs()) }
                } } }
            } }
            p.note { "The mean of the middle half of all runs (Agarwal et al. 2021), its interval by the \
                bootstrap stratified by task, 10,000 resamples. " (aggregation.scale.explained()) }
        }
    }
}
