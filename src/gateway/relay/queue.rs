//! The gateway's queue: fair between callers, and between the connections of one caller; stops go first.
//!
//! Commands of a connection keep their order even then, because `start, stop` must not become `stop, start`: a stop takes up to `promoted_max`
//! earlier commands of its connection with it. A stop behind more than that waits in its lane until so few are before it. A client with much queued
//! work should send `cancel` first, or the stop on another connection.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::super::record::Recorded;
use crate::command::Tag;

/// A queued item: a request, or a number in tests.
pub trait Queued {
    fn caller(&self) -> &Arc<str>;
    fn connection(&self) -> u64;
    fn is_stop(&self) -> bool;
    /// Whether it replaces an older item of its connection.
    fn supersedes(&self, older: &Self) -> bool;
}

impl Queued for Recorded {
    fn caller(&self) -> &Arc<str> {
        self.permitted().admitted().caller().name()
    }

    fn connection(&self) -> u64 {
        Recorded::connection(self)
    }

    fn is_stop(&self) -> bool {
        self.request().action.access.contains(Tag::Stop)
    }

    fn supersedes(&self, older: &Recorded) -> bool {
        self.request().supersedes(older.request())
    }
}

#[derive(Debug)]
pub struct Queue<T> {
    /// Callers with waiting items, in the order of their turns.
    turns: VecDeque<Arc<str>>,
    callers: HashMap<Arc<str>, Waiting<T>>,
    len: usize,
    stops: usize,
    bounds: Bounds,
}

#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub len_max: usize,
    /// The most items of one caller.
    pub per_caller_max: usize,
    /// The most earlier commands of its connection that a stop takes with it.
    pub promoted_max: usize,
}

/// Capacity for stops only: a full queue must not keep the music playing.
pub const STOPS_RESERVED: usize = 64;

/// The waiting items of one caller: one lane for each connection, in the order of their turns.
#[derive(Debug)]
struct Waiting<T> {
    lanes: VecDeque<Lane<T>>,
    len: usize,
    stops: usize,
}

/// The waiting items of one connection, in order. Never empty.
#[derive(Debug)]
struct Lane<T> {
    connection: u64,
    items: VecDeque<T>,
}

impl<T: Queued> Lane<T> {
    fn first(&self) -> &T {
        self.items.front().expect("a lane is not empty")
    }

    /// Whether a stop is close enough to the head to promote the items before it.
    fn is_promoted(&self, promoted_max: usize) -> bool {
        self.items.iter().take(promoted_max.saturating_add(1)).any(Queued::is_stop)
    }
}

impl<T: Queued> Waiting<T> {
    fn lane_mut(&mut self, connection: u64) -> Option<&mut Lane<T>> {
        self.lanes.iter_mut().find(|lane| lane.connection == connection)
    }

    /// Recount the lanes after items were removed.
    fn settle(&mut self) {
        self.lanes.retain(|lane| !lane.items.is_empty());
        self.len = self.lanes.iter().map(|lane| lane.items.len()).sum();
        self.stops = self.lanes.iter().flat_map(|lane| &lane.items).filter(|item| item.is_stop()).count();
    }
}

impl<T: Queued> Queue<T> {
    pub fn new(bounds: Bounds) -> Queue<T> {
        Queue { turns: VecDeque::new(), callers: HashMap::new(), len: 0, stops: 0, bounds }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Queue an item, or return it if there is no capacity.
    pub fn push(&mut self, item: T) -> Result<(), T> {
        if self.is_full_for(&item) {
            return Err(item);
        }
        let caller = item.caller().clone();
        let connection = item.connection();
        let stops = usize::from(item.is_stop());
        if !self.callers.contains_key(&caller) {
            self.turns.push_back(caller.clone());
            self.callers.insert(caller.clone(), Waiting { lanes: VecDeque::new(), len: 0, stops: 0 });
        }
        let waiting = self.callers.get_mut(&caller).expect("just looked up or inserted");
        match waiting.lane_mut(connection) {
            Some(lane) => lane.items.push_back(item),
            None => waiting.lanes.push_back(Lane { connection, items: VecDeque::from([item]) }),
        }
        waiting.len += 1;
        waiting.stops += stops;
        self.len += 1;
        self.stops += stops;
        Ok(())
    }

    /// A caller may have at most as many stops as there is capacity left for others.
    fn is_full_for(&self, item: &T) -> bool {
        let Bounds { len_max, per_caller_max, .. } = self.bounds;
        let waiting = self.callers.get(item.caller());
        let stops = waiting.map_or(0, |waiting| waiting.stops);
        if item.is_stop() {
            return stops >= (len_max + STOPS_RESERVED).saturating_sub(self.len);
        }
        let others = waiting.map_or(0, |waiting| waiting.len - waiting.stops);
        self.len >= len_max || others >= per_caller_max
    }

    /// Remove the last item of the connection if `newer` supersedes it. Only the last item qualifies, because items between could depend on an
    /// earlier one.
    pub fn take_superseded(&mut self, newer: &T) -> Option<T> {
        let waiting = self.callers.get_mut(newer.caller())?;
        let lane = waiting.lane_mut(newer.connection())?;
        if !newer.supersedes(lane.items.back()?) {
            return None;
        }
        let item = lane.items.pop_back();
        waiting.settle();
        self.settle();
        item
    }

    /// Take the next item that `may_leave` accepts: a stop, an item that a stop promotes, or the next in turn.
    pub fn pop(&mut self, may_leave: impl Fn(&T) -> bool) -> Option<T> {
        let promoted_max = self.bounds.promoted_max;
        let mut found = None;
        if self.stops > 0 {
            found = self.find(|waiting, lane| waiting.stops > 0 && lane.first().is_stop(), &may_leave);
            found = found
                .or_else(|| self.find(|waiting, lane| waiting.stops > 0 && lane.is_promoted(promoted_max), &may_leave));
        }
        let (turn, lane) = found.or_else(|| self.find(|_, _| true, &may_leave))?;
        Some(self.take_first(turn, lane))
    }

    /// The next caller with a matching lane, and that lane.
    fn find(
        &self,
        is_wanted: impl Fn(&Waiting<T>, &Lane<T>) -> bool,
        may_leave: &impl Fn(&T) -> bool,
    ) -> Option<(usize, usize)> {
        self.turns.iter().enumerate().find_map(|(turn, caller)| {
            let waiting = &self.callers[caller];
            let lane = waiting.lanes.iter().position(|lane| is_wanted(waiting, lane) && may_leave(lane.first()))?;
            Some((turn, lane))
        })
    }

    /// Take the first item of a lane; its caller and lane move to the end of their turns.
    fn take_first(&mut self, turn: usize, lane: usize) -> T {
        let caller = self.turns.remove(turn).expect("a position of it");
        let waiting = self.callers.get_mut(&caller).expect("a caller that has a turn has something waiting");
        let mut lane = waiting.lanes.remove(lane).expect("a position of it");
        let item = lane.items.pop_front().expect("a lane is not empty");
        let stops = usize::from(item.is_stop());
        waiting.len -= 1;
        waiting.stops -= stops;
        self.len -= 1;
        self.stops -= stops;
        if !lane.items.is_empty() {
            waiting.lanes.push_back(lane);
        }
        if waiting.lanes.is_empty() {
            self.callers.remove(&caller);
        } else {
            self.turns.push_back(caller);
        }
        item
    }

    /// Remove the items for which `is_due` returns true; the rest keep their order.
    pub fn take(&mut self, is_due: impl Fn(&T) -> bool) -> Vec<T> {
        let mut taken = Vec::new();
        for waiting in self.callers.values_mut() {
            for lane in &mut waiting.lanes {
                let (due, kept): (VecDeque<T>, VecDeque<T>) =
                    std::mem::take(&mut lane.items).into_iter().partition(&is_due);
                lane.items = kept;
                taken.extend(due);
            }
            waiting.settle();
        }
        self.settle();
        taken
    }

    /// Recount the callers after items were removed.
    fn settle(&mut self) {
        self.callers.retain(|_, waiting| waiting.len > 0);
        self.turns.retain(|caller| self.callers.contains_key(caller));
        self.len = self.callers.values().map(|waiting| waiting.len).sum();
        self.stops = self.callers.values().map(|waiting| waiting.stops).sum();
    }
}

#[cfg(test)]
mod tests;
