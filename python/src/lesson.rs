//! What a rule in Python may use.

use crate::{
    arrays::{Array, array},
    error::guard,
};
use dalenet::{Matrix, Presynaptic, layer::Layer};
use pyo3::{
    exceptions::{PyIndexError, PyRuntimeError},
    prelude::*,
};
use std::{
    ptr::NonNull,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What a rule may use to teach a hidden layer: the error at the output, the network and its activity.
///
/// A lesson is passed to ``feedback(lesson, layer)`` and is over when that returns; its arrays are
/// copies and may be kept. Layers are those with weights, counted from 0; B samples, C outputs, N units
/// of a layer in both streams, the excitatory ones first.
#[pyclass(frozen, module = "dalenet")]
pub struct Lesson {
    view: Mutex<Option<View>>,
}

/// A lesson of a layer that is borrowed for the time of a call.
struct View {
    lesson: NonNull<dalenet::Lesson<'static>>,
    layer: usize,
}

// SAFETY: it only reads, and what it reads is `Sync`.
unsafe impl Send for View {}

impl Lesson {
    /// Calls `call` with the lesson as a Python object, which is over when the call is.
    pub fn during<R>(
        py: Python<'_>,
        lesson: &dalenet::Lesson<'_>,
        layer: usize,
        call: impl FnOnce(&Bound<'_, Self>) -> PyResult<R>,
    ) -> PyResult<R> {
        struct Close<'a, 'py>(&'a Bound<'py, Lesson>);
        impl Drop for Close<'_, '_> {
            fn drop(&mut self) {
                *self.0.get().view() = None;
            }
        }
        let view = View { lesson: NonNull::from(lesson).cast(), layer };
        let object = Bound::new(py, Self { view: Mutex::new(Some(view)) })?;
        let close = Close(&object);
        call(close.0)
    }

    fn view(&self) -> MutexGuard<'_, Option<View>> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads from the lesson.
    fn read<R>(&self, read: impl FnOnce(&dalenet::Lesson<'_>) -> PyResult<R>) -> PyResult<R> {
        match &*self.view() {
            // SAFETY: the lesson is borrowed by `Lesson::during` until it has taken the view, for
            // which it needs the lock that is held here.
            Some(view) => read(unsafe { view.lesson.as_ref() }),
            None => Err(PyRuntimeError::new_err(
                "the lesson is over: a rule may use it until it returns; keep copies of its arrays",
            )),
        }
    }

    fn layer<R>(&self, layer: usize, read: impl FnOnce(&Layer) -> R) -> PyResult<R> {
        self.read(|lesson| Ok(read(find(lesson.network, layer)?)))
    }

    fn matrix<'py>(
        &self,
        py: Python<'py>,
        read: impl FnOnce(&dalenet::Lesson<'_>) -> PyResult<Matrix>,
    ) -> PyResult<Array<'py>> {
        guard(|| array(py, &self.read(read)?))
    }
}

/// The layer of this number.
pub fn find(network: &dalenet::Network, layer: usize) -> PyResult<&Layer> {
    let layers = network.layers();
    layers.get(layer).ok_or_else(|| {
        PyIndexError::new_err(format!(
            "there is no layer {layer}: the network has {} layers with weights, counted from 0",
            layers.len()
        ))
    })
}

/// All numbers of what a layer receives.
pub fn dense(presynaptic: Presynaptic<'_>) -> Matrix {
    match presynaptic {
        Presynaptic::Dense(dense) => dense.clone(),
        Presynaptic::Sparse(sparse) => sparse.to_dense(),
    }
}

#[pymethods]
impl Lesson {
    /// The error at the output, target − prediction, B×C.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> PyResult<Array<'py>> {
        self.matrix(py, |lesson| Ok(lesson.error.clone()))
    }

    /// The prediction of the network, B×C.
    #[getter]
    fn prediction<'py>(&self, py: Python<'py>) -> PyResult<Array<'py>> {
        self.matrix(py, |lesson| Ok(lesson.trace.output().clone()))
    }

    /// The gated signal of the layer above, φ'⊙signal, B×N of that layer (of a convolution B×(P·N)).
    #[getter]
    fn above<'py>(&self, py: Python<'py>) -> PyResult<Array<'py>> {
        let layer = self.view().as_ref().map_or(0, |view| view.layer);
        self.matrix(py, |lesson| Ok(find(lesson.network, layer + 1)?.everywhere(lesson.above)))
    }

    /// How many samples the batch has, B.
    #[getter]
    fn samples(&self) -> PyResult<usize> {
        self.read(|lesson| Ok(lesson.error.rows()))
    }

    /// How many outputs the network has, C.
    #[getter]
    fn outputs(&self) -> PyResult<usize> {
        self.read(|lesson| Ok(lesson.network.outputs()))
    }

    /// How many layers with weights the network has; the last of them is the output layer.
    #[getter]
    fn layers(&self) -> PyResult<usize> {
        self.read(|lesson| Ok(lesson.network.layers().len()))
    }

    /// How many units a layer has in both streams, N; a convolution has so many at every place.
    fn units(&self, layer: usize) -> PyResult<usize> {
        self.layer(layer, |layer| layer.units())
    }

    /// How many of a layer's units are excitatory; they come first. In a single-stream network all.
    fn excitatory_units(&self, layer: usize) -> PyResult<usize> {
        self.layer(layer, |layer| layer.excitatory_units())
    }

    /// What a layer hands on: (height, width, N); (1, 1, N) if it is fully connected.
    fn shape(&self, layer: usize) -> PyResult<(usize, usize, usize)> {
        self.layer(layer, |layer| {
            let shape = layer.output();
            (shape.height, shape.width, shape.channels)
        })
    }

    /// The activity of a layer's units, φ(z), B×N, of a convolution B×(P·N).
    fn activity<'py>(&self, py: Python<'py>, layer: usize) -> PyResult<Array<'py>> {
        self.matrix(py, |lesson| {
            find(lesson.network, layer)?;
            Ok(lesson.network.activity(lesson.trace, layer))
        })
    }

    /// What a layer received, B×K. The first layer of a dual-stream network receives the input once,
    /// for both streams: B×K/2.
    fn input<'py>(&self, py: Python<'py>, layer: usize) -> PyResult<Array<'py>> {
        self.matrix(py, |lesson| {
            find(lesson.network, layer)?;
            Ok(dense(lesson.trace.presynaptic(layer)))
        })
    }

    /// The signed weights of a layer, K×N, as they were in the forward pass.
    fn weights<'py>(&self, py: Python<'py>, layer: usize) -> PyResult<Array<'py>> {
        self.matrix(py, |lesson| Ok(find(lesson.network, layer)?.weights().clone()))
    }

    fn __repr__(&self) -> PyResult<String> {
        let open = self.view().is_some();
        match open {
            true => Ok(format!("Lesson(samples={}, outputs={})", self.samples()?, self.outputs()?)),
            false => Ok("Lesson(over)".into()),
        }
    }
}
