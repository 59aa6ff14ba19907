//! `DTLSv1_listen(3)`: waits for a client that shows by a cookie that it receives what is sent to it, and keeps nothing of all
//! others.

use core::ffi::c_int;

use super::{Ssl, driver::Pause, ssl::Waiting};
use crate::{
    error::Reason,
    handshake::{Direction, dtls::Knock, want::Answer},
    libcrypto::{
        bio::{Bio, PeerAddress},
        error_queue, sys,
    },
    policy::options::option,
    record::{Side, dtls::HEADER_LENGTH},
    wire::{ContentType, ProtocolVersion},
};

/// `SSL3_RT_HEADER`: the message callback's content type of a record's header.
const RECORD_HEADER: i32 = 256;

/// What one datagram came to.
enum Caller {
    /// The client was sent away with a cookie.
    SentAway,
    /// It brought a cookie of ours: the handshake begins.
    Welcome,
}

impl Ssl {
    /// `DTLSv1_listen(3)`: 1 if a client brought a good cookie, whose address is then stored; 0 if none did, or something came
    /// that is no ClientHello; -1 on failure.
    ///
    /// # Safety
    ///
    /// `client` is null or a valid address.
    pub unsafe fn listen(&self, client: *mut sys::BIO_ADDR) -> c_int {
        if !self.side_is_set() {
            self.set_side(Side::Server);
        }
        self.clear();
        error_queue::clear();
        let (Some(reader), Some(writer)) = (self.read_bio(), self.write_bio()) else {
            error_queue::raise_ssl(Reason::BIO_NOT_SET);
            return -1;
        };
        if !self.is_datagram() {
            error_queue::raise_ssl(Reason::UNSUPPORTED_SSL_VERSION);
            return -1;
        }
        // One that another connection left behind is none of ours.
        reader.set_next_timeout(0);
        loop {
            let mut datagram = Vec::with_capacity(super::datagram::MOST_RECEIVED);
            if reader.read_append(&mut datagram, super::datagram::MOST_RECEIVED) <= 0 {
                self.waiting.set(Waiting::Nothing);
                return if reader.should_retry() { 0 } else { -1 };
            }
            self.tell_record_header(Direction::Read, &datagram);
            let knock = match Knock::read(&datagram) {
                Ok(knock) => knock,
                Err(reason) => {
                    error_queue::raise_ssl(reason);
                    return 0;
                }
            };
            match self.hear(&knock, (&reader, &writer)) {
                Ok(Caller::SentAway) => {}
                Ok(Caller::Welcome) => {
                    self.admit(&knock, datagram);
                    // SAFETY: the caller's promise.
                    unsafe { reader.store_peer(client) };
                    return 1;
                }
                Err(Pause::Waiting) => return 0,
                Err(Pause::Failed | Pause::Closed | Pause::Ended) => return -1,
            }
        }
    }

    fn hear(&self, knock: &Knock, (reader, writer): (&Bio, &Bio)) -> Result<Caller, Pause> {
        let highest = self.method().versions.1;
        self.tell_message(Direction::Read, highest.0.into(), ContentType::HANDSHAKE.0.into(), &knock.content);
        if !knock.cookie.is_empty() {
            if self.context().live().dtls_cookie_verify.is_none() {
                error_queue::raise_ssl(Reason::NO_VERIFY_COOKIE_CALLBACK);
                return Err(Pause::Failed);
            }
            // RFC 6347 §4.2.1: a bad one is as none.
            if matches!(self.check_datagram_cookie(&knock.cookie), Answer::Allowed(true)) {
                return Ok(Caller::Welcome);
            }
        }
        let cookie = match self.make_datagram_cookie() {
            Answer::Cookie(cookie) => cookie,
            _ => {
                error_queue::raise_ssl(Reason::COOKIE_GEN_CALLBACK_FAILURE);
                return Err(Pause::Failed);
            }
        };
        let (lowest, highest) = self.method().versions;
        let version = if lowest == highest { lowest } else { ProtocolVersion::DTLS1_0 };
        let answer = knock.answer(version, cookie);
        self.tell_record_header(Direction::Write, &answer);
        if let Some(peer) = PeerAddress::of(reader) {
            writer.set_peer(&peer);
        }
        if writer.write(&answer) <= 0 {
            return Err(if writer.should_retry() { Pause::Waiting } else { Pause::Failed });
        }
        if writer.flush() <= 0 {
            return Err(if writer.should_retry() { Pause::Waiting } else { Pause::Failed });
        }
        Ok(Caller::SentAway)
    }

    /// The handshake goes on with this ClientHello. Its cookie is looked at once more.
    fn admit(&self, knock: &Knock, datagram: Vec<u8>) {
        self.update_config(|config| {
            config.update_settings(|settings| settings.options |= option::COOKIE_EXCHANGE);
        });
        self.with_connection(|connection| connection.admit(knock, datagram));
    }

    fn tell_record_header(&self, direction: Direction, datagram: &[u8]) {
        let version = match direction {
            Direction::Read => 0,
            Direction::Write => ProtocolVersion::DTLS1_0.0.into(),
        };
        if let Some(header) = datagram.get(..HEADER_LENGTH) {
            self.tell_message(direction, version, RECORD_HEADER, header);
        }
    }
}
