//! Certificates that are compressed ahead (RFC 8879, `SSL_CTX_compress_certs(3)`), for contexts and connections alike: a server
//! that does so does not compress in each handshake.

use super::{config::Configurable, own_chain::own_chain};
use crate::{
    error::{Error, Result},
    libcrypto::error_queue,
    message::{
        Message,
        certificate::{Certificate13, CertificateEntry},
        compressed_certificate::{self, Compressed},
        extension::Extensions,
    },
    policy::certificate::Slot,
    record::Side,
    wire::CertificateCompression,
};

/// The Certificate message that `owner` would send for the certificate in `slot`, without extensions; `None` without one.
fn message(owner: &impl Configurable, slot: Slot) -> Result<Option<Message>> {
    let certificates = owner.look(|config| config.settings.certificates.clone());
    let Some(own) = certificates.get(slot) else { return Ok(None) };
    let chain = own.chain.clone().map_or_else(|| own_chain(owner, slot), Ok)?;
    let entry =
        |der: &[u8]| CertificateEntry { certificate: der.to_vec(), extensions: Extensions::default() };
    let all = core::iter::once(&*own.certificate).chain(chain.iter().map(Vec::as_slice));
    Ok(Some(Certificate13 { request_context: Vec::new(), entries: all.map(entry).collect() }.write()))
}

/// Compresses all certificates with an algorithm that is among the preferred, or with all of those. `false`: nothing was
/// compressed, as on a client, without a certificate or with another algorithm.
pub fn compress_all(owner: &impl Configurable, algorithm: Option<CertificateCompression>) -> bool {
    if owner.side() == Side::Client {
        return false;
    }
    let preference = owner.look(|config| config.settings.certificate_compression.clone());
    let mut algorithms =
        preference.map_or_else(|| compressed_certificate::ALL.to_vec(), |list| list.to_vec());
    algorithms.retain(|known| algorithm.is_none_or(|wanted| wanted == *known));
    let mark = error_queue::set_mark();
    let made: Result<Vec<_>> = Slot::ALL.into_iter().map(|slot| compress(owner, slot, &algorithms)).collect();
    mark.pop();
    let Ok(made) = made else { return false };
    let is_any = made.iter().any(|made| !made.is_empty());
    owner.change(|config| {
        config.update_credentials(|credentials| {
            for (slot, made) in Slot::ALL.into_iter().zip(made) {
                credentials.get_mut(slot).keep_compressed(made);
            }
        });
    });
    is_any
}

fn compress(
    owner: &impl Configurable,
    slot: Slot,
    algorithms: &[CertificateCompression],
) -> Result<Vec<Compressed>> {
    let Some(message) = message(owner, slot)? else { return Ok(Vec::new()) };
    let made = algorithms.iter().map(|algorithm| Compressed::new(&message, *algorithm));
    made.map(|made| made.ok_or(Error::internal())).collect()
}

/// The current certificate compressed; `None` on a client, without a certificate or such an algorithm.
pub fn compress_current(owner: &impl Configurable, algorithm: CertificateCompression) -> Option<Compressed> {
    if owner.side() == Side::Client {
        return None;
    }
    let slot = owner.look(|config| config.credentials.current_slot());
    let mark = error_queue::set_mark();
    let message = message(owner, slot);
    mark.pop();
    Compressed::new(&message.ok()??, algorithm)
}

/// Takes what somebody else compressed as the current certificate's. `false` on a client, and for an algorithm that there is not.
pub fn set_current(owner: &impl Configurable, made: Compressed) -> bool {
    if owner.side() == Side::Client || !compressed_certificate::is_supported(made.algorithm) {
        return false;
    }
    owner.change(|config| {
        config.update_credentials(|credentials| credentials.current_mut().keep_compressed([made]));
    });
    true
}
