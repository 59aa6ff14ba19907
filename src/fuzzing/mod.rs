//! The fuzz targets: each takes any bytes and must come back. `make fuzz TARGET=name SECONDS=60` lets libFuzzer look for bytes
//! with which one does not; the unit test here runs each over its corpus (`fuzz/corpus`), which honest handshakes made, and over
//! what was found. Not part of the library.
//!
//! | file | what it does |
//! |---|---|
//! | `codecs` | messages and extensions |
//! | `records` | both record layers |
//! | `texts` | cipher strings, SSL_CONF, sessions, tickets |
//! | `credentials` | keys, certificates, extensions of certificates |
//! | `connections` | whole connections against hostile bytes, and the calls of a program |
//! | `corpus` | makes the corpora |

mod codecs;
mod connections;
#[cfg(fuzzing)]
pub mod corpus;
mod credentials;
mod records;
mod texts;

/// A target: what it is called, and what it does with its input.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 17] = [
    ("messages", codecs::messages),
    ("extensions", codecs::extensions),
    ("streams", records::streams),
    ("datagrams", records::datagrams),
    ("cipher_strings", texts::cipher_strings),
    ("conf_lines", texts::conf_lines),
    ("sessions", texts::sessions),
    ("tickets", texts::tickets),
    ("client", connections::client),
    ("server", connections::server),
    ("datagram_client", connections::datagram_client),
    ("datagram_server", connections::datagram_server),
    ("joined", connections::joined),
    ("joined_datagrams", connections::joined_datagrams),
    ("calls", connections::calls),
    ("quic", connections::quic),
    ("credentials", credentials::credentials),
];

/// The target of this name.
#[must_use]
pub fn find(name: &str) -> Option<fn(&[u8])> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, target)| *target)
}

/// Pieces of bytes, each behind two bytes of length; the last may be cut.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    core::iter::from_fn(move || {
        let [high, low, after @ ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
        let (piece, after) = after.split_at(length);
        rest = after;
        Some(piece)
    })
}

/// Replaces cryptography by nothing, or not, where the build allows it.
fn let_everything_through(on: bool) {
    #[cfg(fuzzing)]
    crate::crypto::unprotected::set(on);
    #[cfg(not(fuzzing))]
    let _ = on;
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    #[test]
    fn every_target_comes_back_from_its_corpus() {
        for (name, target) in super::TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
            let mut inputs: Vec<_> =
                fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            inputs.sort();
            assert!(!inputs.is_empty(), "{name} has no corpus");
            target(&[]);
            for path in inputs {
                let input = fs::read(&path).unwrap();
                for length in [0, 1, input.len() / 2, input.len()] {
                    target(&input[..length.min(input.len())]);
                }
            }
        }
    }
}
