//! What is known of a study so far: `results.jsonl`, `table.md` and figures, from the published runs.

use super::layout::Layout;
use crate::{
    Error, Findings, Plan, Run,
    curves::curves,
    failure::{Failure, FailureKind},
    files,
    record::{Failures, Record},
    report::{profiles, save_figure},
    run::json,
    sweep::{self, Stage, found},
};

/// Reads the published runs of a plan, and writes what they say.
pub(crate) struct Collector<'a> {
    pub layout: &'a Layout,
    pub plan: &'a Plan,
}

impl<'a> Collector<'a> {
    /// Writes what is known so far. `failed` are runs that could not be trained here, and why.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn collect(&self, failed: &[(String, String)]) -> Result<Findings, Error> {
        loop {
            let published = self.published();
            let findings = self.write(failed)?;
            // Another worker may have written an older view since, or a run may have come.
            if self.published() == published {
                return Ok(findings);
            }
        }
    }

    /// How many runs are published.
    pub fn published(&self) -> usize {
        let is_published = |stage: &Stage<'_>| self.layout.is_published(&stage.run());
        self.stages().iter().filter(|stage| is_published(stage)).count()
    }

    /// The runs that can be trained, seeds outermost: all, or in a sweep that promotes those up to the first rung that
    /// is not finished.
    pub fn stages(&self) -> Vec<Stage<'a>> {
        self.plan.stages(&|run| found(&self.layout.run(run)))
    }

    /// Whether what is written has every published run.
    pub fn is_written(&self) -> bool {
        let read = |name| files::read_text(&self.layout.folder().join(name));
        let (Ok(results), Ok(_)) = (read("results.jsonl"), read("table.md")) else { return false };
        let has_result = |stage: &&Stage<'_>| {
            stage.until.is_none() && self.layout.run(&stage.run()).join("result.json").is_file()
        };
        results.lines().count() == self.stages().iter().filter(has_result).count()
    }

    fn write(&self, failed: &[(String, String)]) -> Result<Findings, Error> {
        let (mut records, mut failures) = (Vec::new(), Failures::default());
        for stage in self.stages() {
            let run = stage.run();
            match self.record(&stage) {
                Ok(Some(record)) if stage.until.is_none() => records.push(record),
                Ok(_) => {
                    let here = failed.iter().find(|(of, _)| *of == run);
                    let here = here.map(|(_, reason)| Failure {
                        kind: FailureKind::Untrained,
                        reason: reason.clone(),
                    });
                    failures.add(run.clone(), Failure::read(&self.layout.run(&run)).or(here));
                }
                Err(error) => failures.failed.push(format!("{run} ({error})")),
            }
        }
        let lines: String = records.iter().map(|record| json(record) + "\n").collect();
        let folder = self.layout.folder();
        files::write(&folder.join("results.jsonl"), lines.as_bytes())?;
        let mut findings = Findings::new(folder, self.plan, &records, &failures);
        if let Some(sweep) = &self.plan.sweep {
            findings.sweep = Some(sweep::collect(folder, self.plan, sweep)?);
        } else if let Some(figure) = self.curves()? {
            self.save_figure("curves", &figure)?;
        }
        files::write(&folder.join("table.md"), findings.to_string().as_bytes())?;
        if let Some(aggregation) = &findings.aggregation {
            self.save_figure("profiles", &profiles(aggregation)?)?;
        }
        Ok(findings)
    }

    fn save_figure(&self, name: &str, figure: &str) -> Result<(), Error> {
        let path = |end| self.layout.folder().join(format!("{name}.{end}"));
        save_figure(figure, &path("svg"), &path("png"))
    }

    /// The curves of agents, if it has any.
    fn curves(&self) -> Result<Option<String>, Error> {
        let mut cells = Vec::new();
        for cell in self.plan.cells.iter().filter(|cell| cell.is_agent()) {
            let folders = self.plan.all_seeds().map(|seed| self.layout.run(&cell.run(seed)));
            let finished = folders.filter(|folder| folder.join("result.json").exists());
            // A run that cannot be read is missing in the figure.
            let runs = finished.filter_map(|folder| Run::open(&folder).ok()?.updates().ok());
            cells.push((cell, runs.collect()));
        }
        curves(&cells)
    }

    /// How a run ended, if it has a result.
    ///
    /// # Errors
    /// If the result cannot be read.
    pub fn record(&self, stage: &Stage<'_>) -> Result<Option<Record>, Error> {
        let path = self.layout.run(&stage.run()).join("result.json");
        if !path.exists() {
            return Ok(None);
        }
        let text = files::read_text(&path)?;
        let outcome = serde_json::from_str(&text).map_err(|cause| {
            let folder = path.parent().unwrap_or(&path).display();
            let path = path.display();
            Error::Config(format!(
                "{path} is not a result ({cause}); restore it from a copy, or remove {folder} to train anew"
            ))
        })?;
        Ok(Some(Record { cell: stage.cell.name.clone(), outcome }))
    }
}
