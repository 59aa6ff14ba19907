//! The client's handshake: one file a flight, TLS 1.2 and TLS 1.3 beside each other.

use super::{Context, Expects, Input, Transition};
use crate::error::Result;

/// Where a client is, with the data of that state.
pub enum State {
    /// Nothing was sent yet.
    Start,
}

impl State {
    /// The first state.
    #[must_use]
    pub const fn start() -> Self {
        Self::Start
    }

    /// What it needs next.
    #[must_use]
    pub fn expects(&self) -> Expects {
        todo!()
    }

    /// One step.
    pub fn advance(self, context: &mut Context<'_>, input: Input) -> Result<Transition<Self>> {
        todo!()
    }
}
