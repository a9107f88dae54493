//! Ctrl-C, and the signals of schedulers.

use super::{
    say,
    signals::{self, Signal},
};
use std::{
    process,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// What is said before the program ends.
type Farewell = Box<dyn FnOnce() + Send>;

/// The first Ctrl-C stops a training at its next step, where it is saved; while there is nothing to
/// save, as in a final evaluation, it ends the program. So does a second one at any time. A request of the
/// system to end (SIGTERM, SIGHUP, SIGUSR1) is like the first, however often it comes: schedulers repeat
/// it.
#[derive(Clone, Default)]
pub struct Interruption {
    stop: Arc<AtomicBool>,
    farewell: Arc<Mutex<Option<Farewell>>>,
}

impl Interruption {
    /// Handles signals from now on; to be called once in the program.
    pub fn handled() -> Self {
        let interruption = Self::default();
        let handler = {
            let interruption = interruption.clone();
            let mut typed = 0;
            move |signal| {
                typed += usize::from(signal == Signal::CtrlC);
                if typed > 1 {
                    process::exit(say::INTERRUPTED.into());
                }
                interruption.stop.store(true, Ordering::SeqCst);
                interruption.leave();
            }
        };
        if let Err(error) = signals::handle(handler) {
            say::note(&format!(
                "warning: Ctrl-C will not save ({error}); whole epochs are saved anyway"
            ));
        }
        interruption
    }

    /// Set by the first signal.
    pub fn flag(&self) -> &AtomicBool {
        &self.stop
    }

    /// All is saved: from now on Ctrl-C ends the program, with these words.
    pub fn nothing_to_save(&self, farewell: impl FnOnce() + Send + 'static) {
        *self.lock() = Some(Box::new(farewell));
        if self.stop.load(Ordering::SeqCst) {
            self.leave();
        }
    }

    /// There is something to save again: Ctrl-C only sets the flag.
    pub fn something_to_save(&self) {
        *self.lock() = None;
    }

    /// Ends the program if there is nothing to save.
    fn leave(&self) {
        let farewell = self.lock().take();
        if let Some(farewell) = farewell {
            farewell();
            process::exit(say::INTERRUPTED.into());
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Farewell>> {
        self.farewell.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
