//! The tar on a virtio disk, from its first sector on.

use alloc::string::{String, ToString};
use firmseed_core::kernel::Kernel;

use super::{CHUNK, each_chunk};
use crate::drivers::virtio_block::{Disk, MAX_TRANSFER};
use crate::machine::ThisMachine;

const _: () = assert!(CHUNK <= MAX_TRANSFER);

/// Writes all of it, and waits until it is safe.
pub fn write(mut disk: Disk, kernel: &mut Kernel<'_, ThisMachine>) -> Result<(), String> {
    each_chunk(kernel, &mut |bytes| disk.append(bytes).map_err(|error| error.to_string()))?;
    disk.flush().map_err(|error| error.to_string())
}
