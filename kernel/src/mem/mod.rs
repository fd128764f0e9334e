//! Memory: who uses which part of RAM, the linear map, the heap, and page frames as safe slices.

pub mod dma;
pub mod heap;
pub mod physical;
pub mod plan;
pub mod trace_ring;
