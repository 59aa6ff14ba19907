//! A place for one of the connection's BIOs.

use core::{
    cell::{Cell, RefCell},
    mem::ManuallyDrop,
    ops::Deref,
};

use super::{Ssl, parts::Parts, thread_lock::Held, transport::Way};
use crate::libcrypto::bio::Bio;

/// A BIO, or none. It can be replaced while it is used, as by a callback of the program's own BIO: what it held lives on
/// until the use ends. So a use takes no reference, which would cost two atomic operations for each record. It is for the
/// one thread that works on the connection; for the others the slot stands behind a lock, which no use holds.
pub(super) struct BioSlot {
    way: Way,
    bio: RefCell<Option<Bio>>,
    /// How many uses are under way, one inside the other.
    uses: Cell<usize>,
    /// What was replaced meanwhile.
    replaced: RefCell<Vec<Bio>>,
}

impl BioSlot {
    /// Without a BIO.
    pub const fn new(way: Way) -> Self {
        Self { way, bio: RefCell::new(None), uses: Cell::new(0), replaced: RefCell::new(Vec::new()) }
    }

    /// Another reference to it.
    pub fn get(&self) -> Option<Bio> {
        self.bio.borrow().clone()
    }

    /// Puts another in its place. The old one is given out, to be dropped when nothing is borrowed, unless it is in use.
    pub fn replace(&self, bio: Option<Bio>) -> Option<Bio> {
        let old = self.bio.replace(bio);
        if self.uses.get() == 0 {
            return old;
        }
        self.replaced.borrow_mut().extend(old);
        None
    }

    /// Begins a use of the BIO, which [`Self::end`] ends before the slot is dropped; `None` if there is none.
    #[must_use]
    pub fn begin(&self) -> Option<InUse> {
        // SAFETY: the copy is not dropped, and the original is not either while `uses` says that it is used.
        let bio = self.bio.borrow().as_ref().map(|bio| ManuallyDrop::new(unsafe { core::ptr::read(bio) }))?;
        self.uses.set(self.uses.get() + 1);
        Some(InUse { bio, way: self.way })
    }

    /// Ends a use. What was replaced during the uses that end with it is given out, to be dropped when nothing is held.
    pub fn end(&self, _used: InUse) -> Vec<Bio> {
        self.uses.set(self.uses.get() - 1);
        if self.uses.get() == 0 { self.replaced.take() } else { Vec::new() }
    }
}

/// The BIO of a slot, while it is used.
#[must_use]
pub(super) struct InUse {
    bio: ManuallyDrop<Bio>,
    way: Way,
}

impl Deref for InUse {
    type Target = Bio;

    fn deref(&self) -> &Bio {
        &self.bio
    }
}

impl Ssl {
    /// Ends a use of one of the BIOs. The parts are let go for a moment if another took its place.
    pub(super) fn end_use<'a>(&'a self, parts: Held<'a, Parts>, bio: InUse) -> Held<'a, Parts> {
        let replaced = match bio.way {
            Way::Read => parts.read_slot.end(bio),
            Way::Write => parts.write_slot.end(bio),
        };
        if replaced.is_empty() {
            return parts;
        }
        drop(parts);
        drop(replaced);
        self.parts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bio_that_is_replaced_in_use_lives_on() {
        let slot = BioSlot::new(Way::Read);
        assert!(slot.begin().is_none() && slot.replace(Bio::of_socket(3)).is_none());
        let outer = slot.begin().unwrap();
        assert!(slot.replace(Bio::of_socket(4)).is_none());
        // Nested uses, of what took its place, end before this one does.
        let inner = slot.begin().unwrap();
        assert!(inner.is_socket_of(4) && slot.end(inner).is_empty());
        assert!(outer.is_socket_of(3));
        assert_eq!(slot.end(outer).len(), 1);
        assert!(slot.replace(None).is_some_and(|bio| bio.is_socket_of(4)) && slot.get().is_none());
    }
}
