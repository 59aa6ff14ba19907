//! The transcript hash (RFC 8446 §4.4.1) and TLS 1.2's handshake hash (RFC 5246 §7.4.9).
//!
//! Until the suite is known the messages are kept; from then on one running hash is fed, and each byte is hashed once.

use crate::{
    crypto::hash::{Digest, HashAlgorithm, RunningHash},
    error::{Error, Result},
    message::Message,
    wire::HandshakeType,
};

/// What the messages until then mostly fit in.
const USUAL_LENGTH: usize = 1024;

/// All handshake messages so far, as a hash or, before the hash is known, as bytes.
#[derive(Clone)]
pub struct Transcript {
    state: State,
}

#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "it runs for most of the handshake")]
enum State {
    Unhashed(Vec<u8>),
    Running(HashAlgorithm, RunningHash),
}

impl Transcript {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: State::Unhashed(Vec::new()) }
    }

    /// Adds a message; in DTLS with the header that it would have in one fragment (RFC 6347 §4.2.6).
    pub fn add(&mut self, message: &Message) {
        match message.datagram_header() {
            None => self.add_bytes(message.as_bytes()),
            Some(header) => {
                self.add_bytes(&header);
                self.add_bytes(message.body());
            }
        }
    }

    fn add_bytes(&mut self, added: &[u8]) {
        match &mut self.state {
            State::Unhashed(bytes) => {
                if bytes.capacity() == 0 {
                    bytes.reserve(USUAL_LENGTH);
                }
                bytes.extend_from_slice(added);
            }
            State::Running(_, hash) => hash.update(added),
        }
    }

    /// The suite is chosen: from now on this hash. A second call changes nothing.
    pub fn set_hash(&mut self, algorithm: HashAlgorithm) {
        if let State::Unhashed(bytes) = &self.state {
            let mut hash = algorithm.start();
            hash.update(bytes);
            self.state = State::Running(algorithm, hash);
        }
    }

    /// All messages so far, until [`Self::set_hash`]: what a CertificateVerify of TLS 1.2 signs
    /// (RFC 5246 §7.4.8). `internal_error` after it.
    pub fn messages(&self) -> Result<&[u8]> {
        match &self.state {
            State::Unhashed(bytes) => Ok(bytes),
            State::Running(..) => Err(Error::internal()),
        }
    }

    /// The hash of all messages so far; `internal_error` before [`Self::set_hash`].
    pub fn current(&self) -> Result<Digest> {
        match &self.state {
            State::Unhashed(_) => Err(Error::internal()),
            State::Running(_, hash) => Ok(hash.current()),
        }
    }

    /// The hash that there would be with `bytes` added (a ClientHello cut before its binders) under
    /// `algorithm`. `internal_error` if the transcript is hashed by another one already.
    pub fn with_partial(&self, algorithm: HashAlgorithm, bytes: &[u8]) -> Result<Digest> {
        let mut hash = match &self.state {
            State::Unhashed(before) => {
                let mut hash = algorithm.start();
                hash.update(before);
                hash
            }
            State::Running(running, hash) if *running == algorithm => hash.clone(),
            State::Running(..) => return Err(Error::internal()),
        };
        hash.update(bytes);
        Ok(hash.current())
    }

    /// A HelloRetryRequest was chosen: the first ClientHello is replaced by its hash in a synthetic
    /// `message_hash` message (RFC 8446 §4.4.1). Call after [`Self::set_hash`], before the retry request is added.
    pub fn hello_retry(&mut self) -> Result<()> {
        let first_hello = self.current()?;
        self.begin_with_hello_hash(first_hello.as_ref())
    }

    /// As [`Self::hello_retry`], for a first ClientHello of which only the hash is known. Call after [`Self::set_hash`].
    pub fn begin_with_hello_hash(&mut self, first_hello: &[u8]) -> Result<()> {
        let State::Running(algorithm, hash) = &mut self.state else { return Err(Error::internal()) };
        let mut restarted = algorithm.start();
        restarted
            .update(Message::build(HandshakeType::MESSAGE_HASH, |body| body.bytes(first_hello)).as_bytes());
        *hash = restarted;
        Ok(())
    }
}

impl Default for Transcript {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello() -> Message {
        Message::build(HandshakeType::CLIENT_HELLO, |body| body.bytes(b"hello"))
    }

    #[test]
    fn partial_hash_is_the_same_before_and_after_the_hash_is_set() {
        let mut transcript = Transcript::new();
        transcript.add(&hello());
        let before = transcript.with_partial(HashAlgorithm::Sha384, b"part").unwrap();
        transcript.set_hash(HashAlgorithm::Sha384);
        let after = transcript.with_partial(HashAlgorithm::Sha384, b"part").unwrap();
        assert_eq!(before.as_ref(), after.as_ref());
    }

    #[test]
    fn partial_hash_under_another_algorithm_is_refused_once_one_runs() {
        let mut transcript = Transcript::new();
        transcript.add(&hello());
        transcript.set_hash(HashAlgorithm::Sha256);
        let refused = transcript.with_partial(HashAlgorithm::Sha384, b"part").err();
        assert_eq!(refused, Some(Error::internal()));
    }
}
