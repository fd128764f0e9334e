//! Floating point and Advanced SIMD, instruction by instruction (DDI 0487, C7.2): a file for each kind. Each class has an
//! `execute`, and an `is_allocated` that says which of its words are instructions.

pub mod by_element;
pub mod copy;
pub mod different;
mod lanes;
pub mod misc;
pub mod permute;
pub mod same;
pub mod scalar;
pub mod shift;
