//! What names a session, and the context that it may be resumed in: at most 32 bytes, kept where they are used.

use core::{
    hash::{Hash, Hasher},
    ops::Deref,
};

use crate::crypto::hash::HashAlgorithm;

/// The most bytes of a session id (RFC 5246 §7.4.1.2) and of an id's context.
pub const MAX_ID_LENGTH: usize = 32;

/// At most 32 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Id {
    bytes: [u8; MAX_ID_LENGTH],
    length: u8,
}

impl Id {
    /// These bytes; `None` for more than 32.
    #[must_use]
    pub fn new(id: &[u8]) -> Option<Self> {
        let mut bytes = [0; MAX_ID_LENGTH];
        bytes.get_mut(..id.len())?.copy_from_slice(id);
        Some(Self { bytes, length: id.len() as u8 })
    }

    /// These bytes, of which a check elsewhere made sure that they are at most 32; none if it did not.
    #[must_use]
    pub fn of(id: &[u8]) -> Self {
        debug_assert!(id.len() <= MAX_ID_LENGTH);
        Self::new(id).unwrap_or_default()
    }

    /// The id that stands for a ticket, by which a cache and a ServerHello can name it (RFC 5077 §3.4): its hash.
    #[must_use]
    pub fn of_ticket(ticket: &[u8]) -> Self {
        Self::of(HashAlgorithm::Sha256.digest(ticket).as_ref())
    }
}

impl Hash for Id {
    /// All its bytes at once, for [`super::id_hash`]. Ids that differ in zeros at their end have the same.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.bytes);
    }
}

impl Deref for Id {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_has_at_most_32_bytes() {
        assert_eq!(*Id::new(&[7; 32]).unwrap(), [7; 32]);
        assert!(Id::new(&[7; 33]).is_none());
        assert!(Id::of(&[]).is_empty());
    }

    #[test]
    fn zero_bytes_at_the_end_count() {
        assert_ne!(Id::of(&[1]), Id::of(&[1, 0]));
    }
}
