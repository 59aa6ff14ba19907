//! The server's handshake: one file a flight, TLS 1.2 and TLS 1.3 beside each other.
//!
//! ```text
//! client_hello ─┬─ tls13_hello ── psk ─┬─ tls13_flight ── tls13_client ── ticket
//!               │                      └─ retry (back to client_hello)
//!               └─ tls12_hello ── resume ─┬─ tls12_flight ── tls12_client ── tls12_finish
//!                                         └─ tls12_finish (abbreviated)
//! ```
//!
//! `early_data` decides about early data (RFC 8446 §4.2.10).
//! `key_exchange12` has the kinds of key exchange of TLS 1.2, `offer` reads the client's extensions, `selection` deals with the answers of the program's callbacks, and
//! `signature` signs and verifies; both versions use them.
//!
//! Where the flow turns from writing to reading the last position is left twice, as the info callback of OpenSSL tells it:
//! once when the writing ends, once when the next message comes.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod client_hello;
mod cookie;
mod early_data;
mod hello_verify;
mod key_exchange12;
mod offer;
mod post_handshake;
mod psk;
mod resume;
mod retry;
mod selection;
mod signature;
#[cfg(test)]
mod tests;
mod ticket;
mod tls12_client;
mod tls12_finish;
mod tls12_flight;
mod tls12_hello;
mod tls13_client;
mod tls13_flight;
mod tls13_hello;

pub use tls13_flight::certificate_request;

use super::{
    Context, Expects, Input, Transition,
    custom_extensions::{Pausing, Then},
};
use crate::{error::Result, message::client_hello::ClientHello};

/// What a step comes to.
type Step = Result<Transition<State>>;

/// Where a server is, with the data of that state.
pub enum State {
    /// Nothing was received yet.
    Start,
    /// A ClientHello is expected: the first, or the one that answers a HelloRetryRequest.
    ExpectClientHello(Option<Box<retry::Retry>>),
    /// The program is asked about the ClientHello.
    AskedClientHello(Box<client_hello::Received>),
    /// The program is asked something in the middle of a step, which then goes on.
    Asked(Then<Self>),
    /// DTLS: the program makes or checks a cookie.
    HelloVerify(hello_verify::Question),
    /// TLS 1.3: cookies of a server that keeps no state.
    Cookie(cookie::Question),
    /// TLS 1.3: questions that the ClientHello raises.
    Tls13Hello(tls13_hello::Question, Box<tls13_hello::Hello>),
    /// TLS 1.3: questions on the way to our Finished.
    Tls13Flight(tls13_flight::Question, Box<tls13_flight::Flight>),
    /// TLS 1.3: the client's last flight.
    Tls13Client(tls13_client::Awaited, Box<tls13_client::Pending>),
    /// TLS 1.3: tickets.
    Ticket(ticket::State),
    /// TLS 1.3: the client authenticates itself after the handshake.
    PostHandshake(post_handshake::State),
    /// TLS 1.2: questions that the ClientHello raises.
    Tls12Hello(tls12_hello::Question, Box<tls12_hello::Hello>),
    /// TLS 1.2: questions on the way to our ServerHelloDone.
    Tls12Flight(tls12_flight::Question, Box<tls12_flight::Flight>),
    /// TLS 1.2: the client's key exchange.
    Tls12Client(tls12_client::State),
    /// TLS 1.2: ChangeCipherSpec and Finished of both sides.
    Tls12Finish(tls12_finish::Awaited, Box<tls12_finish::Finish>),
}

impl Pausing for State {
    fn paused(then: Then<Self>) -> Self {
        Self::Asked(then)
    }
}

impl State {
    /// The first state.
    #[must_use]
    pub const fn start() -> Self {
        Self::Start
    }

    /// The first state of the client's authentication after the handshake.
    #[must_use]
    pub const fn post_handshake() -> Self {
        Self::PostHandshake(post_handshake::State::ExpectCertificate)
    }

    /// What it needs next.
    #[must_use]
    pub fn expects(&self) -> Expects {
        match self {
            Self::Start => Expects::Nothing,
            Self::ExpectClientHello(_) => Expects::Message,
            Self::AskedClientHello(_)
            | Self::Asked(_)
            | Self::Cookie(_)
            | Self::HelloVerify(_)
            | Self::Tls13Hello(..)
            | Self::Tls13Flight(..)
            | Self::Ticket(_)
            | Self::Tls12Hello(..)
            | Self::Tls12Flight(..) => Expects::Answer,
            Self::Tls13Client(awaited, _) => awaited.expects(),
            Self::PostHandshake(state) => state.expects(),
            Self::Tls12Client(state) => state.expects(),
            Self::Tls12Finish(awaited, _) => awaited.expects(),
        }
    }

    /// One step.
    pub fn advance(self, context: &mut Context<'_>, input: Input) -> Step {
        match self {
            Self::Start => Ok(client_hello::start(context)),
            Self::ExpectClientHello(retry) => {
                client_hello::read_client_hello(context, input.message()?, retry)
            }
            Self::HelloVerify(question) => hello_verify::answered(context, question, input.answer()?),
            Self::Cookie(question) => cookie::answered(context, question, input.answer()?),
            Self::AskedClientHello(received) => client_hello::judge_versions(context, *received),
            Self::Asked(then) => then(context, input.answer()?),
            Self::Tls13Hello(question, hello) => {
                tls13_hello::answered(context, question, hello, input.answer()?)
            }
            Self::Tls13Flight(question, flight) => {
                tls13_flight::answered(context, question, *flight, input.answer()?)
            }
            Self::Tls13Client(awaited, pending) => tls13_client::advance(context, awaited, pending, input),
            Self::Ticket(state) => ticket::answered(context, state, input.answer()?),
            Self::PostHandshake(state) => state.advance(context, input),
            Self::Tls12Hello(question, hello) => {
                tls12_hello::answered(context, question, hello, input.answer()?)
            }
            Self::Tls12Flight(question, flight) => {
                tls12_flight::answered(context, question, *flight, input.answer()?)
            }
            Self::Tls12Client(state) => tls12_client::advance(context, state, input),
            Self::Tls12Finish(awaited, finish) => tls12_finish::advance(context, awaited, finish, input),
        }
    }

    /// The ClientHello, while the handshake keeps it.
    #[must_use]
    pub fn client_hello(&self) -> Option<&ClientHello> {
        match self {
            Self::AskedClientHello(received) => Some(&received.hello),
            Self::Tls13Hello(_, hello) => Some(&hello.received.hello),
            Self::Tls12Hello(_, hello) => Some(&hello.hello),
            _ => None,
        }
    }
}
