//! The internal session cache (RFC 5246 §F.1.4): sessions by their id, in as many shards as keep
//! connections from waiting for each other. Used by `object`.
//!
//! Nothing is dropped and nobody is called while a lock is held: what leaves the cache is handed to the
//! caller, because its end may run the program's callbacks.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasher, RandomState},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

const SHARDS: usize = 16;
const MAX_ID_LENGTH: usize = 32;
/// What [`Shard::oldest`] says when nothing is in it.
const NOTHING: u64 = u64::MAX;

/// A cache of at most so many values; when it is full, the one inserted first makes room.
pub struct SessionCache<T> {
    shards: [Shard<T>; SHARDS],
    hasher: RandomState,
    /// How many values there are; changed under the lock of the shard where one comes or goes.
    length: AtomicUsize,
    /// How many there may be; 0: as many as there are.
    limit: AtomicUsize,
    /// The number of the next insertion.
    next: AtomicU64,
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub enum Lookup<T> {
    /// A value.
    Found(T),
    /// One that had expired; it is no longer in the cache.
    Expired(T),
    /// None.
    Missing,
}

struct Shard<T> {
    entries: Mutex<Entries<T>>,
    /// The number of the oldest entry, or of one that was removed and not forgotten yet.
    oldest: AtomicU64,
}

struct Entries<T> {
    by_id: HashMap<Id, Entry<T>>,
    /// In the order of insertion. Entries that were removed leave their place behind for a while.
    order: VecDeque<(u64, Id)>,
}

struct Entry<T> {
    value: T,
    expires_at: i64,
    number: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Id {
    bytes: [u8; MAX_ID_LENGTH],
    length: u8,
}

impl Id {
    fn new(id: &[u8]) -> Option<Self> {
        let mut bytes = [0; MAX_ID_LENGTH];
        bytes.get_mut(..id.len())?.copy_from_slice(id);
        Some(Self { bytes, length: id.len() as u8 })
    }
}

impl<T: Clone> SessionCache<T> {
    /// How many values OpenSSL's cache holds by default.
    pub const DEFAULT_LIMIT: usize = 20 * 1024;

    /// An empty cache for `limit` values; 0: for as many as come.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            shards: core::array::from_fn(|_| Shard::new()),
            hasher: RandomState::new(),
            length: AtomicUsize::new(0),
            limit: AtomicUsize::new(limit),
            next: AtomicU64::new(0),
        }
    }

    /// Changes the limit. The next insertion makes room.
    pub fn set_limit(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// How many values there may be.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length.load(Ordering::Relaxed)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts a value in, in place of one of the same id, until `expires_at` (the last second in which it is
    /// found). Returns those that had to make room: the oldest. An id of more than 32 bytes is not taken.
    pub fn insert(&self, id: &[u8], value: T, expires_at: i64) -> Vec<T> {
        let Some((id, shard)) = self.find_shard(id) else { return vec![value] };
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut entries = shard.lock();
        let replaced = entries.by_id.insert(id, Entry { value, expires_at, number });
        entries.order.push_back((number, id));
        entries.forget_removed();
        if replaced.is_none() {
            self.length.fetch_add(1, Ordering::Relaxed);
        }
        shard.publish(entries);
        drop(replaced);
        self.make_room()
    }

    /// The value of this id.
    #[must_use]
    pub fn get(&self, id: &[u8], now: i64) -> Lookup<T> {
        let Some((id, shard)) = self.find_shard(id) else { return Lookup::Missing };
        let mut entries = shard.lock();
        match entries.by_id.get(&id) {
            None => Lookup::Missing,
            Some(entry) if entry.expires_at >= now => Lookup::Found(entry.value.clone()),
            Some(_) => {
                let removed = entries.by_id.remove(&id);
                self.length.fetch_sub(1, Ordering::Relaxed);
                removed.map_or(Lookup::Missing, |entry| Lookup::Expired(entry.value))
            }
        }
    }

    /// Takes the value of this id out.
    pub fn remove(&self, id: &[u8]) -> Option<T> {
        self.remove_if(id, |_| true)
    }

    /// Takes the value of this id out if `condition` holds for it, which must not call the program.
    pub fn remove_if(&self, id: &[u8], condition: impl FnOnce(&T) -> bool) -> Option<T> {
        let (id, shard) = self.find_shard(id)?;
        let mut entries = shard.lock();
        if !condition(&entries.by_id.get(&id)?.value) {
            return None;
        }
        let removed = entries.by_id.remove(&id);
        self.length.fetch_sub(1, Ordering::Relaxed);
        removed.map(|entry| entry.value)
    }

    /// Takes out all that expired before `now`.
    pub fn flush(&self, now: i64) -> Vec<T> {
        self.take_out(|entry| entry.expires_at < now)
    }

    /// Takes out everything.
    pub fn clear(&self) -> Vec<T> {
        self.take_out(|_| true)
    }

    fn find_shard(&self, id: &[u8]) -> Option<(Id, &Shard<T>)> {
        let id = Id::new(id)?;
        // Lossless for the index: it is taken modulo a small number.
        let index = self.hasher.hash_one(id) as usize % SHARDS;
        Some((id, self.shards.get(index)?))
    }

    /// Takes out the oldest until there are no more than may be.
    fn make_room(&self) -> Vec<T> {
        let mut evicted = Vec::new();
        loop {
            let limit = self.limit();
            if limit == 0 || self.len() <= limit {
                return evicted;
            }
            let oldest = self.shards.iter().min_by_key(|shard| shard.oldest.load(Ordering::Relaxed));
            let Some(shard) = oldest else { return evicted };
            let mut entries = shard.lock();
            let place = entries.order.pop_front();
            let removed = place.and_then(|(number, id)| entries.remove_numbered(number, id));
            if removed.is_some() {
                self.length.fetch_sub(1, Ordering::Relaxed);
            }
            shard.publish(entries);
            match removed {
                Some(entry) => evicted.push(entry.value),
                // A place whose entry is gone; or other connections took all out meanwhile.
                None if place.is_some() => {}
                None => return evicted,
            }
        }
    }

    fn take_out(&self, condition: impl Fn(&Entry<T>) -> bool) -> Vec<T> {
        let mut taken = Vec::new();
        for shard in &self.shards {
            let mut entries = shard.lock();
            let before = taken.len();
            taken.extend(entries.by_id.extract_if(|_, entry| condition(entry)).map(|(_, entry)| entry.value));
            entries.forget_removed();
            self.length.fetch_sub(taken.len() - before, Ordering::Relaxed);
            shard.publish(entries);
        }
        taken
    }
}

impl<T> Shard<T> {
    fn new() -> Self {
        let entries = Entries { by_id: HashMap::new(), order: VecDeque::new() };
        Self { entries: Mutex::new(entries), oldest: AtomicU64::new(NOTHING) }
    }

    /// The entries. What a panic left behind is still a cache.
    fn lock(&self) -> MutexGuard<'_, Entries<T>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unlocks, and tells which entry is the oldest.
    fn publish(&self, entries: MutexGuard<'_, Entries<T>>) {
        let oldest = entries.order.front().map_or(NOTHING, |(number, _)| *number);
        self.oldest.store(oldest, Ordering::Relaxed);
        drop(entries);
    }
}

impl<T> Entries<T> {
    /// Removes the entry of `id` if it is still the one of this number.
    fn remove_numbered(&mut self, number: u64, id: Id) -> Option<Entry<T>> {
        if self.by_id.get(&id).is_some_and(|entry| entry.number == number) {
            return self.by_id.remove(&id);
        }
        None
    }

    /// Forgets the places of removed entries once they are more than the entries that are left: each place
    /// is looked at a constant number of times for each insertion.
    fn forget_removed(&mut self) {
        let Self { by_id, order } = self;
        if order.len() > 2 * by_id.len() + 16 {
            order.retain(|(number, id)| by_id.get(id).is_some_and(|entry| entry.number == *number));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread};

    use super::*;

    #[test]
    fn value_is_found_until_it_expires() {
        let cache = SessionCache::new(0);
        assert_eq!(cache.insert(b"id", 7, 100), []);
        assert_eq!(cache.get(b"id", 100), Lookup::Found(7));
        assert_eq!(cache.get(b"other", 100), Lookup::Missing);
        assert_eq!(cache.get(b"id\0", 100), Lookup::Missing);
        assert_eq!(cache.get(b"id", 101), Lookup::Expired(7));
        assert_eq!((cache.get(b"id", 100), cache.len()), (Lookup::Missing, 0));
    }

    #[test]
    fn value_of_the_same_id_is_replaced() {
        let cache = SessionCache::new(1);
        assert_eq!(cache.insert(b"id", 1, 100), []);
        assert_eq!(cache.insert(b"id", 2, 100), []);
        assert_eq!((cache.get(b"id", 0), cache.len()), (Lookup::Found(2), 1));
        assert_eq!(cache.insert(b"other", 3, 100), [2]);
    }

    #[test]
    fn oldest_make_room() {
        let cache = SessionCache::new(10);
        for id in 0..1000_u32 {
            let evicted = cache.insert(&id.to_be_bytes(), id, 100);
            assert_eq!(evicted, id.checked_sub(10).into_iter().collect::<Vec<_>>());
        }
        assert_eq!(cache.len(), 10);
        cache.set_limit(3);
        assert_eq!(cache.insert(b"new", 0, 100), [990, 991, 992, 993, 994, 995, 996, 997]);
        cache.set_limit(0);
        assert!((0..100_u8).all(|id| cache.insert(&[id], 0, 100).is_empty()));
    }

    #[test]
    fn removed_values_make_no_room_twice() {
        let cache = SessionCache::new(3);
        for id in 0..3_u8 {
            assert_eq!(cache.insert(&[id], id, 100), []);
        }
        assert_eq!(cache.remove(&[0]), Some(0));
        assert_eq!(cache.remove(&[0]), None);
        assert_eq!(cache.insert(&[3], 3, 100), []);
        assert_eq!(cache.insert(&[4], 4, 100), [1]);
    }

    #[test]
    fn condition_keeps_a_value_in() {
        let cache = SessionCache::new(0);
        assert_eq!(cache.insert(b"id", 1, 100), []);
        assert_eq!(cache.remove_if(b"id", |value| *value == 2), None);
        assert_eq!((cache.remove_if(b"id", |value| *value == 1), cache.len()), (Some(1), 0));
    }

    #[test]
    fn flush_takes_out_what_expired_and_clear_everything() {
        let cache = SessionCache::new(0);
        for id in 0..100_u8 {
            assert_eq!(cache.insert(&[id], id, i64::from(id)), []);
        }
        let mut flushed = cache.flush(50);
        flushed.sort_unstable();
        assert_eq!(flushed, (0..50).collect::<Vec<_>>());
        assert_eq!(cache.len(), 50);
        assert_eq!(cache.clear().len(), 50);
        assert!(cache.is_empty());
    }

    #[test]
    fn id_too_long_is_not_taken() {
        let cache = SessionCache::new(0);
        assert_eq!(cache.insert(&[0; 33], 1, 100), [1]);
        assert_eq!(cache.insert(&[0; 32], 2, 100), []);
        assert_eq!((cache.get(&[0; 33], 0), cache.remove(&[0; 33])), (Lookup::Missing, None));
    }

    #[test]
    fn places_of_removed_values_are_forgotten() {
        let cache = SessionCache::new(0);
        for round in 0..10_000_u32 {
            assert_eq!(cache.insert(&[1], round, 100), []);
            assert_eq!(cache.remove(&[1]), Some(round));
        }
        assert!(cache.shards.iter().all(|shard| shard.lock().order.len() < 32));
    }

    #[test]
    fn threads_share_it() {
        let cache = Arc::new(SessionCache::new(100));
        let threads: Vec<_> = (0..4_u8)
            .map(|thread| {
                let cache = Arc::clone(&cache);
                thread::spawn(move || {
                    let mut gone = 0;
                    for id in 0..2000_u16 {
                        let [high, low] = id.to_be_bytes();
                        gone += cache.insert(&[thread, high, low], id, 100).len();
                        if id % 3 == 0 {
                            gone += usize::from(cache.remove(&[thread, high, low]).is_some());
                        }
                    }
                    gone
                })
            })
            .collect();
        let gone: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(gone + cache.len(), 8000);
        assert_eq!(cache.clear().len(), 8000 - gone);
        assert!(cache.is_empty());
    }
}
