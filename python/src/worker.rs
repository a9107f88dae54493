//! Work on a thread of its own, while the calling thread waits for it, detached from the
//! interpreter, and watches for Ctrl-C.

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

/// How often the calling thread checks for signals.
const INTERVAL: Duration = Duration::from_millis(50);

/// What the work sends to the calling thread.
pub enum Message {
    /// From here on there is something to save: Ctrl-C asks the work to stop, and waits.
    Saves(String),
    /// All is saved: Ctrl-C waits for nothing.
    Saved,
    /// What happens next.
    Note(String),
    /// Something that the user should know.
    Warning(String),
    /// Metrics as JSON; the work waits until they are handled.
    Metrics(String),
}

/// The work's end of the channel to the calling thread.
pub struct Reporter {
    messages: Sender<Message>,
    handled: Receiver<()>,
}

impl Reporter {
    /// Sends a message.
    pub fn send(&self, message: Message) {
        let _ = self.messages.send(message); // after a second Ctrl-C nobody receives it
    }

    /// Sends a message and waits until it is handled. A thread of a pool does what else the pool has
    /// to do meanwhile: the handler may need it.
    pub fn send_and_wait(&self, message: Message) {
        if self.messages.send(message).is_err() {
            return;
        }
        while let Err(TryRecvError::Empty) = self.handled.try_recv() {
            if rayon::yield_now() != Some(Yield::Executed)
                && self.handled.recv_timeout(Duration::from_millis(1))
                    != Err(RecvTimeoutError::Timeout)
            {
                return;
            }
        }
    }
}

/// Work on another thread, as the calling one sees it.
struct Worker<T> {
    thread: JoinHandle<T>,
    messages: Mutex<Receiver<Message>>,
    handled: Sender<()>,
}

impl<T> Worker<T> {
    /// The next message, if there is one soon.
    fn receive(&self) -> Result<Message, RecvTimeoutError> {
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.recv_timeout(INTERVAL)
    }
}

/// What the calling thread does with messages.
pub trait Handler {
    /// Handles a message, attached to the interpreter.
    ///
    /// # Errors
    /// What stops the work and is raised at its end.
    fn handle(&mut self, py: Python<'_>, message: Message) -> PyResult<()>;
}

/// Ignores messages.
impl Handler for () {
    fn handle(&mut self, _: Python<'_>, _: Message) -> PyResult<()> {
        Ok(())
    }
}

/// How work ended.
pub struct Done<T> {
    /// What it gave.
    pub value: T,
    /// What stopped it: Ctrl-C, or an exception of the handler.
    pub raised: Option<PyErr>,
}

/// Works until the end. A first Ctrl-C, or an exception of the handler, sets `stop`; where nothing is
/// to be saved, and a second time, the work is left to end by itself.
///
/// # Errors
/// What was raised, if the work was left.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    stop: &Arc<AtomicBool>,
    handler: &mut dyn Handler,
    work: impl FnOnce(Reporter) -> T + Send + 'static,
) -> PyResult<Done<T>> {
    let (sender, receiver) = channel();
    let (handled, waits) = channel();
    let thread = spawn(move || work(Reporter { messages: sender, handled: waits }));
    let worker = Worker { thread, messages: Mutex::new(receiver), handled };
    let (mut raised, mut saves) = (None, false);
    loop {
        let handled = match py.detach(|| worker.receive()) {
            Ok(message) => {
                match message {
                    Message::Saves(_) => saves = true,
                    Message::Saved => saves = false,
                    Message::Note(_) | Message::Warning(_) | Message::Metrics(_) => {}
                }
                let waits = matches!(message, Message::Metrics(_));
                let result = if raised.is_none() { handler.handle(py, message) } else { Ok(()) };
                stop.fetch_or(result.is_err(), Ordering::Relaxed);
                if waits {
                    let _ = worker.handled.send(());
                }
                result
            }
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Err(RecvTimeoutError::Disconnected) => break,
        };
        for error in [handled, py.check_signals()].into_iter().filter_map(Result::err) {
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
