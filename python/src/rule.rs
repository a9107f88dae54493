//! Learning rules: one by its name, or one that a user wrote in Python.

use crate::{
    arrays,
    choice::{Choice, Own},
    error,
    feedback::Feedback,
    lesson::Lesson,
    network::Network,
    raised::{self, Raised},
};
use dalenet::{Generator, Matrix, Rule, Workspace};
use dalenet_train::{NetworkSettings, Registry};
use pyo3::{exceptions::PyTypeError, prelude::*, types::PyType};
use std::sync::Arc;

/// A learning rule as an argument: a name, or an object or a class with a method
/// `feedback(lesson, layer)`.
pub type RuleChoice = Choice<PythonRule>;

/// A rule that a user wrote in Python. Its clones share the exception that it raised.
#[derive(Clone)]
pub struct PythonRule {
    /// An object with a method `feedback`, or a class of such.
    object: Arc<Py<PyAny>>,
    name: Arc<str>,
    raised: Raised,
}

impl Own for PythonRule {
    fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let feedback = object.getattr_opt("feedback")?;
        if !feedback.is_some_and(|feedback| feedback.is_callable()) {
            return Err(PyTypeError::new_err(format!(
                "rule must be a name, or a rule made by @dalenet.rule, not {}",
                object.repr()?
            )));
        }
        let class = match object.cast::<PyType>() {
            Ok(class) => class.clone(),
            Err(_) => object.get_type(),
        };
        let name = match object.getattr_opt("name")? {
            Some(name) => name.extract::<String>()?,
            None => class.name()?.to_str()?.to_owned(),
        };
        if Registry::built_in().rules().iter().any(|entry| entry.name == name) {
            return Err(error::value(format!(
                "the rule is called {name}, as a built-in one: give it another name"
            )));
        }
        let object = Arc::new(object.clone().unbind());
        Ok(Self { object, name: name.into(), raised: Raised::default() })
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn register(&self, registry: &mut Registry) {
        let rule = self.clone();
        registry.rule(self.name(), move || Box::new(rule.prepared())).summary =
            "a rule of one's own".into();
    }

    fn take_error(&self) -> Option<PyErr> {
        self.raised.take()
    }
}

impl PythonRule {
    fn prepared(&self) -> Prepared {
        Prepared { rule: self.clone(), object: None, workspace: Workspace::default() }
    }
}

/// A rule of a user's for one network.
struct Prepared {
    rule: PythonRule,
    /// The object that is asked, from [`Rule::prepare`] on.
    object: Option<Py<PyAny>>,
    workspace: Workspace,
}

/// What a rule returned.
enum Answer {
    Signal(Matrix),
    Feedback(Py<Feedback>),
}

impl Prepared {
    /// The object that is asked, after its `prepare(network, rng)` if it has that.
    fn start(&self, py: Python<'_>, network: &dalenet::Network, seed: u64) -> PyResult<Py<PyAny>> {
        let object = self.rule.object.bind(py);
        let object =
            if object.is_instance_of::<PyType>() { object.call0()? } else { object.clone() };
        if object.hasattr("prepare")? {
            let network = Network::of(network.clone());
            let generator =
                py.import("numpy")?.getattr("random")?.call_method1("default_rng", (seed,))?;
            object.call_method1("prepare", (network, generator))?;
        }
        Ok(object.unbind())
    }

    /// Asks the object. Nothing is computed meanwhile: whoever computes must not hold the interpreter.
    fn ask(&self, lesson: &dalenet::Lesson<'_>, layer: usize) -> PyResult<Answer> {
        raised::call_user(|py| {
            let object = self.object.as_ref();
            let object = object.ok_or_else(|| error::value("the rule is not prepared"))?.bind(py);
            Lesson::during(py, lesson, layer, |lesson| {
                let answer = object.call_method1("feedback", (lesson, layer))?;
                match answer.cast::<Feedback>() {
                    Ok(feedback) => Ok(Answer::Feedback(feedback.clone().unbind())),
                    Err(_) => self.signal(&answer, layer).map(Answer::Signal),
                }
            })
        })
    }

    fn signal(&self, answer: &Bound<'_, PyAny>, layer: usize) -> PyResult<Matrix> {
        let name = self.rule.name();
        if answer.is_none() {
            return Err(PyTypeError::new_err(format!(
                "the rule {name} returned None for layer {layer}: return the signal as an array, or a \
                 dalenet.Feedback"
            )));
        }
        arrays::matrix(answer, &format!("the signal of the rule {name} for layer {layer}"))
    }

    fn answer(
        &self,
        lesson: &dalenet::Lesson<'_>,
        layer: usize,
        signal: &mut Matrix,
    ) -> PyResult<dalenet::Feedback<'static>> {
        match self.ask(lesson, layer)? {
            Answer::Feedback(feedback) => {
                feedback.get().fill(lesson, layer, signal, &self.workspace)
            }
            Answer::Signal(written) => {
                let own = crate::lesson::find(lesson.network, layer)?;
                let (samples, units, all) = (lesson.error.rows(), own.units(), own.output().len());
                if (written.rows(), written.cols()) != (samples, all) {
                    let what =
                        format!("the signal of the rule {} for layer {layer}", self.rule.name());
                    arrays::check_shape(&written, &what, [samples, units])?;
                }
                *signal = written;
                Ok(dalenet::Feedback::Written)
            }
        }
    }
}

impl Rule for Prepared {
    fn name(&self) -> &str {
        self.rule.name()
    }

    fn prepare(&mut self, network: &dalenet::Network, generator: &mut Generator) {
        let seed = generator.below(1 << 32) as u64;
        self.workspace = Workspace::new(network.precision());
        match raised::call_user(|py| self.start(py, network, seed)) {
            Ok(object) => self.object = Some(object),
            Err(error) => self.rule.raised.put(error),
        }
    }

    fn feedback(
        &self,
        lesson: &dalenet::Lesson<'_>,
        layer: usize,
        signal: &mut Matrix,
    ) -> dalenet::Feedback<'_> {
        if !self.rule.raised.is_raised() {
            match self.answer(lesson, layer, signal) {
                Ok(feedback) => return feedback,
                Err(error) => self.rule.raised.put(error),
            }
        }
        signal.reshape(lesson.error.rows(), lesson.network.layers()[layer].units());
        signal.as_mut_slice().fill(f32::NAN);
        dalenet::Feedback::Written
    }
}

/// The rule for a learner, before it is prepared: a routing acts on Error Diffusion alone.
///
/// # Errors
/// `ValueError` if there is no such rule or routing; the nearest one is named.
pub fn make(rule: &RuleChoice, routing: &crate::routing::RoutingChoice) -> PyResult<Box<dyn Rule>> {
    let mut registry = Registry::default();
    rule.register(&mut registry);
    routing.register(&mut registry);
    let settings = NetworkSettings { routing: routing.name().into(), ..NetworkSettings::default() };
    registry.make_rule(rule.name(), &settings).map_err(error::value)
}
