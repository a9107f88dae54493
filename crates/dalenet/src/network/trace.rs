//! The activity of a network for one batch.

use crate::{
    engine::Workspace,
    layer::Activity,
    tensor::{Matrix, Presynaptic, SparseInput},
};

/// The activity of every layer for one batch, with the scratch memory of the forward pass. Its
/// buffers are kept from batch to batch.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub(super) input: Input,
    /// For each layer with weights its units, and then the layers without that follow it.
    pub(super) layers: Vec<Vec<Activity>>,
    pub(super) workspace: Workspace,
}

/// What a network receives, B×D.
#[derive(Clone, Debug)]
pub(super) enum Input {
    Dense(Matrix),
    Sparse(SparseInput),
}

impl Default for Input {
    fn default() -> Self {
        Self::Dense(Matrix::default())
    }
}

impl Input {
    pub(super) fn as_presynaptic(&self) -> Presynaptic<'_> {
        match self {
            Self::Dense(input) => input.into(),
            Self::Sparse(input) => input.into(),
        }
    }
}

/// What a layer hands on, after the layers without weights.
pub(super) fn output(layer: &[Activity]) -> &Matrix {
    &layer.last().expect("a layer has units").output
}

impl Trace {
    /// The input B×D, to be filled before [`Network::forward`](crate::Network::forward).
    pub fn input_mut(&mut self) -> &mut Matrix {
        if let Input::Sparse(_) = self.input {
            self.input = Input::default();
        }
        match &mut self.input {
            Input::Dense(input) => input,
            Input::Sparse(_) => unreachable!("it is dense now"),
        }
    }

    /// The input B×D as one that is mostly 0, to be filled before
    /// [`Network::forward`](crate::Network::forward).
    pub fn sparse_input_mut(&mut self) -> &mut SparseInput {
        if let Input::Dense(_) = self.input {
            self.input = Input::Sparse(SparseInput::default());
        }
        match &mut self.input {
            Input::Sparse(input) => input,
            Input::Dense(_) => unreachable!("it is sparse now"),
        }
    }

    /// The input B×D becomes that of another trace, for a network that receives the same.
    ///
    /// ```
    /// use dalenet::{Matrix, SparseMatrix, Trace};
    /// let mut actor = Trace::default();
    /// actor.sparse_input_mut().fill(&SparseMatrix::from(&Matrix::from_rows(&[[0.0, 2.0]])), 0..1);
    /// let mut critic = Trace::default();
    /// critic.copy_input(&actor);
    /// assert_eq!(critic.sparse_input_mut().to_dense(), Matrix::from_rows(&[[0.0, 2.0]]));
    /// ```
    pub fn copy_input(&mut self, from: &Self) {
        match &from.input {
            Input::Dense(input) => self.input_mut().clone_from(input),
            Input::Sparse(input) => self.sparse_input_mut().clone_from(input),
        }
    }

    /// What layer `layer` received.
    pub fn presynaptic(&self, layer: usize) -> Presynaptic<'_> {
        match layer.checked_sub(1) {
            Some(below) => self.output_of(below).into(),
            None => self.input.as_presynaptic(),
        }
    }

    /// The activity of layer `layer`'s units, B×N, in a convolution B×(P·N). Of rectified units right
    /// before RMS normalisation it is the normalised activity, and of a convolution right before a
    /// pooling by the largest what was largest, which take its place.
    pub fn postsynaptic(&self, layer: usize) -> &Matrix {
        let activities = &self.layers[layer];
        &activities[usize::from(activities[0].replaced)].output
    }

    /// At which places of a convolution its largest activities are, where they take the place of all:
    /// one for each value of [`Trace::postsynaptic`].
    pub(crate) fn chosen(&self, layer: usize) -> Option<&[u32]> {
        let activities = &self.layers[layer];
        let replacing = activities.get(1).filter(|_| activities[0].replaced);
        replacing.map(|activity| activity.chosen.as_slice()).filter(|chosen| !chosen.is_empty())
    }

    /// What layer `layer` hands on: the activity of its units, after the layers without weights that
    /// follow it.
    pub fn output_of(&self, layer: usize) -> &Matrix {
        output(&self.layers[layer])
    }

    /// The activity of a layer and of those without weights after it.
    pub(crate) fn activities(&self, layer: usize) -> &[Activity] {
        &self.layers[layer]
    }

    /// The prediction B×C.
    ///
    /// # Panics
    /// Before the first [`Network::forward`](crate::Network::forward).
    pub fn output(&self) -> &Matrix {
        output(self.layers.last().expect("a trace that a network has filled"))
    }
}
