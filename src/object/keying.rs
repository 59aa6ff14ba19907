//! What a handshake left that other protocols build on: exported keying material, Finished values.

use core::ffi::c_int;

use super::{Ssl, log};
use crate::{
    error::{Error, Reason},
    libcrypto::error_queue,
    record::Side,
    wire::ProtocolVersion,
};

/// Copies what fits. Returns how much that is; for no room at all, how much there is.
pub fn copy_out(from: &[u8], out: &mut [u8]) -> usize {
    if out.is_empty() {
        return from.len();
    }
    out.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    from.len().min(out.len())
}

impl Ssl {
    /// `SSL_export_keying_material(3)`: 1, 0 with a reason in the queue, or -1 before there is anything to export from. What the
    /// program left out, even of no length, is `ERR_R_INTERNAL_ERROR`.
    pub fn export_keying_material(
        &self,
        label: Option<&[u8]>,
        context: Option<&[u8]>,
        out: Option<&mut [u8]>,
    ) -> c_int {
        if self.session_so_far().is_none() {
            return -1;
        }
        self.with_connection(|connection| {
            let negotiated = connection.negotiated();
            if negotiated.exporter.is_none() && negotiated.master_secret.is_none() {
                log::differs("SSL_export_keying_material", "it fails before there is a secret");
                if negotiated.version != Some(ProtocolVersion::TLS1_3) {
                    error_queue::raise_ssl(Reason::ERR_INTERNAL_ERROR);
                }
                return 0;
            }
            let exported = match (label, out) {
                (Some(label), Some(out)) => connection.export(label, context, out),
                _ => Err(Error::internal()),
            };
            match exported {
                Ok(()) => 1,
                Err(error) => {
                    error_queue::raise_ssl(error.reason());
                    0
                }
            }
        })
    }

    /// `SSL_export_keying_material_early(3)`. `false`: there is no early data, or a reason is in the queue.
    pub fn export_keying_material_early(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> bool {
        self.with_connection(|connection| {
            let Some(exporter) = &connection.early_data().exporter else { return false };
            match exporter.export(label, context, out) {
                Ok(()) => true,
                Err(error) => {
                    error_queue::raise_ssl(error.reason());
                    false
                }
            }
        })
    }

    /// Copies what fits of the Finished that `side` sent, and returns how long it is.
    pub fn finished(&self, side: Side, out: &mut [u8]) -> usize {
        self.with_connection(|connection| {
            let finished = connection.finished_of(side);
            out.iter_mut().zip(finished).for_each(|(to, from)| *to = *from);
            finished.len()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copy_without_room_says_how_much_there_is() {
        assert_eq!(copy_out(&[1, 2, 3], &mut []), 3);
    }

    #[test]
    fn copy_takes_what_fits_and_leaves_the_rest() {
        let mut small = [0; 2];
        assert_eq!((copy_out(&[1, 2, 3], &mut small), small), (2, [1, 2]));
        let mut large = [9; 4];
        assert_eq!((copy_out(&[1, 2, 3], &mut large), large), (3, [1, 2, 3, 9]));
    }
}
