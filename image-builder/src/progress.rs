//! A progress bar on standard error, on a terminal only: a pipe or a log sees nothing of it.

use indicatif::{ProgressBar, ProgressStyle};

/// Counts bytes of long work.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar for `total` bytes of `what`; indicatif draws nothing where standard error is no terminal.
    pub fn new(what: &'static str, total: u64) -> Self {
        let bar = ProgressBar::new(total);
        let template = "{msg} {wide_bar} {bytes}/{total_bytes} {eta}";
        let style =
            ProgressStyle::with_template(template).expect("the template is a constant of ours");
        bar.set_style(style);
        bar.set_message(what);
        Progress(bar)
    }

    /// No bar at all: for tests and library users.
    pub fn hidden() -> Self {
        Progress(ProgressBar::hidden())
    }

    /// `bytes` more are done.
    pub fn advance(&self, bytes: usize) {
        self.0.inc(bytes as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
