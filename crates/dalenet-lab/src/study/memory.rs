//! How much memory a run needs.

use super::study::Study;
use crate::{Error, Resources, source};
use std::fs;

impl Study {
    /// Bytes that one run needs, measured on a first step of a run of each task: the data, the network and
    /// what learning keeps. `None` where the system does not say.
    ///
    /// # Errors
    /// If a run cannot be trained.
    pub fn memory_of_a_run(&self, resources: Resources<'_>) -> Result<Option<u64>, Error> {
        let Some(before) = resident() else { return Ok(None) };
        let mut most = before;
        let mut tasks: Vec<&str> = Vec::new();
        for cell in &self.plan().cells {
            if !tasks.contains(&cell.config.task()) {
                tasks.push(cell.config.task());
                let (data, _) = source::of_experiment(&cell.config, None, resources, &mut ())?;
                let mut trainer = dalenet_train::trainer(resources.registry, &cell.config, data)?;
                // One that diverges says so when it is trained.
                let _ = trainer.advance(1);
                most = most.max(resident().unwrap_or_default());
            }
        }
        Ok(Some(most - before))
    }
}

/// Bytes of memory that this process uses.
fn resident() -> Option<u64> {
    kilobytes("/proc/self/status", "VmRSS:")
}

/// Bytes of memory that are free on this machine, as far as the system says.
pub fn free_memory() -> Option<u64> {
    kilobytes("/proc/meminfo", "MemAvailable:")
}

fn kilobytes(path: &str, key: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(key))?;
    Some(1024 * value.split_whitespace().next()?.parse::<u64>().ok()?)
}
