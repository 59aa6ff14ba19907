//! A place for one of the connection's BIOs.

use core::{
    cell::{Cell, RefCell},
    mem::ManuallyDrop,
};

use crate::libcrypto::bio::Bio;

/// A BIO, or none. It can be replaced while it is used, as by a callback of the program's own BIO: what it held lives on
/// until the use ends. So a use takes no reference, which would cost two atomic operations for each record.
#[derive(Default)]
pub(super) struct BioSlot {
    bio: RefCell<Option<Bio>>,
    /// How many uses are under way, one inside the other.
    uses: Cell<usize>,
    /// What was replaced meanwhile.
    replaced: RefCell<Vec<Bio>>,
}

impl BioSlot {
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

    /// Does `work` with the BIO; `None` if there is none. Nothing is borrowed while it runs.
    pub fn with<R>(&self, work: impl FnOnce(&Bio) -> R) -> Option<R> {
        // SAFETY: the copy is not dropped, and the original is not either while `uses` says that it is used.
        let bio = self.bio.borrow().as_ref().map(|bio| ManuallyDrop::new(unsafe { core::ptr::read(bio) }))?;
        self.uses.set(self.uses.get() + 1);
        let result = work(&bio);
        self.uses.set(self.uses.get() - 1);
        if self.uses.get() == 0 {
            let replaced = self.replaced.take();
            drop(replaced);
        }
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bio_that_is_replaced_in_use_lives_on() {
        let slot = BioSlot::default();
        assert!(slot.with(|_| ()).is_none() && slot.replace(Bio::of_socket(3)).is_none());
        let inner = slot.with(|bio| {
            // Nested uses, of what took its place, end before this one does.
            assert!(slot.replace(Bio::of_socket(4)).is_none());
            assert_eq!(slot.with(|bio| bio.is_socket_of(4)), Some(true));
            bio.is_socket_of(3) && slot.replaced.borrow().len() == 1
        });
        assert_eq!(inner, Some(true));
        assert!(slot.replaced.borrow().is_empty());
        assert!(slot.replace(None).is_some_and(|bio| bio.is_socket_of(4)) && slot.get().is_none());
    }
}
