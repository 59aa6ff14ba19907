//! The internal session cache (RFC 5246 §F.1.4): sessions by their id, in as many shards as keep
//! connections from waiting for each other. Used by `object`.
//!
//! Nothing is dropped and nobody is called while a lock is held: what leaves the cache is handed to the
//! caller, because its end may run the program's callbacks.

use std::{
    collections::{
        BTreeMap, HashMap,
        hash_map::Entry::{Occupied, Vacant},
    },
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
    },
};

use super::{id::Id, id_hash::IdHash};

const SHARDS: usize = 16;
/// When one in so many of a shard's places goes, looking at all of them, one after another in memory, is faster than finding each.
const MANY: usize = 8;

/// A cache of fewer than so many values, though of one at least. When it is full, the one that expires first makes room, as in
/// OpenSSL; of those that expire together, the one inserted first.
pub struct SessionCache<T> {
    shards: [Shard<T>; SHARDS],
    /// How many values there are; changed under the lock of the shard where one comes or goes.
    length: AtomicUsize,
    /// How many there may be; 0: as many as there are.
    limit: AtomicUsize,
    /// The number of the next insertion.
    next: AtomicU64,
}

struct Shard<T> {
    entries: Mutex<Entries<T>>,
    /// A copy of the first key of [`Entries::order`], to choose a shard without a lock. A glimpse of two
    /// halves that do not belong together only makes the choice less good.
    first_expiry: AtomicI64,
    first_number: AtomicU64,
}

struct Entries<T> {
    turns: HashMap<Id, Turn, IdHash>,
    /// The values, in the order in which they make room.
    order: BTreeMap<Turn, (Id, T)>,
}

/// When an entry expires, and the number of its insertion. Behind an id it takes no more than its own 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(Rust, packed)]
struct Turn {
    expires_at: i64,
    number: u64,
}

/// The turn of nothing.
const NEVER: Turn = Turn { expires_at: i64::MAX, number: u64::MAX };

impl<T: Clone> SessionCache<T> {
    /// How many values OpenSSL's cache holds by default.
    pub const DEFAULT_LIMIT: usize = 20 * 1024;

    /// An empty cache for `limit` values; 0: for as many as come.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            shards: core::array::from_fn(|_| Shard::new()),
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
    /// found). Returns whether it is new, which it is not if `is_same`, which must not call the program, says that it is
    /// there already: its turn is that of a new one then; and those that had to make room for it. An id of more than 32 bytes is
    /// not taken, and its value returned.
    pub fn insert(
        &self,
        id: &[u8],
        value: T,
        expires_at: i64,
        is_same: impl Fn(&T) -> bool,
    ) -> (bool, Vec<T>) {
        let Some((id, shard)) = self.find_shard(id) else { return (true, vec![value]) };
        let turn = Turn { expires_at, number: self.next.fetch_add(1, Ordering::Relaxed) };
        let needs_room = self.is_full() && !shard.lock().turns.contains_key(&id);
        let evicted = if needs_room { self.make_room() } else { Vec::new() };
        let mut locked = shard.lock();
        let entries = &mut *locked;
        let replaced = match entries.turns.entry(id) {
            Occupied(mut known) => entries.order.remove(&known.insert(turn)),
            Vacant(place) => {
                place.insert(turn);
                self.length.fetch_add(1, Ordering::Relaxed);
                None
            }
        };
        let is_new = !replaced.as_ref().is_some_and(|(_, known)| is_same(known));
        entries.order.insert(turn, (id, value));
        shard.note_first(entries);
        drop(locked);
        drop(replaced);
        (is_new, evicted)
    }

    /// Gives the value of this id the turn of a new one, with the end that `expires_at` says, if it says one. It must not call the
    /// program.
    pub fn reorder(&self, id: &[u8], expires_at: impl FnOnce(&T) -> Option<i64>) {
        let Some((id, shard)) = self.find_shard(id) else { return };
        let mut locked = shard.lock();
        let entries = &mut *locked;
        if let Some(known) = entries.turns.get_mut(&id)
            && let Some((_, value)) = entries.order.get(known)
            && let Some(expires_at) = expires_at(value)
        {
            let turn = Turn { expires_at, number: self.next.fetch_add(1, Ordering::Relaxed) };
            let entry = entries.order.remove(&core::mem::replace(known, turn));
            entries.order.extend(entry.map(|entry| (turn, entry)));
            shard.note_first(entries);
        }
    }

    /// The value of this id, unless it expired before `now`.
    #[must_use]
    pub fn get(&self, id: &[u8], now: i64) -> Option<T> {
        let (id, shard) = self.find_shard(id)?;
        let entries = shard.lock();
        let turn = entries.turns.get(&id).filter(|turn| turn.expires_at >= now)?;
        entries.order.get(turn).map(|(_, value)| value.clone())
    }

    /// Takes the value of this id out if it expired before `now`: why [`Self::get`] found nothing.
    pub fn remove_expired(&self, id: &[u8], now: i64) -> Option<T> {
        self.take_if(id, |turn, _| turn.expires_at < now)
    }

    /// Takes the value of this id out.
    pub fn remove(&self, id: &[u8]) -> Option<T> {
        self.take_if(id, |_, _| true)
    }

    /// Takes the value of this id out if `condition` holds for it, which must not call the program.
    pub fn remove_if(&self, id: &[u8], condition: impl FnOnce(&T) -> bool) -> Option<T> {
        self.take_if(id, |_, value| condition(value))
    }

    /// All values, in no order.
    #[must_use]
    pub fn values(&self) -> Vec<T> {
        let all = |shard: &Shard<T>| -> Vec<T> {
            shard.lock().order.values().map(|(_, value)| value.clone()).collect()
        };
        self.shards.iter().flat_map(all).collect()
    }

    /// Takes out all that expired before `now`, in the order in which they did.
    pub fn flush(&self, now: i64) -> Vec<T> {
        self.take_before(Turn { expires_at: now, number: 0 })
    }

    /// Takes out everything.
    pub fn clear(&self) -> Vec<T> {
        self.take_before(NEVER)
    }

    fn find_shard(&self, id: &[u8]) -> Option<(Id, &Shard<T>)> {
        let id = Id::new(id)?;
        // Whoever chooses ids can make connections wait for each other, no more: this needs no secret.
        let index = usize::from(id.iter().fold(0, |folded, byte| folded ^ byte)) % SHARDS;
        Some((id, self.shards.get(index)?))
    }

    /// As OpenSSL counts: with a new one there must be fewer than the limit; but that one stays.
    fn is_full(&self) -> bool {
        let (limit, length) = (self.limit(), self.len());
        limit != 0 && length != 0 && length.saturating_add(1) >= limit
    }

    /// Takes values out, whose turn is first, until one more may come.
    fn make_room(&self) -> Vec<T> {
        let mut evicted = Vec::new();
        while self.is_full() {
            let Some(shard) = self.shards.iter().min_by_key(|shard| shard.first_turn()) else {
                return evicted;
            };
            let mut entries = shard.lock();
            // None: others took everything out meanwhile.
            let Some((&first, _)) = entries.order.first_key_value() else { return evicted };
            evicted.extend(self.take(shard, &mut entries, first));
        }
        evicted
    }

    fn take_if(&self, id: &[u8], condition: impl FnOnce(&Turn, &T) -> bool) -> Option<T> {
        let (id, shard) = self.find_shard(id)?;
        let mut entries = shard.lock();
        let turn = *entries.turns.get(&id)?;
        let is_taken = condition(&turn, &entries.order.get(&turn)?.1);
        is_taken.then(|| self.take(shard, &mut entries, turn))?
    }

    /// Takes out what has this turn.
    fn take(&self, shard: &Shard<T>, entries: &mut Entries<T>, turn: Turn) -> Option<T> {
        let (id, value) = entries.order.remove(&turn)?;
        entries.turns.remove(&id);
        self.length.fetch_sub(1, Ordering::Relaxed);
        shard.note_first(entries);
        Some(value)
    }

    /// Takes out those whose turn is before `end`, in the order of their turns. That is most often the order in which they came,
    /// in which memory was given to them: whoever drops them one after another goes through it in one direction.
    fn take_before(&self, end: Turn) -> Vec<T> {
        let mut taken = Vec::new();
        for shard in &self.shards {
            let mut locked = shard.lock();
            let entries = &mut *locked;
            let left = entries.order.split_off(&end);
            let due = core::mem::replace(&mut entries.order, left);
            if due.len() >= entries.turns.capacity() / MANY {
                entries.turns.retain(|_, turn| *turn >= end);
            } else {
                for (id, _) in due.values() {
                    entries.turns.remove(id);
                }
            }
            self.length.fetch_sub(due.len(), Ordering::Relaxed);
            shard.note_first(entries);
            drop(locked);
            taken.extend(due.into_iter().map(|(turn, (_, value))| (turn, value)));
        }
        // Each shard's are in order already, which this sort makes use of.
        taken.sort_by_key(|(turn, _)| *turn);
        taken.into_iter().map(|(_, value)| value).collect()
    }
}

impl<T> Shard<T> {
    fn new() -> Self {
        Self {
            entries: Mutex::new(Entries { turns: HashMap::default(), order: BTreeMap::new() }),
            first_expiry: AtomicI64::new(NEVER.expires_at),
            first_number: AtomicU64::new(NEVER.number),
        }
    }

    /// The entries. What a panic left behind is still a cache.
    fn lock(&self) -> MutexGuard<'_, Entries<T>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn first_turn(&self) -> Turn {
        Turn {
            expires_at: self.first_expiry.load(Ordering::Relaxed),
            number: self.first_number.load(Ordering::Relaxed),
        }
    }

    fn note_first(&self, entries: &Entries<T>) {
        let first = entries.order.first_key_value().map_or(NEVER, |(turn, _)| *turn);
        self.first_expiry.store(first.expires_at, Ordering::Relaxed);
        self.first_number.store(first.number, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread};

    use super::*;

    /// Inserts what is new.
    fn put<T: Clone>(cache: &SessionCache<T>, id: &[u8], value: T, expires_at: i64) -> Vec<T> {
        cache.insert(id, value, expires_at, |_| false).1
    }

    #[test]
    fn value_is_found_until_it_expires() {
        let cache = SessionCache::new(0);
        assert_eq!(put(&cache, b"id", 7, 100), []);
        assert_eq!(cache.get(b"id", 100), Some(7));
        assert_eq!(cache.get(b"other", 100), None);
        assert_eq!(cache.get(b"id\0", 100), None);
        assert_eq!(cache.remove_expired(b"id", 100), None);
        assert_eq!(cache.get(b"id", 101), None);
        assert_eq!(cache.remove_expired(b"id", 101), Some(7));
        assert_eq!((cache.get(b"id", 100), cache.len()), (None, 0));
    }

    #[test]
    fn value_of_the_same_id_is_replaced() {
        let cache = SessionCache::new(1);
        assert_eq!(put(&cache, b"id", 1, 100), []);
        assert_eq!(put(&cache, b"id", 2, 100), []);
        assert_eq!((cache.get(b"id", 0), cache.len()), (Some(2), 1));
        assert_eq!(put(&cache, b"other", 3, 100), [2]);
    }

    #[test]
    fn same_value_has_the_turn_of_a_new_one() {
        let cache = SessionCache::new(3);
        assert_eq!(put(&cache, b"first", 1, 100), []);
        assert_eq!(put(&cache, b"second", 2, 100), []);
        assert_eq!(cache.insert(b"first", 1, 100, |known| *known == 1), (false, vec![]));
        assert_eq!(put(&cache, b"third", 3, 100), [2]);
        assert_eq!(cache.len(), 2);
    }

    #[test]
    fn value_goes_by_the_end_that_it_was_given_last() {
        let cache = SessionCache::new(0);
        for (id, expires_at) in [(1, 100), (2, 200), (3, 300)] {
            assert_eq!(put(&cache, &[id], id, expires_at), []);
        }
        cache.reorder(&[1], |_| Some(400));
        cache.reorder(&[3], |_| Some(50));
        cache.reorder(&[2], |_| None);
        cache.reorder(&[4], |_| Some(1));
        assert_eq!(cache.flush(100), [3]);
        assert_eq!((cache.get(&[1], 400), cache.get(&[2], 201), cache.len()), (Some(1), None, 2));
        assert_eq!(cache.flush(300), [2]);
    }

    #[test]
    fn oldest_of_those_that_expire_together_make_room() {
        let cache = SessionCache::new(11);
        for id in 0..1000_u32 {
            let evicted = put(&cache, &id.to_be_bytes(), id, 100);
            assert_eq!(evicted, id.checked_sub(10).into_iter().collect::<Vec<_>>());
        }
        assert_eq!(cache.len(), 10);
        cache.set_limit(4);
        assert_eq!(put(&cache, b"new", 0, 100), [990, 991, 992, 993, 994, 995, 996, 997]);
        cache.set_limit(0);
        assert!((0..100_u8).all(|id| put(&cache, &[id], 0, 100).is_empty()));
    }

    #[test]
    fn removed_values_make_no_room_twice() {
        let cache = SessionCache::new(4);
        for id in 0..3_u8 {
            assert_eq!(put(&cache, &[id], id, 100), []);
        }
        assert_eq!(cache.remove(&[0]), Some(0));
        assert_eq!(cache.remove(&[0]), None);
        assert_eq!(put(&cache, &[3], 3, 100), []);
        assert_eq!(put(&cache, &[4], 4, 100), [1]);
    }

    #[test]
    fn condition_keeps_a_value_in() {
        let cache = SessionCache::new(0);
        assert_eq!(put(&cache, b"id", 1, 100), []);
        assert_eq!(cache.remove_if(b"id", |value| *value == 2), None);
        assert_eq!((cache.remove_if(b"id", |value| *value == 1), cache.len()), (Some(1), 0));
    }

    #[test]
    fn flush_takes_out_what_expired_and_clear_everything() {
        let cache = SessionCache::new(0);
        for id in 0..100_u8 {
            assert_eq!(put(&cache, &[id], id, i64::from(id)), []);
        }
        assert_eq!(cache.flush(50), (0..50).collect::<Vec<_>>());
        assert_eq!(cache.len(), 50);
        let mut left = cache.values();
        left.sort_unstable();
        assert_eq!(left, (50..100).collect::<Vec<_>>());
        assert_eq!(cache.clear().len(), 50);
        assert!(cache.is_empty());
    }

    #[test]
    fn id_too_long_is_not_taken() {
        let cache = SessionCache::new(0);
        assert_eq!(put(&cache, &[0; 33], 1, 100), [1]);
        assert_eq!(put(&cache, &[0; 32], 2, 100), []);
        assert_eq!((cache.get(&[0; 33], 0), cache.remove(&[0; 33])), (None, None));
    }

    #[test]
    fn first_to_expire_makes_room_but_never_the_new_one() {
        let cache = SessionCache::new(4);
        for (id, expires_at, evicted) in [
            (1, 1000, None),
            (2, 10, None),
            (3, 500, None),
            (4, 700, Some(2)),
            (5, 700, Some(3)),
            (6, 5, Some(4)),
            (7, 2000, Some(6)),
            (7, 3000, None),
            (8, 1, Some(5)),
        ] {
            assert_eq!(put(&cache, &[id], id, expires_at), Vec::from_iter(evicted));
        }
        assert_eq!(cache.len(), 3);
    }

    #[test]
    fn what_is_gone_leaves_nothing_behind() {
        let cache = SessionCache::new(0);
        for round in 0..100_u32 {
            assert_eq!(put(&cache, &[1], round, i64::from(round)), []);
            assert_eq!(put(&cache, &[1], round, 100), []);
            assert_eq!(cache.remove(&[1]), Some(round));
        }
        for shard in &cache.shards {
            assert!(shard.lock().order.is_empty());
            assert!(shard.first_turn() == NEVER);
        }
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
                        gone += put(&cache, &[thread, high, low], id, 100).len();
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
