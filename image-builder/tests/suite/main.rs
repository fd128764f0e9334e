//! The tool's tests as one program: each test file of its own would link all of it again.

mod auditor;
mod command;
mod common;
mod damage;
mod damaged_input;
mod kernel_elf;
mod ledger_common;
mod ledger_continued;
mod ledger_flips;
mod ledger_honesty;
mod ledger_numbers;
mod ledger_trace_back;
mod ledger_verify;
mod ports;
mod provenance;
mod report;
mod sbom;
mod sd;
mod seed_kernel;
mod seeds;
