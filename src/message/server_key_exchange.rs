//! ServerKeyExchange of ECDHE suites (RFC 8422 §5.4): a named curve, a point, and a signature over the
//! randoms and the parameters.

use super::Message;
use crate::{
    error::Result,
    wire::{NamedGroup, SignatureScheme},
};

/// A ServerKeyExchange of an ECDHE suite.
#[derive(Clone, Debug)]
pub struct ServerKeyExchange {
    /// The named curve.
    pub group: NamedGroup,
    /// The server's public key.
    pub public: Vec<u8>,
    /// The signature's scheme.
    pub scheme: SignatureScheme,
    /// The signature over [`signed_content`].
    pub signature: Vec<u8>,
}

impl ServerKeyExchange {
    /// Parses a body. A curve type other than `named_curve` is `illegal_parameter` with
    /// `SSL_R_WRONG_CURVE`.
    pub fn read(body: &[u8]) -> Result<Self> {
        todo!()
    }

    /// The whole message.
    #[must_use]
    pub fn write(&self) -> Message {
        todo!()
    }
}

/// What is signed: both randoms and the `ServerECDHParams`.
#[must_use]
pub fn signed_content(
    client_random: &[u8; 32],
    server_random: &[u8; 32],
    group: NamedGroup,
    public: &[u8],
) -> Vec<u8> {
    todo!()
}
