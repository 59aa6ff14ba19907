//! Where the handshake is, as the program sees it, and the KeyUpdate that it scheduled.

use core::ffi::c_int;

use super::Ssl;
use crate::{
    error::{Error, Reason},
    handshake::position::Position,
    record::Side,
    wire::ProtocolVersion,
};

/// `SSL_KEY_UPDATE_NONE`.
const KEY_UPDATE_NONE: c_int = -1;
/// `SSL_KEY_UPDATE_NOT_REQUESTED`.
const KEY_UPDATE_NOT_REQUESTED: c_int = 0;
/// `SSL_KEY_UPDATE_REQUESTED`.
const KEY_UPDATE_REQUESTED: c_int = 1;

/// What the info callback is told, while later events are queued.
#[derive(Clone, Copy)]
pub struct Told {
    /// Where the handshake is.
    pub position: Position,
    /// What happens to it, if anything.
    pub phase: Option<Phase>,
}

/// What the info callback is told of a handshake.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It starts.
    Start,
    /// It goes on.
    Loop,
    /// It is done.
    Done,
}

impl Ssl {
    /// Where the handshake is; while the info callback runs, the position that it is told.
    #[must_use]
    pub fn position(&self) -> Position {
        self.told_position().unwrap_or_else(|| self.look_at_connection(|connection| connection.position()))
    }

    /// Whether no handshake has begun.
    #[must_use]
    pub fn is_before_handshake(&self) -> bool {
        self.look_at_connection(|connection| connection.is_before() && connection.failure().is_none())
    }

    /// Whether the connection is not, or no longer, able to carry application data; a KeyUpdate that is scheduled
    /// counts as a handshake to come.
    #[must_use]
    pub fn is_in_handshake(&self) -> bool {
        let parts = self.parts();
        let connection = parts.connection.borrow();
        let is_open = connection.is_established() || connection.waits_for_early_data();
        !is_open
            || connection.failure().is_some()
            || parts.scheduled_key_update.get().is_some()
            || parts.scheduled_authentication.get()
            || parts.requested_tickets.get() > 0
    }

    /// As [`Self::is_before_handshake`]; the info callback is told of the first start before that.
    #[must_use]
    pub fn shows_no_handshake(&self) -> bool {
        match self.parts().told.get() {
            Some(Told { position, phase: Some(phase) }) => {
                phase == Phase::Start && position == Position::Before
            }
            _ => self.is_before_handshake(),
        }
    }

    /// As [`Self::is_in_handshake`]; while the info callback runs, what it is told.
    #[must_use]
    pub fn shows_handshake(&self) -> bool {
        let phase = self.parts().told.get().and_then(|told| told.phase);
        phase.map_or_else(|| self.is_in_handshake(), |phase| phase != Phase::Done)
    }

    /// Whether the program sees a connection that is ready for application data.
    #[must_use]
    pub fn shows_established(&self) -> bool {
        !self.shows_handshake()
            && self.told_position().is_none_or(|position| position == Position::Ok)
            && !self.look_at_connection(|connection| connection.waits_for_early_data())
    }

    /// Schedules a KeyUpdate (`SSL_key_update(3)`).
    pub fn schedule_key_update(&self, update_type: c_int) -> Result<(), Reason> {
        if self.version() != Some(ProtocolVersion::TLS1_3) {
            return Err(Reason::WRONG_SSL_VERSION);
        }
        if self.quic_stack.get().is_some() {
            // RFC 9001 §6: QUIC updates its keys by itself.
            return Err(Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED);
        }
        let update_requested = match update_type {
            KEY_UPDATE_NOT_REQUESTED => false,
            KEY_UPDATE_REQUESTED => true,
            _ => return Err(Reason::INVALID_KEY_UPDATE_TYPE),
        };
        if self.is_in_handshake() || self.look_at_connection(|connection| connection.waits_for_early_data()) {
            return Err(Reason::STILL_IN_INIT);
        }
        if self.look_at_connection(|connection| connection.is_writing()) {
            return Err(Reason::BAD_WRITE_RETRY);
        }
        self.parts().scheduled_key_update.set(Some(update_requested));
        Ok(())
    }

    /// Schedules a CertificateRequest after the handshake (`SSL_verify_client_post_handshake(3)`).
    pub fn schedule_authentication(&self) -> Result<(), Reason> {
        if self.version() != Some(ProtocolVersion::TLS1_3) {
            return Err(Reason::WRONG_SSL_VERSION);
        }
        if self.side() == Side::Client {
            return Err(Reason::NOT_SERVER);
        }
        if self.is_in_handshake() {
            return Err(Reason::STILL_IN_INIT);
        }
        let environment = self.environment();
        self.with_connection(|connection| connection.check_certificate_request(&environment))
            .map_err(Error::reason)?;
        self.parts().scheduled_authentication.set(true);
        Ok(())
    }

    /// The position that the info callback is being told, while later ones are queued.
    #[must_use]
    pub fn told_position(&self) -> Option<Position> {
        self.parts().told.get().map(|told| told.position)
    }

    /// `SSL_get_key_update_type(3)`: what is scheduled, by the program or because the peer asked for it.
    #[must_use]
    pub fn key_update_type(&self) -> c_int {
        match self.key_update_to_send() {
            None => KEY_UPDATE_NONE,
            Some(false) => KEY_UPDATE_NOT_REQUESTED,
            Some(true) => KEY_UPDATE_REQUESTED,
        }
    }

    /// The KeyUpdate that is scheduled, and whether it asks the peer for one.
    pub(super) fn key_update_to_send(&self) -> Option<bool> {
        let is_owed = self.look_at_connection(|connection| connection.negotiated().owes_key_update());
        self.parts().scheduled_key_update.get().or(is_owed.then_some(false))
    }

    fn version(&self) -> Option<ProtocolVersion> {
        self.look_at_connection(|connection| connection.version_until_now())
    }
}
