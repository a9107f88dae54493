//! Where the feedback of a hidden layer comes from, as a rule in Python answers it.

use crate::{
    arrays::{self, ArrayLike, array},
    error, lesson,
};
use dalenet::{Matrix, Workspace, engine};
use pyo3::{
    prelude::*,
    types::{PyTuple, PyType},
};

/// Where the feedback of a hidden layer comes from.
///
/// A rule returns one of these, or the signal itself as an array. One that is made in ``prepare`` and
/// returned at every lesson costs no copy of its weights.
#[pyclass(frozen, module = "dalenet")]
pub struct Feedback(Source);

enum Source {
    Direct(Matrix),
    Through(Matrix),
    Weights,
    Signs,
}

#[pymethods]
impl Feedback {
    /// From the error at the output, through weights C×N: ``signal = error @ weights``.
    ///
    /// In a convolution the one value a channel goes to all its places.
    #[classmethod]
    fn direct(_class: &Bound<'_, PyType>, weights: ArrayLike<'_>) -> PyResult<Self> {
        error::guard(|| arrays::matrix(&weights, "weights").map(Source::Direct).map(Self))
    }

    /// From the gated signal of the layer above, through weights K×N of the shape of that layer's:
    /// ``signal = above @ weights.T``.
    #[classmethod]
    fn through(_class: &Bound<'_, PyType>, weights: ArrayLike<'_>) -> PyResult<Self> {
        error::guard(|| arrays::matrix(&weights, "weights").map(Source::Through).map(Self))
    }

    /// From the gated signal of the layer above, through its own weights: backpropagation.
    #[classmethod]
    fn weights(_class: &Bound<'_, PyType>) -> Self {
        Self(Source::Weights)
    }

    /// From the gated signal of the layer above, through the signs of its weights over √N:
    /// ``signal = above @ numpy.sign(weights).T / numpy.sqrt(N)``.
    #[classmethod]
    fn signs(_class: &Bound<'_, PyType>) -> Self {
        Self(Source::Signs)
    }

    fn __repr__(&self) -> String {
        let shape = |name: &str, weights: &Matrix| {
            format!("Feedback.{name}(<{}×{}>)", weights.rows(), weights.cols())
        };
        match &self.0 {
            Source::Direct(weights) => shape("direct", weights),
            Source::Through(weights) => shape("through", weights),
            Source::Weights => "Feedback.weights()".into(),
            Source::Signs => "Feedback.signs()".into(),
        }
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (name, weights) = match &slf.get().0 {
            Source::Direct(weights) => ("direct", Some(weights)),
            Source::Through(weights) => ("through", Some(weights)),
            Source::Weights => ("weights", None),
            Source::Signs => ("signs", None),
        };
        let arguments = match weights {
            Some(weights) => (array(slf.py(), weights)?,).into_pyobject(slf.py())?,
            None => PyTuple::empty(slf.py()),
        };
        Ok((slf.get_type().getattr(name)?, arguments))
    }
}

impl Feedback {
    /// Fills the signal of layer `layer`, as far as the learner does not.
    ///
    /// # Errors
    /// `ValueError` if the weights have another shape.
    pub fn fill(
        &self,
        lesson: &dalenet::Lesson<'_>,
        layer: usize,
        signal: &mut Matrix,
        workspace: &Workspace,
    ) -> PyResult<dalenet::Feedback<'static>> {
        match &self.0 {
            Source::Weights => Ok(dalenet::Feedback::Weights),
            Source::Signs => Ok(dalenet::Feedback::Signs),
            Source::Direct(weights) => {
                let units = lesson::find(lesson.network, layer)?.units();
                let what = format!("the feedback of layer {layer}");
                arrays::check_shape(weights, &what, [lesson.error.cols(), units])?;
                engine::product(signal, lesson.error, weights, workspace);
                Ok(dalenet::Feedback::Written)
            }
            Source::Through(weights) => {
                let above = lesson::find(lesson.network, layer + 1)?;
                let what = format!("the feedback of layer {layer}");
                arrays::check_shape(weights, &what, [above.inputs(), above.units()])?;
                above.transport(lesson.above, weights, signal, workspace);
                Ok(dalenet::Feedback::WrittenThrough)
            }
        }
    }
}
