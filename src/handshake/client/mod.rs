//! The client's handshake: one file a flight, TLS 1.2 and TLS 1.3 beside each other.
//!
//! | file | what it does |
//! |---|---|
//! | `client_hello` | the ClientHello, and the second one after a HelloRetryRequest (RFC 8446 §4.1.2) |
//! | `early_data` | what a client does about early data (RFC 8446 §4.2.10, §4.5) |
//! | `server_hello` | which version, suite and keys the server chose (RFC 8446 §4.1.3, §4.1.4, RFC 5246 §7.4.1.3) |
//! | `extensions` | which extensions a server may send, and those that both versions have |
//! | `resume` | which session may be offered, and the sessions that a handshake leaves (RFC 8446 §4.2.11, RFC 5077) |
//! | `psk` | the PSKs of a ClientHello of TLS 1.3 and their binders (RFC 8446 §4.2.11) |
//! | `authentication` | what both versions do about certificates and signatures |
//! | `key_exchange12` | the kinds of key exchange of TLS 1.2 (RFC 5246 §7.4.3, §7.4.7) |
//! | `tls13` | the server's flight of TLS 1.3 (RFC 8446 §4.3, §4.4) |
//! | `tls13_flight` | the client's answer to it |
//! | `post_handshake` | the client's certificate after the handshake of TLS 1.3 (RFC 8446 §4.6.2) |
//! | `tls12` | the server's flight of TLS 1.2 (RFC 5246 §7.3, RFC 8422) |
//! | `tls12_flight` | the client's answer to it, and the end of both kinds of TLS 1.2 handshake |

mod authentication;
mod client_hello;
mod early_data;
mod extensions;
mod key_exchange12;
mod post_handshake;
mod psk;
mod resume;
mod server_hello;
#[cfg(test)]
mod tests;
mod tls12;
mod tls12_flight;
mod tls13;
mod tls13_flight;

use super::{
    Context, Expects, Input, Transition,
    custom_extensions::{Pausing, Then},
};
use crate::error::Result;

/// Where a client is, with the data of that state.
pub enum State {
    /// Nothing was sent yet.
    Start,
    /// The program is asked something in the middle of a step, which then goes on.
    Asked(Then<Self>),
    /// A ClientHello was sent.
    ExpectServerHello(Box<client_hello::Offer>),
    /// The server chose TLS 1.3; its flight is under way.
    Tls13(tls13::State),
    /// The server's Finished of TLS 1.3 was read; our flight is under way.
    Tls13Flight(tls13_flight::State),
    /// The server chose TLS 1.2; its flight is under way.
    Tls12(tls12::State),
    /// TLS 1.3: we authenticate ourselves after the handshake.
    PostHandshake(post_handshake::State),
    /// TLS 1.2: our flight is under way, or the end of the handshake.
    Tls12Flight(tls12_flight::State),
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

    /// The first state of our authentication after the handshake.
    #[must_use]
    pub const fn post_handshake() -> Self {
        Self::PostHandshake(post_handshake::State::ExpectRequest)
    }

    /// What it needs next.
    #[must_use]
    pub fn expects(&self) -> Expects {
        match self {
            Self::Start => Expects::Nothing,
            Self::Asked(_) => Expects::Answer,
            Self::ExpectServerHello(_) => Expects::Message,
            Self::Tls13(state) => state.expects(),
            Self::Tls13Flight(state) => state.expects(),
            Self::PostHandshake(state) => state.expects(),
            Self::Tls12(state) => state.expects(),
            Self::Tls12Flight(state) => state.expects(),
        }
    }

    /// One step.
    pub fn advance(self, context: &mut Context<'_>, input: Input) -> Result<Transition<Self>> {
        match self {
            Self::Start => client_hello::begin(context),
            Self::Asked(then) => then(context, input.answer()?),
            Self::ExpectServerHello(offer) => {
                server_hello::read_server_hello(*offer, context, input.message()?)
            }
            Self::Tls13(state) => state.advance(context, input),
            Self::Tls13Flight(state) => state.advance(context, input),
            Self::PostHandshake(state) => state.advance(context, input),
            Self::Tls12(state) => state.advance(context, input),
            Self::Tls12Flight(state) => state.advance(context, input),
        }
    }
}
