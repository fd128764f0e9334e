//! Advanced SIMD.
