//! Work on a thread of its own, while the calling thread waits for it, detached from the
//! interpreter, and has an eye on Ctrl-C.

use pyo3::prelude::*;
use rayon::Yield;
use std::{
    panic::resume_unwind,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    },
    thread::{JoinHandle, spawn},
    time::Duration,
};

/// How often the calling thread asks for Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(50);

/// What the work says to the calling thread.
pub enum Message {
    /// From here on there is something to save: Ctrl-C asks the work to stop, and waits.
    Saves(String),
    /// All is saved: Ctrl-C waits for nothing.
    Saved,
    /// What happens next.
    Note(String),
    /// Something that the user should know.
    Warning(String),
    /// Metrics as JSON; the work waits for the answer.
    Metrics(String),
}

/// The work's way to speak.
pub struct Speaker {
    messages: Sender<Message>,
    answers: Receiver<()>,
}

impl Speaker {
    pub fn say(&self, message: Message) {
        let _ = self.messages.send(message); // nobody listens after a second Ctrl-C
    }

    /// Speaks and waits for the answer. A thread of a pool does what else the pool has to do
    /// meanwhile: it may be what the answer needs.
    pub fn ask(&self, message: Message) {
        if self.messages.send(message).is_err() {
            return;
        }
        while let Err(TryRecvError::Empty) = self.answers.try_recv() {
            if rayon::yield_now() != Some(Yield::Executed)
                && self.answers.recv_timeout(Duration::from_millis(1))
                    != Err(RecvTimeoutError::Timeout)
            {
                return;
            }
        }
    }
}

/// Work on another thread, heard and stopped by the calling one.
struct Worker<T> {
    thread: JoinHandle<T>,
    messages: Mutex<Receiver<Message>>,
    answers: Sender<()>,
}

impl<T> Worker<T> {
    /// The next message, if there is one soon.
    fn hear(&self) -> Result<Message, RecvTimeoutError> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.recv_timeout(PATIENCE)
    }
}

/// What the calling thread does with messages.
pub trait Listener {
    /// Hears a message, attached to the interpreter.
    ///
    /// # Errors
    /// What stops the work and is raised at its end.
    fn hear(&mut self, py: Python<'_>, message: Message) -> PyResult<()>;
}

/// A listener that hears nothing.
impl Listener for () {
    fn hear(&mut self, _: Python<'_>, _: Message) -> PyResult<()> {
        Ok(())
    }
}

/// How work ended.
pub struct Done<T> {
    /// What it gave.
    pub value: T,
    /// What stopped it: Ctrl-C, or an exception of the listener.
    pub raised: Option<PyErr>,
}

/// Works until the end. A first Ctrl-C, or an exception of the listener, sets `stop`; where nothing is
/// to be saved, and a second time, the work is left to end by itself.
///
/// # Errors
/// What was raised, if the work was left.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    stop: &Arc<AtomicBool>,
    listener: &mut dyn Listener,
    work: impl FnOnce(Speaker) -> T + Send + 'static,
) -> PyResult<Done<T>> {
    let (messages, heard) = channel();
    let (answers, answered) = channel();
    let thread = spawn(move || work(Speaker { messages, answers: answered }));
    let worker = Worker { thread, messages: Mutex::new(heard), answers };
    let (mut raised, mut saves) = (None, false);
    loop {
        let heard = match py.detach(|| worker.hear()) {
            Ok(message) => {
                match message {
                    Message::Saves(_) => saves = true,
                    Message::Saved => saves = false,
                    Message::Note(_) | Message::Warning(_) | Message::Metrics(_) => {}
                }
                let asks = matches!(message, Message::Metrics(_));
                let heard = if raised.is_none() { listener.hear(py, message) } else { Ok(()) };
                stop.fetch_or(heard.is_err(), Ordering::Relaxed);
                if asks {
                    let _ = worker.answers.send(());
                }
                heard
            }
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Err(RecvTimeoutError::Disconnected) => break,
        };
        for error in [heard, py.check_signals()].into_iter().filter_map(Result::err) {
            stop.store(true, Ordering::Relaxed);
            if raised.is_some() || !saves {
                return Err(error);
            }
            raised = Some(error);
        }
    }
    let value = py.detach(|| worker.thread.join()).unwrap_or_else(|panic| resume_unwind(panic));
    Ok(Done { value, raised })
}

/// Works without messages; Ctrl-C leaves the work to end by itself.
///
/// # Errors
/// `KeyboardInterrupt`, or what a handler of signals raises.
pub fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    run(py, &Arc::default(), &mut (), |_| work()).map(|done| done.value)
}
