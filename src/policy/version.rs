//! Which protocol versions a connection may use (`SSL_CTX_set_min_proto_version`, `SSL_OP_NO_TLSv1_2`).

use super::Settings;
use crate::wire::ProtocolVersion;

impl Settings {
    /// Whether this version is allowed.
    #[must_use]
    pub fn allows_version(&self, version: ProtocolVersion) -> bool {
        todo!()
    }

    /// The allowed versions, the highest first; a hole in the range hides what is below it from a
    /// client, as OpenSSL does.
    #[must_use]
    pub fn versions(&self) -> Vec<ProtocolVersion> {
        todo!()
    }
}
