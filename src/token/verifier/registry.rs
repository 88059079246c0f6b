//! The keys held in memory, and how they are kept up with the database.
//!
//! What is held is a key's row, never a verdict. `applied` is the epoch up to which every change is
//! in here; who has proved that the database's epoch is no greater may judge by what is held.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use xorf::{BinaryFuse8, Filter};

use crate::db::Connection;
use crate::error::Error;
use crate::fault::{self, Fault, planted};
use crate::id::Id;
use crate::token::environment::Environment;
use crate::token::epoch::repository::{self, Row};
use crate::token::verifier::subject::{Grant, Owner, Subject};

/// How many rows are read at once when all are read.
const PAGE: i64 = 1_000;

/// A key's digest.
pub(super) type Digest = [u8; 32];

/// What memory says of a digest.
pub(super) enum Found<T> {
    /// What was made of the key.
    Held(T),
    /// There is no such key.
    Unknown,
    /// The database has to be asked.
    Ask,
}

/// The keys in memory. They can be looked up while they are kept up: no lock is on that way.
pub(super) struct Registry {
    subjects: papaya::HashMap<Digest, Subject, ByDigest>,
    applied: AtomicI64,
    is_behind: AtomicBool,
    /// Which full reading has held every key, so that what is not held does not exist; 0 while that
    /// cannot be said.
    completed_by: AtomicU64,
    capacity: usize,
    keeper: Mutex<Keeper>,
    /// Digests that may exist though they are not held; set anew when the keys outgrow memory.
    known: Mutex<Option<Arc<Known>>>,
}

/// What only the one who keeps the registry up needs.
#[derive(Default)]
struct Keeper {
    is_loaded: bool,
    /// How many full readings there were.
    readings: u64,
    owners: HashMap<Id, Arc<Owner>>,
    grants: HashMap<(String, Environment, String), Arc<Grant>>,
    /// Held digests in the order in which dropping them is thought of; empty while all are held.
    queue: VecDeque<Digest>,
}

/// Which digests exist: a filter over those of the last full reading, and the newer ones.
struct Known {
    filter: BinaryFuse8,
    newer: Mutex<HashSet<u64>>,
}

impl Known {
    fn may_exist(&self, digest: &Digest) -> bool {
        let print = fingerprint(digest);
        self.filter.contains(&print)
            || self
                .newer
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&print)
    }
}

impl Registry {
    /// An empty one that will hold up to `capacity` keys.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            subjects: papaya::HashMap::with_hasher(ByDigest),
            applied: AtomicI64::new(0),
            is_behind: AtomicBool::new(true),
            completed_by: AtomicU64::new(0),
            capacity,
            keeper: Mutex::default(),
            known: Mutex::default(),
        }
    }

    /// The epoch up to which every change is in here.
    pub(super) fn applied(&self) -> i64 {
        self.applied.load(Ordering::Acquire)
    }

    /// Whether catching up failed and has not succeeded since.
    pub(super) fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::Acquire)
    }

    /// Whether every committed change is in here. Nobody is kept waiting for it.
    pub(super) fn is_current(&self, connection: &mut Connection) -> Result<bool, Error> {
        Ok(repository::read(connection)? == self.applied() && !self.is_behind())
    }

    /// What memory says of a digest; a key is looked at where it lies, for as long as `look` takes.
    /// To be asked after freshness is proved, not before.
    pub(super) fn find<T>(&self, digest: &Digest, look: impl FnOnce(&Subject) -> T) -> Found<T> {
        let completed_by = self.completed_by.load(Ordering::Acquire);
        match self.subjects.pin().get(digest) {
            Some(subject) => {
                if completed_by == 0 {
                    subject.touched.note();
                }
                Found::Held(look(subject))
            }
            None if completed_by != 0 => {
                // It may have been missed because memory was just emptied, to be read anew.
                fence(Ordering::Acquire);
                if self.completed_by.load(Ordering::Acquire) == completed_by {
                    Found::Unknown
                } else {
                    Found::Ask
                }
            }
            None => match self.known() {
                Some(known) if !known.may_exist(digest) => Found::Unknown,
                _ => Found::Ask,
            },
        }
    }

    /// Brings in every change that is committed. Gives the epoch that is then held.
    ///
    /// The epoch is read before the rows: they are at least as new as it says.
    pub(super) fn catch_up(&self, connection: &mut Connection) -> Result<i64, Error> {
        let mut keeper = self.keeper();
        let fault = Behind(&self.is_behind);
        let epoch = repository::read(connection)?;
        let applied = self.applied();
        if !keeper.is_loaded || epoch < applied {
            // An epoch that went back is another database's past: nothing that is held counts.
            self.load(&mut keeper, connection)?;
        } else if epoch > applied {
            for row in repository::changed_after(connection, applied)? {
                self.hold(&mut keeper, &row);
            }
            self.make_room(&mut keeper, connection)?;
        }
        self.applied.store(epoch, Ordering::Release);
        std::mem::forget(fault);
        self.is_behind.store(false, Ordering::Release);
        Ok(epoch)
    }

    /// Reads the keys of these digests from the database, holds them and gives them: those that were
    /// read may be dropped again before they can be looked up.
    pub(super) fn fill(
        &self,
        connection: &mut Connection,
        digests: &[Digest],
    ) -> Result<HashMap<Digest, Subject>, Error> {
        // Under the same lock as catching up: what is read here is no older than `applied`.
        let (mut keeper, rows) = if planted(Fault::FillOutsideLock) {
            let rows = repository::by_digests(connection, digests)?;
            std::thread::sleep(fault::GAP);
            (self.keeper(), rows)
        } else {
            let keeper = self.keeper();
            (keeper, repository::by_digests(connection, digests)?)
        };
        let mut filled = HashMap::with_capacity(digests.len());
        for row in rows {
            if let Ok(digest) = Digest::try_from(row.digest.as_slice()) {
                let subject = keeper.subject(&row);
                self.insert(&mut keeper, digest, subject.clone());
                filled.insert(digest, subject);
            }
        }
        self.drop_surplus(&mut keeper);
        Ok(filled)
    }

    /// Reads every key; holds all, or as many as there is room for.
    fn load(&self, keeper: &mut Keeper, connection: &mut Connection) -> Result<(), Error> {
        // Until it succeeds nothing is loaded: what is held then is not all, nor of one epoch.
        keeper.is_loaded = false;
        self.completed_by.store(0, Ordering::Release);
        // Whoever misses a key because of what follows sees what is before.
        fence(Ordering::Release);
        self.subjects.pin().clear();
        keeper.queue.clear();
        // Room for all at once: what grows leaves behind what it has grown out of.
        let count = repository::count(connection)?;
        self.subjects.pin().reserve(count.min(self.capacity));
        let mut prints = Vec::with_capacity(count);
        let mut last = None;
        loop {
            let rows = repository::all_after(connection, last, PAGE)?;
            for row in &rows {
                let Ok(digest) = Digest::try_from(row.digest.as_slice()) else {
                    continue;
                };
                prints.push(fingerprint(&digest));
                if prints.len() <= self.capacity {
                    let subject = keeper.subject(row);
                    self.insert(keeper, digest, subject);
                }
            }
            match rows.last() {
                Some(row) => last = Some(row.id),
                None => break,
            }
        }
        keeper.readings += 1;
        if prints.len() <= self.capacity {
            keeper.queue = VecDeque::new();
            self.set_known(None);
            self.completed_by.store(keeper.readings, Ordering::Release);
        } else {
            keeper.queue = self.subjects.pin().keys().copied().collect();
            self.set_known(Some(Known::of(prints)?));
        }
        keeper.is_loaded = true;
        Ok(())
    }

    /// Holds a key that changed; one that memory has no room for is only noted to exist.
    fn hold(&self, keeper: &mut Keeper, row: &Row) {
        let Ok(digest) = Digest::try_from(row.digest.as_slice()) else {
            return;
        };
        if let Some(known) = self.known() {
            let print = fingerprint(&digest);
            known
                .newer
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(print);
        }
        let subject = keeper.subject(row);
        self.insert(keeper, digest, subject);
    }

    fn insert(&self, keeper: &mut Keeper, digest: Digest, subject: Subject) {
        let is_new = self.subjects.pin().insert(digest, subject).is_none();
        if is_new && keeper.is_loaded && self.is_partial() {
            keeper.queue.push_back(digest);
        }
    }

    /// When every key was held and they have outgrown the room: from now on some are not.
    fn make_room(&self, keeper: &mut Keeper, connection: &mut Connection) -> Result<(), Error> {
        if !self.is_partial() && self.subjects.len() > self.capacity {
            return self.load(keeper, connection);
        }
        self.drop_surplus(keeper);
        Ok(())
    }

    /// Whether keys exist that are not held. While all are, nothing is to be dropped.
    fn is_partial(&self) -> bool {
        self.completed_by.load(Ordering::Acquire) == 0
    }

    /// Drops keys that were not looked up since they were last thought of, the oldest first.
    fn drop_surplus(&self, keeper: &mut Keeper) {
        let subjects = self.subjects.pin();
        while subjects.len() > self.capacity {
            let Some(digest) = keeper.queue.pop_front() else {
                return;
            };
            let touched = subjects
                .get(&digest)
                .is_some_and(|subject| subject.touched.take());
            if touched {
                keeper.queue.push_back(digest);
            } else {
                subjects.remove(&digest);
            }
        }
    }

    fn keeper(&self) -> MutexGuard<'_, Keeper> {
        // Whoever panicked while keeping up has not stored `applied`: it will be done again.
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> Option<Arc<Known>> {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_known(&self, known: Option<Known>) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known.map(Arc::new);
    }
}

impl Known {
    fn of(mut prints: Vec<u64>) -> Result<Self, Error> {
        prints.sort_unstable();
        prints.dedup();
        let filter = BinaryFuse8::try_from(prints)
            .map_err(|fault| Error::Internal(format!("filter of known keys: {fault}")))?;
        Ok(Self {
            filter,
            newer: Mutex::default(),
        })
    }
}

impl Keeper {
    fn subject(&mut self, row: &Row) -> Subject {
        Subject::new(row, self.owner(row), self.grant(row))
    }

    fn owner(&mut self, row: &Row) -> Arc<Owner> {
        match self.owners.get(&row.owner_id) {
            Some(owner) if owner.is_of(row) => owner.clone(),
            _ => {
                let owner = Arc::new(Owner::new(row));
                self.owners.insert(row.owner_id, owner.clone());
                owner
            }
        }
    }

    fn grant(&mut self, row: &Row) -> Arc<Grant> {
        let key = (
            row.scopes.stored().to_owned(),
            row.environment,
            row.allowed_cidrs.stored().to_owned(),
        );
        // Grants that no key has any more are dropped now and then, when their number doubled.
        if self.grants.len() >= 64 && self.grants.len().is_power_of_two() {
            self.grants.retain(|_, grant| Arc::strong_count(grant) > 1);
        }
        self.grants
            .entry(key)
            .or_insert_with(|| Arc::new(Grant::new(row)))
            .clone()
    }
}

/// Says so when catching up ends by an error or a panic. Set and cleared under the keeper's lock:
/// a success that clears it has read the epoch after the failure it clears.
struct Behind<'a>(&'a AtomicBool);

impl Drop for Behind<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// The first 64 bits of a digest.
fn fingerprint(digest: &Digest) -> u64 {
    digest
        .first_chunk()
        .map_or(0, |bytes| u64::from_ne_bytes(*bytes))
}

/// Digests are evenly spread by a key that no client knows: they need no hashing of their own.
#[derive(Clone, Copy, Default)]
struct ByDigest;

impl BuildHasher for ByDigest {
    type Hasher = FirstBytes;

    fn build_hasher(&self) -> FirstBytes {
        FirstBytes(0)
    }
}

struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_ne_bytes(*first);
        }
    }

    // An array's length is written before it, and tells nothing here.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests;
