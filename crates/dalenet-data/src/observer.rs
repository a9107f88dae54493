//! What a caller may show while data are fetched.

/// Is called by [`load`](crate::load) while data are fetched, so that the caller can show
/// progress. Both methods do nothing unless overridden; `()` is an observer that is silent.
///
/// ```
/// use dalenet_data::Observer;
///
/// struct Lines(Vec<String>);
/// impl Observer for Lines {
///     fn note(&mut self, message: &str) {
///         self.0.push(message.to_owned());
///     }
/// }
/// ```
pub trait Observer {
    /// One line about what happens next.
    fn note(&mut self, message: &str) {
        let _ = message;
    }

    /// `done` bytes of the current file are here, of `total` if the server gave it.
    fn bytes(&mut self, done: u64, total: Option<u64>) {
        let _ = (done, total);
    }
}

impl Observer for () {}
