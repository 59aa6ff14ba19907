//! What is left of a connection that the program starts over (`SSL_clear(3)`, `SSL_set_connect_state(3)`): the program sees it until
//! the next handshake begins, or another client comes, as with OpenSSL. Nothing comes of it, but that `SSL_read_early_data(3)` which is
//! to be repeated stays so.

use super::{Connection, renegotiation::Renegotiations};
use crate::{crypto::suite::Suite, handshake::early_data::Stage, record::Side, wire::ProtocolVersion};

/// What a connection says of the one before.
#[derive(Clone, Copy, Default)]
pub struct Former {
    /// The version that was negotiated, and by which side.
    negotiated: Option<(ProtocolVersion, Side)>,
    /// How many bytes of application data waited to be read.
    pub(super) pending: usize,
    /// Whether bytes of records waited.
    pub(super) has_pending: bool,
}

/// What is left of a connection for the one in its place.
pub struct Remains {
    former: Former,
    /// The version spoken of.
    version: Option<ProtocolVersion>,
    client_version: Option<ProtocolVersion>,
    suite: Option<&'static Suite>,
    renegotiations: Renegotiations,
}

impl Remains {
    /// Whether a version was negotiated whose method is for one side alone, which is not this one: with OpenSSL the method
    /// of a connection is that of its version and side from then on, and of a client in TLS 1.3.
    #[must_use]
    pub fn lacks(&self, side: Side) -> Option<bool> {
        self.former.negotiated.map(|(version, negotiator)| match version {
            ProtocolVersion::TLS1_3 => side == Side::Server,
            _ => side != negotiator,
        })
    }
}

impl Connection {
    /// Takes over from the connection in whose place this one comes what no new beginning takes away, `SSL_clear(3)` neither.
    pub fn take_over(&mut self, former: &mut Self) {
        // What the last client of a server offered, until another one does.
        if self.side == Side::Server {
            self.negotiated.client_suites = core::mem::take(&mut former.negotiated.client_suites);
            self.negotiated.peer_groups = core::mem::take(&mut former.negotiated.peer_groups);
            self.negotiated.server_name = former.negotiated.server_name.take();
        }
        // `SSL_read_early_data(3)` that has to be repeated still has to.
        if former.negotiated.early_data.stage == Stage::Interrupted {
            self.negotiated.early_data.stage = Stage::Interrupted;
        }
    }

    /// What is left of this connection when it is started over.
    #[must_use]
    pub fn remains(&mut self) -> Remains {
        let waits = self.records.unprocessed() > 0 && self.records.inbound.missing().is_ok();
        Remains {
            former: Former {
                negotiated: self.method_until_now(),
                pending: self.pending(),
                has_pending: self.has_pending() || waits,
            },
            version: self.version_so_far(),
            client_version: self.negotiated.client_version,
            suite: self.negotiated.suite,
            renegotiations: self.renegotiations.left_over(self.negotiated.renegotiation),
        }
    }

    /// Shows what is left of the connection in whose place this one is.
    pub fn succeed(&mut self, remains: Remains) {
        self.negotiated.tentative_version = remains.version;
        self.negotiated.client_version = remains.client_version;
        self.negotiated.suite = remains.suite;
        self.renegotiations = remains.renegotiations;
        self.former = remains.former;
    }

    /// The version negotiated, though the connection was started over since.
    #[must_use]
    pub fn version_until_now(&self) -> Option<ProtocolVersion> {
        self.method_until_now().map(|(version, _)| version)
    }

    /// The version negotiated and the side that it was negotiated on, though the connection was started over since.
    #[must_use]
    pub fn method_until_now(&self) -> Option<(ProtocolVersion, Side)> {
        self.negotiated.version.map(|version| (version, self.side)).or(self.former.negotiated)
    }

    /// The method is the context's again, and speaks for itself. Whether it was not.
    pub fn forget_former_version(&mut self) -> bool {
        let is_before = self.is_before() && self.former.negotiated.take().is_some();
        if is_before {
            self.negotiated.tentative_version = None;
        }
        is_before
    }

    /// A handshake begins.
    pub(super) fn forget_former(&mut self) {
        self.former = Former::default();
        self.negotiated.suite = None;
    }
}
