//! DDI 0487, C4.1, Data Processing -- Scalar Floating-Point and Advanced SIMD.

use super::Table;

pub const TABLES: &[Table] = &[];
