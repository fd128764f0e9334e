//! The tests of what machines do at their consoles, cards and disks: a module is a layer of `qemu/test`.

mod boards;
mod boot;
mod busybox;
mod damage;
mod ledger;
mod run;
mod sd;
mod seed_kernel;
