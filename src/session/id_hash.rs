//! The hash by which the cache finds ids. A peer may choose them, so that it depends on a secret of the process: the
//! multilinear hash of Carter and Wegman, of whose values two ids have the same by chance alone, unless they differ in zeros at
//! their end: of these, which always have the same, there are 33 at most. It takes a tenth of what the standard library's hash of any
//! bytes takes.

use core::hash::{BuildHasher, Hasher};
use std::{hash::RandomState, sync::LazyLock};

use super::id::MAX_ID_LENGTH;

/// The bytes of a word.
const WORD: usize = 8;

/// A factor for each word of an id.
static FACTORS: LazyLock<[u128; MAX_ID_LENGTH / WORD]> = LazyLock::new(|| {
    let random = RandomState::new();
    core::array::from_fn(|index| {
        let half = |which: u8| u128::from(random.hash_one((index, which)));
        half(0) << 64 | half(1)
    })
});

/// Makes [`IdHasher`]s.
#[derive(Clone, Copy, Default)]
pub(super) struct IdHash;

/// The sum of the words so far, each times its factor.
pub(super) struct IdHasher(u128);

impl BuildHasher for IdHash {
    type Hasher = IdHasher;

    fn build_hasher(&self) -> IdHasher {
        IdHasher(0)
    }
}

impl Hasher for IdHasher {
    /// Takes the bytes of an id, zeros behind it and all.
    fn write(&mut self, bytes: &[u8]) {
        let words = bytes.as_chunks::<WORD>().0.iter().map(|word| u128::from(u64::from_le_bytes(*word)));
        for (word, factor) in words.zip(&*FACTORS) {
            self.0 = self.0.wrapping_add(word.wrapping_mul(*factor));
        }
    }

    fn finish(&self) -> u64 {
        // The lower half hangs on the lower half of the factors alone.
        (self.0 >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::session::Id;

    #[test]
    fn ids_that_differ_in_one_bit_are_spread() {
        let ids = (0..MAX_ID_LENGTH * 8).map(|bit| {
            let mut id = [0; MAX_ID_LENGTH];
            id[bit / 8] = 1 << (bit % 8);
            Id::of(&id)
        });
        let hashes: Vec<_> = ids.map(|id| IdHash.hash_one(id)).collect();
        assert_eq!(hashes.iter().collect::<HashSet<_>>().len(), hashes.len());
        for shift in [0, 20, 57] {
            let seen: HashSet<_> = hashes.iter().map(|hash| hash >> shift & 0x7f).collect();
            assert!(seen.len() > 64, "{}", seen.len());
        }
    }
}
