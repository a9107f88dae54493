//! What experiments are resolved against: names, and the folder of data sets.

use dalenet_train::{Registry, Request};
use std::path::Path;

/// Rules, routings and tasks by name, and where data sets are kept.
#[derive(Clone, Copy)]
pub struct Resources<'a> {
    /// Rules, routings and tasks.
    pub registry: &'a Registry,
    /// Where data sets are kept; none: the platform's folder.
    pub data_dir: Option<&'a Path>,
}

impl Default for Resources<'_> {
    fn default() -> Self {
        Self { registry: Registry::built_in(), data_dir: None }
    }
}

/// The built-in names, with data sets kept in a folder.
impl<'a> From<Option<&'a Path>> for Resources<'a> {
    fn from(data_dir: Option<&'a Path>) -> Self {
        Self { data_dir, ..Self::default() }
    }
}

/// The names of a registry, with data sets kept in the platform's folder.
impl<'a> From<&'a Registry> for Resources<'a> {
    fn from(registry: &'a Registry) -> Self {
        Self { registry, data_dir: None }
    }
}

impl<'a> Resources<'a> {
    /// What loads the data of a task.
    pub(crate) fn request<'b>(
        &self,
        task: &'b str,
        bits: usize,
        observer: &'b mut dyn dalenet_data::Observer,
    ) -> Request<'b>
    where
        'a: 'b,
    {
        Request { task, bits, data_dir: self.data_dir, observer }
    }
}
