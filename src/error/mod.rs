//! What can go wrong in the core, with the alert that tells the peer and the reason that tells the
//! program.
//!
//! An error carries both where it is raised, beside the RFC sentence that it enforces: the alert
//! (RFC 8446 §6, RFC 5246 §7.2) and OpenSSL's `SSL_R_` reason, which `capi` puts into libcrypto's queue.

mod reason;

pub use reason::Reason;

use crate::wire::AlertDescription;

/// A failure of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// We found it: `alert` goes to the peer, the connection is dead.
    Fatal {
        /// What the peer is told.
        alert: AlertDescription,
        /// What the program is told.
        reason: Reason,
    },
    /// The peer sent this fatal alert: the connection is dead, nothing is sent.
    PeerAlert(AlertDescription),
    /// The connection is dead, but the peer is told nothing (unexpected end of input, a failed I/O).
    Silent(Reason),
    /// The program asked for something impossible: nothing is sent and the connection lives.
    Usage(Reason),
}

/// The result of nearly everything in the core.
pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    /// We found a violation: tell the peer `alert` and the program `reason`.
    #[must_use]
    pub const fn fatal(alert: AlertDescription, reason: Reason) -> Self {
        Self::Fatal { alert, reason }
    }

    /// `decode_error`: a message that cannot be parsed (RFC 8446 §6.2).
    #[must_use]
    pub const fn decode(reason: Reason) -> Self {
        Self::fatal(AlertDescription::DECODE_ERROR, reason)
    }

    /// `illegal_parameter`: a field that is well formed but wrong (RFC 8446 §6.2).
    #[must_use]
    pub const fn illegal(reason: Reason) -> Self {
        Self::fatal(AlertDescription::ILLEGAL_PARAMETER, reason)
    }

    /// `unexpected_message`: a message out of its order (RFC 8446 §6.2).
    #[must_use]
    pub const fn unexpected() -> Self {
        Self::fatal(AlertDescription::UNEXPECTED_MESSAGE, Reason::UNEXPECTED_MESSAGE)
    }

    /// `handshake_failure`: nothing in common (RFC 8446 §6.2).
    #[must_use]
    pub const fn handshake_failure(reason: Reason) -> Self {
        Self::fatal(AlertDescription::HANDSHAKE_FAILURE, reason)
    }

    /// `internal_error`: our own fault, or a primitive's.
    #[must_use]
    pub const fn internal() -> Self {
        Self::fatal(AlertDescription::INTERNAL_ERROR, Reason::ERR_INTERNAL_ERROR)
    }

    /// The alert to send, if one is to be sent.
    #[must_use]
    pub const fn alert(self) -> Option<AlertDescription> {
        match self {
            Self::Fatal { alert, .. } => Some(alert),
            Self::PeerAlert(_) | Self::Silent(_) | Self::Usage(_) => None,
        }
    }

    /// The reason for libcrypto's error queue. A peer's alert is OpenSSL's
    /// `SSL_AD_REASON_OFFSET` (1000) and its number.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::Fatal { reason, .. } | Self::Silent(reason) | Self::Usage(reason) => reason,
            Self::PeerAlert(alert) => Reason(1000 + alert.0 as i32),
        }
    }
}
