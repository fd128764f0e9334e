//! Tests of program start.
