//! The recorder's inbox: a bounded queue in the order of submission. The recorder is woken once for all that comes, and for an entry that may wait
//! only if it would not look by itself.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Notify, Semaphore, TryAcquireError};

/// An item of an inbox.
pub trait MayWait {
    /// Whether it may wait for others, a bounded time, before it is taken.
    fn may_wait(&self) -> bool;
}

/// The sending end. The receiver sees the end when all clones are dropped.
#[derive(Debug)]
pub struct Sender<T>(Arc<Open<T>>);

/// The receiving end. Items that are left, or that come later, are dropped with it.
#[derive(Debug)]
pub struct Receiver<T>(Arc<Inbox<T>>);

/// What a receiver finds before it sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Items that may not wait, or as many as are taken at once.
    Pressing,
    /// Items that may wait; the first came then.
    Waiting(Instant),
    Nothing,
    /// Nothing, and no sender is left.
    Ended,
}

#[derive(Debug)]
struct Open<T>(Arc<Inbox<T>>);

#[derive(Debug)]
struct Inbox<T> {
    inside: Mutex<Inside<T>>,
    filled: Notify,
    /// A permit for each free slot, given in turn. Closed when the receiver is dropped.
    slots: Semaphore,
    capacity: usize,
    taken_max: usize,
}

#[derive(Debug)]
struct Inside<T> {
    items: VecDeque<T>,
    /// Whether one of the items may not wait.
    is_pressing: bool,
    /// When the first of the items came.
    since: Option<Instant>,
    attention: ReceiverState,
    has_ended: bool,
    has_receiver: bool,
}

/// Whether the receiver looks at the inbox without being woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReceiverState {
    /// As soon as it has done what it is doing.
    Busy,
    /// After at most the time that an item may wait.
    Dozing,
    No,
}

/// An inbox for `capacity` items, of which at most `taken_max` are taken at once.
pub fn inbox<T: MayWait>(capacity: usize, taken_max: usize) -> (Sender<T>, Receiver<T>) {
    let inside = Inside {
        items: VecDeque::new(),
        is_pressing: false,
        since: None,
        attention: ReceiverState::Busy,
        has_ended: false,
        has_receiver: true,
    };
    let slots = Semaphore::new(capacity);
    let inbox = Arc::new(Inbox { inside: Mutex::new(inside), filled: Notify::new(), slots, capacity, taken_max });
    (Sender(Arc::new(Open(inbox.clone()))), Receiver(inbox))
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        Sender(self.0.clone())
    }
}

impl<T: MayWait> Sender<T> {
    /// Send an item; waits in turn for a free slot. Without a receiver it is dropped.
    pub async fn send(&self, item: T) {
        if let Err(item) = self.try_send(item)
            && let Ok(slot) = self.inbox().slots.acquire().await
        {
            slot.forget();
            self.inbox().push([item]);
        }
    }

    /// Send items in order, together if there are slots for all.
    pub async fn send_all(&self, items: &mut Vec<T>) {
        let all = u32::try_from(items.len()).unwrap_or(u32::MAX);
        match self.inbox().slots.try_acquire_many(all) {
            Ok(slots) => {
                slots.forget();
                self.inbox().push(items.drain(..));
            }
            Err(TryAcquireError::NoPermits) => {
                for item in items.drain(..) {
                    self.send(item).await;
                }
            }
            Err(TryAcquireError::Closed) => items.clear(),
        }
    }

    /// Send an item if there is a free slot; otherwise it is returned. Without a receiver it is dropped.
    pub fn try_send(&self, item: T) -> Result<(), T> {
        match self.inbox().slots.try_acquire() {
            Ok(slot) => slot.forget(),
            Err(TryAcquireError::NoPermits) => return Err(item),
            Err(TryAcquireError::Closed) => return Ok(()),
        }
        self.inbox().push([item]);
        Ok(())
    }

    /// The number of items that wait.
    pub fn waiting(&self) -> usize {
        self.inbox().capacity - self.inbox().slots.available_permits()
    }

    fn inbox(&self) -> &Inbox<T> {
        &self.0.0
    }
}

impl<T> Drop for Open<T> {
    fn drop(&mut self) {
        self.0.lock().has_ended = true;
        self.0.filled.notify_one();
    }
}

impl<T: MayWait> Inbox<T> {
    fn push(&self, items: impl IntoIterator<Item = T>) {
        let mut inside = self.lock();
        if !inside.has_receiver {
            // Dropping an item may take locks of its own.
            drop(inside);
            drop(items);
            return;
        }
        for item in items {
            inside.is_pressing |= !item.may_wait();
            inside.items.push_back(item);
        }
        inside.is_pressing |= inside.items.len() >= self.taken_max;
        inside.since.get_or_insert_with(Instant::now);
        let wakes = match inside.attention {
            ReceiverState::Busy => false,
            ReceiverState::Dozing => inside.is_pressing,
            ReceiverState::No => true,
        };
        if wakes {
            inside.attention = ReceiverState::Busy;
        }
        drop(inside);
        if wakes {
            self.filled.notify_one();
        }
    }
}

impl<T> Inbox<T> {
    fn lock(&self) -> MutexGuard<'_, Inside<T>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Receiver<T> {
    /// Call before [`Receiver::filled`]. `dozes`: whether the caller looks by itself within the time that items may wait.
    pub fn look(&mut self, dozes: bool) -> Found {
        let mut inside = self.0.lock();
        let found = match inside.since {
            _ if inside.is_pressing => Found::Pressing,
            Some(since) => Found::Waiting(since),
            None if inside.has_ended => Found::Ended,
            None => Found::Nothing,
        };
        inside.attention = match found {
            Found::Pressing | Found::Ended => ReceiverState::Busy,
            Found::Waiting(_) => ReceiverState::Dozing,
            Found::Nothing if dozes => ReceiverState::Dozing,
            Found::Nothing => ReceiverState::No,
        };
        found
    }

    /// Wait until the receiver is woken. It may be woken for nothing.
    pub async fn filled(&self) {
        self.0.filled.notified().await;
    }

    /// Move items behind those in `group`, up to `taken_max` in all. The receiver then needs no waking for what comes before its next `look`.
    pub fn take(&mut self, group: &mut Vec<T>) {
        let mut inside = self.0.lock();
        let count = inside.items.len().min(self.0.taken_max.saturating_sub(group.len()));
        group.extend(inside.items.drain(..count));
        // What is left was too much for one group.
        inside.is_pressing = !inside.items.is_empty();
        inside.since = inside.since.filter(|_| inside.is_pressing);
        inside.attention = ReceiverState::Busy;
        drop(inside);
        self.0.slots.add_permits(count);
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.0.slots.close();
        let mut inside = self.0.lock();
        inside.has_receiver = false;
        let left = std::mem::take(&mut inside.items);
        drop(inside);
        drop(left);
    }
}

#[cfg(test)]
mod tests;
