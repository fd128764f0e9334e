//! What a process may use at most: setrlimit(2). Kept for all resources; those that are public have effect.

use super::descriptors::MAX_DESCRIPTORS;
use super::table::MAX_PROCESSES;
use crate::vm::STACK_LIMIT;

/// No limit.
pub const INFINITY: u64 = u64::MAX;

/// A resource, as asm-generic/resource.h numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource(usize);

impl Resource {
    /// Seconds of the processor.
    pub const PROCESSOR: Self = Resource(0);
    /// Sizes of files.
    pub const FILE_SIZE: Self = Resource(1);
    /// Heap, and private memory that may be written.
    pub const DATA: Self = Resource(2);
    /// The stack, how far it may grow.
    pub const STACK: Self = Resource(3);
    const CORE: Self = Resource(4);
    /// Processes and threads of the real user.
    pub const PROCESSES: Self = Resource(6);
    /// Descriptors.
    pub const DESCRIPTORS: Self = Resource(7);
    /// Memory that is locked.
    pub const MEMORY_LOCK: Self = Resource(8);
    /// All of the address space.
    pub const ADDRESSES: Self = Resource(9);
    const SIGNALS: Self = Resource(11);
    const QUEUES: Self = Resource(12);
    const NICE: Self = Resource(13);
    /// Real-time priority.
    pub const PRIORITY: Self = Resource(14);
    const COUNT: usize = 16;

    /// The resource of a number that a program gives.
    pub fn new(number: u64) -> Option<Self> {
        let number = number as u32 as usize;
        (number < Self::COUNT).then_some(Resource(number))
    }
}

/// Soft and hard limit of each resource.
#[derive(Clone)]
pub struct Limits {
    pairs: [[u64; 2]; Resource::COUNT],
}

impl Default for Limits {
    fn default() -> Self {
        let mut limits = Limits { pairs: [[INFINITY; 2]; Resource::COUNT] };
        limits.set(Resource::STACK, [STACK_LIMIT, INFINITY]);
        limits.set(Resource::CORE, [0, INFINITY]);
        limits.set(Resource::PROCESSES, [MAX_PROCESSES as u64; 2]);
        limits.set(Resource::DESCRIPTORS, [MAX_DESCRIPTORS as u64; 2]);
        limits.set(Resource::MEMORY_LOCK, [8 << 20; 2]);
        limits.set(Resource::SIGNALS, [MAX_PROCESSES as u64; 2]);
        limits.set(Resource::QUEUES, [819_200; 2]);
        limits.set(Resource::NICE, [0; 2]);
        limits.set(Resource::PRIORITY, [0; 2]);
        limits
    }
}

impl Limits {
    /// Soft and hard limit.
    #[inline]
    pub fn get(&self, resource: Resource) -> [u64; 2] {
        self.pairs[resource.0]
    }

    /// The soft limit: the one that counts.
    #[inline]
    pub fn soft(&self, resource: Resource) -> u64 {
        self.get(resource)[0]
    }

    /// May the nice value be made as low as that without privileges? RLIMIT_NICE counts from 20 downwards.
    pub fn allow_nice(&self, nice: i8) -> bool {
        (20 - i64::from(nice)) as u64 <= self.soft(Resource::NICE)
    }

    /// Sets both.
    pub fn set(&mut self, resource: Resource, pair: [u64; 2]) {
        self.pairs[resource.0] = pair;
    }
}
