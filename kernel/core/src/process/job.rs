//! Job control: does a process run or is it stopped, and which change of that has its parent still to be told?

use super::Ending;
use super::signals::Signal;

/// What wait4(2) and waitid(2) tell a parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateChange {
    /// The child has ended.
    Ended(Ending),
    /// It was stopped by this signal.
    Stopped(Signal),
    /// SIGCONT has let it go on.
    Continued,
}

/// Stopped or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// The signal that has stopped it, until SIGCONT.
    stopped: Option<Signal>,
    /// The last change, if the parent has not been told of it.
    change: Option<StateChange>,
}

impl Job {
    /// Does it stand still?
    pub fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// A signal stops it.
    pub fn stop(&mut self, signal: Signal) {
        self.stopped = Some(signal);
        self.change = Some(StateChange::Stopped(signal));
    }

    /// SIGCONT lets it go on, or SIGKILL does, of which the parent is not told. Was it stopped?
    pub fn resume(&mut self, by: Signal) -> bool {
        let was_stopped = self.stopped.take().is_some();
        if was_stopped {
            self.change = (by == Signal::CONT).then_some(StateChange::Continued);
        }
        was_stopped
    }

    /// What the parent has still to be told.
    pub fn change(&self) -> Option<StateChange> {
        self.change
    }

    /// The parent has been told.
    pub fn tell(&mut self) {
        self.change = None;
    }
}
