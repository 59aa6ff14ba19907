//! Keying material for other protocols (RFC 8446 §7.5, RFC 5705), and the Finished values.

use super::Connection;
use crate::{
    error::{Error, Reason, Result},
    record::Side,
};

impl Connection {
    /// Fills `out` with keying material. In TLS 1.3 an absent context is an empty one.
    pub fn export(&self, label: &[u8], context: Option<&[u8]>, out: &mut [u8]) -> Result<()> {
        if let Some(exporter) = &self.negotiated.exporter {
            return exporter.export(label, context.unwrap_or_default(), out);
        }
        let master_secret = self
            .negotiated
            .master_secret
            .as_ref()
            .ok_or(Error::Usage(Reason::ERR_SHOULD_NOT_HAVE_BEEN_CALLED))?;
        master_secret.export(
            label,
            &self.negotiated.client_random,
            &self.negotiated.server_random,
            context,
            out,
        )
    }

    /// `verify_data` of the Finished that this side sent; empty before that.
    #[must_use]
    pub fn finished_of(&self, side: Side) -> &[u8] {
        match side {
            Side::Client => &self.negotiated.client_verify_data,
            Side::Server => &self.negotiated.server_verify_data,
        }
    }
}
