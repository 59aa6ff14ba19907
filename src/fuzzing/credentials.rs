//! What a program loads from files, and what stands in certificates: keys, and lists of extensions.

use crate::{
    crypto::signature::PublicKey,
    libcrypto::{error_queue, library::Library, plain_key},
    object::server_info::{ServerInfo, Version},
};

/// A private key in PEM, a public key, or a list of extensions, as the first byte says.
pub fn credentials(data: &[u8]) {
    let Some((&which, data)) = data.split_first() else { return };
    match which % 5 {
        // A key that we read libcrypto reads as the same one.
        0 | 1 => {
            let library = Library::default();
            if let Some(ours) = plain_key::from_text(data, &library) {
                let theirs = plain_key::as_libcrypto_reads_it(data, &library);
                assert!(theirs.is_some_and(|theirs| theirs.is_same_as(&ours)), "libcrypto reads another key");
            }
            error_queue::clear();
        }
        2 => drop(PublicKey::from_certificate(data).map(|key| key.bits())),
        3 => drop(PublicKey::from_subject_public_key_info(data).map(|key| key.bits())),
        _ => {
            for version in [Version::V1, Version::V2] {
                drop(ServerInfo::read(version, data));
            }
        }
    }
}
