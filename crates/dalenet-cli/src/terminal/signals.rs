//! The signals that ask the program to end.

use std::io;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Someone at the keyboard.
    CtrlC,
    /// The system or a scheduler, which may repeat it: SIGTERM, SIGHUP, and SIGUSR1, which `sbatch
    /// --signal=USR1@120` sends two minutes before a job's time is over.
    #[cfg_attr(not(unix), expect(dead_code, reason = "other systems have Ctrl-C alone"))]
    End,
}

/// Calls `handler` with each signal from now on, on a thread of its own.
///
/// # Errors
/// If the system allows no handler.
#[cfg(unix)]
pub fn handle(mut handler: impl FnMut(Signal) + Send + 'static) -> io::Result<()> {
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1},
        iterator::Signals,
    };
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGUSR1])?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            handler(if signal == SIGINT { Signal::CtrlC } else { Signal::End });
        }
    });
    Ok(())
}

/// Calls `handler` with each Ctrl-C from now on, on a thread of its own.
///
/// # Errors
/// If the system allows no handler.
#[cfg(not(unix))]
pub fn handle(mut handler: impl FnMut(Signal) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || handler(Signal::CtrlC)).map_err(io::Error::other)
}
