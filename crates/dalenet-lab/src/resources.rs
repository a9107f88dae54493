//! What experiments are resolved against, and how what they have learnt is used.

use dalenet::{Network, engine::Precision};
use dalenet_train::{Registry, Request};
use std::path::Path;

/// Rules, routings and tasks by name, where data sets are kept, and the precision of trained networks.
#[derive(Clone, Copy)]
pub struct Resources<'a> {
    /// Rules, routings and tasks.
    pub registry: &'a Registry,
    /// Where data sets are kept; none: the platform's folder.
    pub data_dir: Option<&'a Path>,
    /// Precision of the products of networks that are trained already; none: that of their training.
    pub precision: Option<Precision>,
}

impl Default for Resources<'_> {
    fn default() -> Self {
        Self { registry: Registry::built_in(), data_dir: None, precision: None }
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
        Self { registry, ..Self::default() }
    }
}

impl<'a> Resources<'a> {
    /// Gives a network that is trained already the precision it is used in.
    pub(crate) fn set_precision(&self, network: &mut Network) {
        if let Some(precision) = self.precision {
            network.set_precision(precision);
        }
    }

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
