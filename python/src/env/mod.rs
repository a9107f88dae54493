//! Environments: N of one task, on NumPy arrays.

mod actions;
mod arguments;
mod outputs;
pub mod picture;

use crate::{error, pool};
use actions::ActionReader;
use arguments::SeedArgument;
use dalenet_envs::{Autoreset, Batch, ENVIRONMENTS, Error, Observe, Options, Space, VectorEnv};
use numpy::{Element, PyArray1, PyArray2, PyArray3, PyArrayMethods, PyReadonlyArray1};
use outputs::{Flags, ObservationArrays, dense_row, writable};
use pyo3::{
    exceptions::{PyRuntimeError, PyTypeError},
    prelude::*,
};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// An error of environments as Python's own.
fn refused(error: Error) -> PyErr {
    match error {
        Error::ActionKind { .. } => PyTypeError::new_err(error.to_string()),
        Error::Over { .. } => PyRuntimeError::new_err(error.to_string()),
        _ => error::value(error),
    }
}

/// Name, other names and summary of every environment.
#[pyfunction]
#[pyo3(signature = () -> "list[tuple[str, list[str], str]]")]
pub fn environments() -> Vec<(&'static str, Vec<&'static str>, &'static str)> {
    ENVIRONMENTS.iter().map(|env| (env.name, env.aliases.to_vec(), env.summary)).collect()
}

/// The name of the environment that is called so or nearly so.
#[pyfunction]
pub fn environment_name(name: &str) -> PyResult<&'static str> {
    Ok(dalenet_envs::find(name).map_err(refused)?.name)
}

/// N environments of one task. A step writes into the caller's arrays.
#[pyclass(frozen, module = "dalenet._core")]
pub struct Environments {
    /// Threads of a step; 0: as many as there are cores.
    threads: usize,
    parallel: bool,
    /// Whether observations are given as lists of what is not 0 alone.
    is_sparse: bool,
    inner: Mutex<Option<Inner>>,
}

struct Inner {
    /// Its observations are sparse where they can be; dense ones are made in the caller's arrays.
    env: Box<dyn VectorEnv>,
    actions: ActionReader,
    arrays: ObservationArrays,
}

type Rows<'py, T> = Bound<'py, PyArray2<T>>;

/// Lowest and highest values.
type Bounds<'py> = (Bound<'py, PyArray1<f32>>, Bound<'py, PyArray1<f32>>);

#[pymethods]
impl Environments {
    /// The environments of a name, at their first episodes of seed 0.
    #[new]
    #[pyo3(signature = (
        name, count, *, episode_length=None, action_repeat=1, stagger=false, restart="fresh",
        observations="dense", autoreset="NextStep", threads=0
    ))]
    #[allow(clippy::too_many_arguments)] // keywords
    fn new(
        py: Python<'_>,
        name: &str,
        count: usize,
        episode_length: Option<u32>,
        action_repeat: u32,
        stagger: bool,
        restart: &str,
        observations: &str,
        autoreset: &str,
        threads: usize,
    ) -> PyResult<Self> {
        let options = Options {
            episode_length,
            action_repeat,
            stagger,
            restart: arguments::restart(restart)?,
            observe: Observe::Sparse,
            autoreset: arguments::autoreset(autoreset)?,
        };
        let asked_sparse = arguments::is_sparse(observations)?;
        error::guard(|| {
            let make = || dalenet_envs::make(name, count, &options);
            let env = py.detach(|| match count {
                0 | 1 => make(),
                _ => pool::of(threads).install(make),
            });
            let env = env.map_err(refused)?;
            let parallel = env.is_parallel();
            let is_sparse = asked_sparse && env.batch().observations.is_empty();
            let (actions, arrays) = (ActionReader::default(), ObservationArrays::default());
            let inner = Mutex::new(Some(Inner { env, actions, arrays }));
            Ok(Self { threads, parallel, is_sparse, inner })
        })
    }

    /// The task's name.
    #[getter]
    fn name(&self) -> PyResult<&'static str> {
        self.with(|inner| Ok(inner.env.name()))
    }

    /// What computes the task: `positional`, `mujoco` or `native`.
    #[getter]
    fn backend(&self) -> PyResult<&'static str> {
        self.with(|inner| Ok(inner.env.backend()))
    }

    /// Simulated seconds in a step, if the task has time in seconds.
    #[getter]
    fn step_seconds(&self) -> PyResult<Option<f64>> {
        self.with(|inner| Ok(inner.env.step_seconds()))
    }

    /// Steps whose physics failed since the last reset.
    #[getter]
    fn failures(&self) -> PyResult<u64> {
        self.with(|inner| Ok(inner.env.failures()))
    }

    /// Names of what can be unlocked in an episode.
    #[getter]
    fn achievements(&self) -> PyResult<Vec<&'static str>> {
        self.with(|inner| Ok(inner.env.achievements().names.to_vec()))
    }

    /// Whether there is something to draw.
    #[getter]
    fn has_picture(&self) -> PyResult<bool> {
        self.with(|inner| Ok(!matches!(inner.env.view(0), dalenet_envs::View::Nothing)))
    }

    /// Whether observations are given as lists of what is not 0 alone.
    #[getter]
    fn is_sparse(&self) -> bool {
        self.is_sparse
    }

    /// Lowest and highest observations, O each.
    #[pyo3(signature = () -> "tuple[numpy.typing.NDArray[numpy.float32], numpy.typing.NDArray[numpy.float32]]")]
    fn observation_bounds<'py>(&self, py: Python<'py>) -> PyResult<Bounds<'py>> {
        self.with(|inner| match inner.env.observation_space() {
            Space::Continuous { low, high } => {
                Ok((PyArray1::from_slice(py, low), PyArray1::from_slice(py, high)))
            }
            Space::Discrete { .. } => Err(error::value("observations are numbers")),
        })
    }

    /// Lowest and highest actions, A each; none where an action is a choice.
    #[pyo3(signature = () -> "tuple[numpy.typing.NDArray[numpy.float32], numpy.typing.NDArray[numpy.float32]] | None")]
    fn action_bounds<'py>(&self, py: Python<'py>) -> PyResult<Option<Bounds<'py>>> {
        self.with(|inner| match inner.env.action_space() {
            Space::Continuous { low, high } => {
                Ok(Some((PyArray1::from_slice(py, low), PyArray1::from_slice(py, high))))
            }
            Space::Discrete { .. } => Ok(None),
        })
    }

    /// Number of choices; none where an action is numbers.
    fn choices(&self) -> PyResult<Option<usize>> {
        self.with(|inner| match inner.env.action_space() {
            Space::Discrete { n } => Ok(Some(*n)),
            Space::Continuous { .. } => Ok(None),
        })
    }

    /// Starts an episode in all environments or in those of the mask. A seed for all, a list of one
    /// each, or none: draw on.
    #[pyo3(signature = (
        seed: "int | list[int | None] | None" = None,
        mask: "numpy.typing.NDArray[numpy.bool_] | None" = None
    ) -> "None")]
    fn reset(
        &self,
        py: Python<'_>,
        seed: Option<SeedArgument>,
        mask: Option<PyReadonlyArray1<'_, bool>>,
    ) -> PyResult<()> {
        let mask: Option<Vec<bool>> = mask.map(|mask| mask.as_array().to_vec());
        let seeds = arguments::seeds(&seed);
        error::guard(|| {
            let mut inner = self.lock()?;
            let env = &mut open(&mut inner)?.env;
            let reset = || env.reset_with(seeds, mask.as_deref()).map(drop);
            py.detach(|| self.spread(reset)).map_err(refused)
        })
    }

    /// An array for observations, N×O: one given before that nobody holds any more, or a new one.
    #[pyo3(signature = () -> "numpy.typing.NDArray[numpy.float32]")]
    fn observation_array<'py>(&self, py: Python<'py>) -> PyResult<Rows<'py, f32>> {
        self.with(|Inner { env, arrays, .. }| {
            Ok(arrays.next(py, [env.count(), env.observation_space().len()]))
        })
    }

    /// One step; writes N×O observations (where they are dense), N rewards and N flags each. Returns
    /// 1 if an episode is over, plus 2 if the physics failed somewhere.
    #[pyo3(signature = (
        actions: "typing.Any",
        observations: "numpy.typing.NDArray[numpy.float32] | None",
        rewards: "numpy.typing.NDArray[numpy.float32]",
        terminated: "numpy.typing.NDArray[numpy.bool_]",
        truncated: "numpy.typing.NDArray[numpy.bool_]"
    ) -> "int")]
    fn step(
        &self,
        py: Python<'_>,
        actions: &Bound<'_, PyAny>,
        observations: Option<&Rows<'_, f32>>,
        rewards: &Bound<'_, PyArray1<f32>>,
        terminated: &Bound<'_, PyArray1<bool>>,
        truncated: &Bound<'_, PyArray1<bool>>,
    ) -> PyResult<u8> {
        error::guard(|| {
            let mut inner = self.lock()?;
            let Inner { env, actions: reader, .. } = open(&mut inner)?;
            let count = env.count();
            let shape = [count, env.observation_space().len()];
            let mut observations =
                observations.map(|array| writable("observations", array, &shape)).transpose()?;
            let mut flags = Flags::new(count, rewards, terminated, truncated)?;
            let out = observations.as_mut().map(outputs::slice).transpose()?;
            let choices = reader.read(actions, env.as_ref())?;
            let choices = choices.actions()?;
            let batch = match (self.parallel, out) {
                (true, out) => py.detach(|| {
                    pool::beside(self.threads, |helpers| env.step_beside(helpers, choices, out))
                }),
                // Too little work to give the interpreter's lock away.
                (false, Some(out)) => env.step_into(choices, out),
                (false, None) => env.step(choices),
            };
            flags.write(batch.map_err(refused)?)
        })
    }

    /// Writes the current observations, N×O.
    #[pyo3(signature = (observations: "numpy.typing.NDArray[numpy.float32]") -> "None")]
    fn observe(&self, observations: &Rows<'_, f32>) -> PyResult<()> {
        self.with(|inner| {
            let shape = [inner.env.count(), inner.env.observation_space().len()];
            let mut array = writable("observations", observations, &shape)?;
            let out = outputs::slice(&mut array)?;
            let Batch { observations, sparse, .. } = inner.env.batch();
            match observations.is_empty() {
                true => (0..shape[0]).for_each(|i| dense_row(sparse, i, &mut out[shape[1] * i..])),
                false => out.copy_from_slice(observations),
            }
            Ok(())
        })
    }

    /// The last observations, M×O, of the M environments whose episodes the last step has ended, where
    /// that step started the next ones; none if it does not, or where observations are sparse.
    #[pyo3(signature = () -> "numpy.typing.NDArray[numpy.float32] | None")]
    fn final_observations<'py>(&self, py: Python<'py>) -> PyResult<Option<Rows<'py, f32>>> {
        self.with(|inner| {
            if self.is_sparse || inner.env.autoreset() != Autoreset::SameStep {
                return Ok(None);
            }
            let (batch, row) = (inner.env.batch(), inner.env.observation_space().len());
            let flags = batch.terminated.iter().zip(&batch.truncated).enumerate();
            let over: Vec<_> = flags.filter(|(_, (a, b))| **a || **b).map(|(i, _)| i).collect();
            let mut rows = vec![0.0; row * over.len()];
            for (out, i) in rows.chunks_mut(row).zip(&over) {
                match batch.next.is_empty() {
                    true => dense_row(&batch.sparse_next, *i, out),
                    false => out.copy_from_slice(&batch.next[row * i..][..row]),
                }
            }
            Ok(Some(vector(py, rows).reshape([over.len(), row])?))
        })
    }

    /// Where the physics failed in the last step, N.
    #[pyo3(signature = () -> "numpy.typing.NDArray[numpy.bool_]")]
    fn failed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<bool>>> {
        self.with(|inner| Ok(PyArray1::from_slice(py, &inner.env.batch().failed)))
    }

    /// What was unlocked in the episodes that the last step has ended, N×K.
    #[pyo3(signature = () -> "numpy.typing.NDArray[numpy.bool_]")]
    fn unlocked<'py>(&self, py: Python<'py>) -> PyResult<Rows<'py, bool>> {
        self.with(|inner| {
            let shape = [inner.env.count(), inner.env.achievements().len()];
            PyArray1::from_slice(py, &inner.env.batch().unlocked).reshape(shape)
        })
    }

    /// The nonzero entries of the current observations, or of those the last step led to: row offsets,
    /// columns and values (CSR).
    #[pyo3(signature = (led_to = false) -> "tuple[numpy.typing.NDArray[numpy.int64], numpy.typing.NDArray[numpy.int32], numpy.typing.NDArray[numpy.float32]]")]
    fn sparse<'py>(&self, py: Python<'py>, led_to: bool) -> PyResult<SparseRows<'py>> {
        self.with(|inner| {
            let batch = inner.env.batch();
            let is_other = led_to && inner.env.autoreset() == Autoreset::SameStep;
            let rows = if is_other { &batch.sparse_next } else { &batch.sparse };
            let mut offsets = vec![0];
            let (mut columns, mut values) = (Vec::new(), Vec::new());
            for i in 0..rows.rows() {
                let (row, entries) = rows.row(i);
                columns.extend(row.iter().map(|&column| column as i32));
                values.extend_from_slice(entries);
                offsets.push(columns.len() as i64);
            }
            Ok((vector(py, offsets), vector(py, columns), vector(py, values)))
        })
    }

    /// The whole state, random streams and last observations included.
    #[pyo3(signature = () -> "numpy.typing.NDArray[numpy.uint32]")]
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<u32>>> {
        self.with(|inner| Ok(vector(py, inner.env.save())))
    }

    /// Restores a saved state.
    #[pyo3(signature = (state: "numpy.typing.NDArray[numpy.uint32]") -> "None")]
    fn restore(&self, state: PyReadonlyArray1<'_, u32>) -> PyResult<()> {
        let state = state.as_array().to_vec();
        self.with(|inner| inner.env.restore(&state).map_err(refused))
    }

    /// A picture of one environment, H×W×3. Games have a size of their own.
    #[pyo3(signature = (index, width, height) -> "numpy.typing.NDArray[numpy.uint8]")]
    fn render<'py>(
        &self,
        py: Python<'py>,
        index: usize,
        width: usize,
        height: usize,
    ) -> PyResult<Bound<'py, PyArray3<u8>>> {
        self.with(|inner| {
            let Inner { env, .. } = inner;
            let pool = pool::of(self.threads);
            let draw = || pool.install(|| picture::of(env.view(index), [width, height]));
            let picture = py.detach(draw);
            let picture = picture.ok_or_else(|| error::value("there is nothing to draw"))?;
            let shape = [picture.height, picture.width, 3];
            PyArray1::from_vec(py, picture.pixels).reshape(shape)
        })
    }

    /// Frees the environments; afterwards every method is an error.
    fn close(&self) -> PyResult<()> {
        self.lock()?.take();
        Ok(())
    }
}

type SparseRows<'py> =
    (Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<i32>>, Bound<'py, PyArray1<f32>>);

fn vector<T: Element>(py: Python<'_>, numbers: Vec<T>) -> Bound<'_, PyArray1<T>> {
    PyArray1::from_vec(py, numbers)
}

impl Environments {
    /// The environments for this call alone. Waiting for another thread's call would hold the lock of
    /// the interpreter, which that thread needs.
    fn lock(&self) -> PyResult<MutexGuard<'_, Option<Inner>>> {
        match self.inner.try_lock() {
            Ok(inner) => Ok(inner),
            Err(TryLockError::Poisoned(poisoned)) => Ok(PoisonError::into_inner(poisoned)),
            Err(TryLockError::WouldBlock) => Err(PyRuntimeError::new_err(
                "another thread is using these environments: give each thread environments of its \
                 own, or a lock to share",
            )),
        }
    }

    /// Does `work` on the threads of these environments where there is enough for several.
    fn spread<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        if self.parallel { pool::of(self.threads).install(work) } else { work() }
    }

    fn with<T>(&self, call: impl FnOnce(&mut Inner) -> PyResult<T>) -> PyResult<T> {
        error::guard(|| {
            let mut inner = self.lock()?;
            call(open(&mut inner)?)
        })
    }
}

fn open(inner: &mut Option<Inner>) -> PyResult<&mut Inner> {
    inner.as_mut().ok_or_else(|| error::value("these environments are closed; make new ones"))
}
