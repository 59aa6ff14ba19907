//! The handshake: state machines of client and server for TLS 1.3 (RFC 8446 §4) and TLS 1.2 (RFC 5246
//! §7), side by side, one function a step.
//!
//! A state holds only its own data and says what it [`Expects`] next; [`Handshake::advance`] feeds it. Before a step
//! runs, the state is replaced by [`State::Failed`], so that an error or a panic leaves a dead connection, never a
//! half-advanced one. A step works through a [`Context`], which is all it can reach.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod certificate_compression;
pub mod client;
pub mod context;
pub mod custom_extensions;
pub mod dtls;
pub mod early_data;
mod events;
mod fragment_limits;
mod master_secret;
mod negotiated;
mod next_protocol;
pub mod position;
pub mod post;
mod premaster_psk;
pub mod quic;
mod raw_public_key;
mod records;
pub mod security;
pub mod server;
mod server_name;
#[cfg(test)]
mod test_endpoint;
mod transcript;
mod use_srtp;
pub mod want;

pub use context::{Context, Environment};
pub use events::{Direction, Event, Events, note_sealed};
pub use negotiated::{Negotiated, Renegotiation, RoundTrip, Traffic};
pub use records::Records;
#[cfg(test)]
pub use records::Tamper;
pub use transcript::Transcript;

use crate::{
    error::{Error, Result},
    message::Message,
    record::Side,
};
use want::{Answer, Ask};

/// What a state needs to be advanced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expects {
    /// Nothing: it has something to send or to decide.
    Nothing,
    /// A handshake message.
    Message,
    /// TLS 1.2: a ChangeCipherSpec.
    ChangeCipherSpec,
    /// TLS 1.2: either of both tells what the server made of a session (RFC 4851 §3.2.2).
    MessageOrChangeCipherSpec,
    /// The answer to the question that it asked.
    Answer,
}

/// What a state is advanced with: what it expects.
pub enum Input {
    /// Nothing.
    Nothing,
    /// A handshake message; it is not in the transcript yet (a Finished or a binder is checked against
    /// the transcript before it): the step adds it.
    Message(Message),
    /// A ChangeCipherSpec.
    ChangeCipherSpec,
    /// An answer, never [`Answer::NotYet`] nor [`Answer::Refuse`]: those are dealt with before.
    Answer(Answer),
}

impl Input {
    /// The message.
    pub fn message(self) -> Result<Message> {
        match self {
            Self::Message(message) => Ok(message),
            _ => Err(Error::internal()),
        }
    }

    /// The answer.
    pub fn answer(self) -> Result<Answer> {
        match self {
            Self::Answer(answer) => Ok(answer),
            _ => Err(Error::internal()),
        }
    }
}

/// Where a step leads to; `S` is the state of the side.
pub enum Transition<S> {
    /// To this state.
    Next(S),
    /// To this state, which expects the answer to this question.
    Ask(Ask, S),
    /// The handshake is over.
    Done,
}

/// The state of either side.
pub enum State {
    /// A client's.
    Client(client::State),
    /// A server's.
    Server(server::State),
    /// A step failed, or panicked.
    Failed,
}

/// What a handshake is doing.
pub enum Progress {
    /// It has advanced; go on.
    Advanced,
    /// It asks.
    Ask(Ask),
    /// It is over.
    Done,
}

/// A handshake that is under way. Dropped at its end with all that only it needs.
pub struct Handshake {
    state: State,
    transcript: Transcript,
    makes_keys: bool,
}

impl Handshake {
    /// At its start.
    #[must_use]
    pub fn new(side: Side) -> Self {
        let state = match side {
            Side::Client => State::Client(client::State::start()),
            Side::Server => State::Server(server::State::start()),
        };
        Self { state, transcript: Transcript::new(), makes_keys: true }
    }

    /// The client's authentication after the handshake (RFC 8446 §4.6.2), which goes on with this transcript.
    #[must_use]
    pub fn post(side: Side, transcript: Transcript) -> Self {
        let state = match side {
            Side::Client => State::Client(client::State::post_handshake()),
            Side::Server => State::Server(server::State::post_handshake()),
        };
        Self { state, transcript, makes_keys: false }
    }

    /// Whether it makes the keys of a connection, and does not only add to what was agreed on.
    #[must_use]
    pub const fn makes_keys(&self) -> bool {
        self.makes_keys
    }

    /// What the state needs next.
    pub fn expects(&self) -> Result<Expects> {
        match &self.state {
            State::Client(state) => Ok(state.expects()),
            State::Server(state) => Ok(state.expects()),
            State::Failed => Err(Error::internal()),
        }
    }

    /// One step.
    pub fn advance(&mut self, connection: context::Connected<'_>, input: Input) -> Result<Progress> {
        let mut context = connection.with_transcript(&mut self.transcript);
        match core::mem::replace(&mut self.state, State::Failed) {
            State::Client(state) => {
                let transition = state.advance(&mut context, input)?;
                Ok(self.follow(transition, State::Client))
            }
            State::Server(state) => {
                let transition = state.advance(&mut context, input)?;
                Ok(self.follow(transition, State::Server))
            }
            State::Failed => Err(Error::internal()),
        }
    }

    fn follow<S>(&mut self, transition: Transition<S>, wrap: impl FnOnce(S) -> State) -> Progress {
        match transition {
            Transition::Next(state) => {
                self.state = wrap(state);
                Progress::Advanced
            }
            Transition::Ask(ask, state) => {
                self.state = wrap(state);
                Progress::Ask(ask)
            }
            Transition::Done => Progress::Done,
        }
    }

    /// The ClientHello that a server read, for the program's ClientHello callback.
    #[must_use]
    pub fn client_hello(&self) -> Option<&crate::message::client_hello::ClientHello> {
        match &self.state {
            State::Server(state) => state.client_hello(),
            State::Client(_) | State::Failed => None,
        }
    }
}
