//! Tries classifiers on devices, effect by effect.

use super::{
    bench::Bench,
    count::devices,
    robust_figure,
    robust_series::{Point, Series, series},
    robustness::{Robustness, RobustnessRow},
};
use crate::{Error, Estimate, Resources, Run, files, report};
use dalenet_data::Observer;
use std::path::{Path, PathBuf};

/// How runs are tried.
#[derive(Clone, Copy, Debug)]
pub struct RobustOptions<'a> {
    /// Chips of each device whose errors are random.
    pub chips: u64,
    /// Random seed of the chips.
    pub seed: u64,
    /// Test samples at most, evenly spaced; none: all.
    pub samples: Option<usize>,
    /// The figure, `x.svg`, beside which it is written as `x.png`.
    pub figure: &'a Path,
}

/// Tries the classifiers of `runs`, seeds of one configuration, on devices: few bits, errors of programming,
/// stuck devices, and the presets over time. `progress` is called with how many of all chips are done.
///
/// # Errors
/// If a run is an agent's, has another configuration or cannot be used, or something else is in the place of
/// the figure.
pub fn robustness<'a>(
    runs: &[PathBuf],
    options: &RobustOptions<'_>,
    resources: impl Into<Resources<'a>>,
    observer: &mut dyn Observer,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Robustness, Error> {
    let resources = resources.into();
    let (figure, picture) = (options.figure, options.figure.with_extension("png"));
    check_figure(figure, &picture)?;
    let config = one_configuration(runs)?;
    let series = series(config.network.dale.is_on());
    let mut tried = Tried::new(&series, options, runs.len());
    for path in runs {
        let data = (None, options.samples);
        let bench = Bench::open(path, data, true, resources, observer)?;
        tried.add(&bench, &series, progress);
    }
    let robustness = Robustness {
        runs: runs.to_vec(),
        rule: config.network.rule_name(&config.rule),
        task: config.task,
        samples: tried.samples,
        float: estimate(
            &tried.float_accuracies.iter().map(|share| vec![*share]).collect::<Vec<_>>(),
        ),
        devices: tried.devices,
        rows: tried.rows(&series),
        float_accuracies: tried.float_accuracies,
        figure: figure.into(),
        picture,
    };
    let svg = robust_figure::figure(&robustness)?;
    report::save_figure(&svg, &robustness.figure, &robustness.picture)?;
    Ok(robustness)
}

/// Refuses another format, and to write over what is no figure of the program.
fn check_figure(figure: &Path, picture: &Path) -> Result<(), Error> {
    if files::extension(figure).as_deref() != Some("svg") {
        return Err(Error::Config(format!(
            "the figure {} is written as SVG; let its name end in .svg",
            figure.display()
        )));
    }
    [figure, picture].into_iter().try_for_each(report::may_be_written)
}

/// What was found so far.
struct Tried<'a> {
    options: &'a RobustOptions<'a>,
    /// Shares of right samples: series × times × runs × chips.
    accuracies: Vec<Vec<Vec<Vec<f64>>>>,
    float_accuracies: Vec<f64>,
    samples: usize,
    devices: u64,
    /// Chips that were tried, and all of them.
    done: usize,
    total: usize,
}

impl<'a> Tried<'a> {
    fn new(series: &[Series], options: &'a RobustOptions<'a>, runs: usize) -> Self {
        let chips: usize = series.iter().map(|series| series.chips(options.chips) as usize).sum();
        let nothing = |series: &Series| vec![Vec::new(); series.points.len()];
        Self {
            options,
            accuracies: series.iter().map(nothing).collect(),
            float_accuracies: Vec::new(),
            samples: 0,
            devices: 0,
            done: 0,
            total: runs * chips,
        }
    }

    /// Tries a run's classifier on everything.
    fn add(&mut self, bench: &Bench, series: &[Series], progress: &mut dyn FnMut(usize, usize)) {
        self.float_accuracies.push(bench.float_accuracy);
        (self.samples, self.devices) = (bench.samples(), devices(&bench.trained.network));
        for (series, accuracies) in series.iter().zip(&mut self.accuracies) {
            let mut of_run = vec![Vec::new(); series.points.len()];
            for chip in 0..series.chips(self.options.chips) {
                let seed = self.options.seed;
                let found = bench.accuracies(&series.device, &series.times(), seed, chip);
                of_run.iter_mut().zip(found).for_each(|(at, accuracy)| at.push(accuracy));
                self.done += 1;
                progress(self.done, self.total);
            }
            accuracies.iter_mut().zip(of_run).for_each(|(at, chips)| at.push(chips));
        }
    }

    fn rows(&mut self, series: &[Series]) -> Vec<RobustnessRow> {
        let accuracies = std::mem::take(&mut self.accuracies);
        let points =
            series.iter().flat_map(|series| series.points.iter().map(move |p| (series, p)));
        let row =
            |((series, point), accuracies): ((&Series, &Point), Vec<Vec<f64>>)| RobustnessRow {
                effect: series.effect,
                device: series.name.into(),
                x: point.x,
                strength: point.text.clone(),
                estimate: estimate(&accuracies),
                chip_std: chip_deviation(&accuracies),
                accuracies,
            };
        points.zip(accuracies.into_iter().flatten()).map(row).collect()
    }
}

/// The configuration that all these runs have, but for their seeds.
fn one_configuration(runs: &[PathBuf]) -> Result<crate::Config, Error> {
    let mut first: Option<(&Path, crate::Config)> = None;
    for path in runs {
        let config = Run::open(path)?.config()?;
        let Some((before, known)) = &first else {
            first = Some((path, config));
            continue;
        };
        let differences = config.differences(known);
        if let Some((key, ..)) = differences.iter().find(|(key, ..)| key != "seed") {
            return Err(Error::Config(format!(
                "{} and {} differ in {key}: give runs of one configuration that differ in their seeds, and call \
                 the command once for each configuration",
                before.display(),
                path.display()
            )));
        }
    }
    match first {
        Some((_, config)) => Ok(config),
        None => Err(Error::Config("name at least one run".into())),
    }
}

/// Of several runs by their means, of one run by its chips, in percent.
fn estimate(accuracies: &[Vec<f64>]) -> Estimate {
    let percent = |values: &[f64]| values.iter().map(|share| 100.0 * share).collect::<Vec<_>>();
    let values = match accuracies {
        [one] => percent(one),
        several => several.iter().map(|chips| mean(&percent(chips))).collect(),
    };
    Estimate::of(&values).expect("a run")
}

/// Standard deviation of the chips of a run, mean over the runs, in percentage points.
fn chip_deviation(accuracies: &[Vec<f64>]) -> f64 {
    let of_run = |chips: &Vec<f64>| Estimate::of(chips).and_then(|of| of.std).unwrap_or(0.0);
    100.0 * mean(&accuracies.iter().map(of_run).collect::<Vec<_>>())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
