//! A disk to write to: virtio-blk over virtio-mmio (VIRTIO 1.2, 4.2 and 5.2), one request at a time, polled.
//! Only a blank disk is written, one whose first sector is zeros: another holds what somebody wants to keep.
//!
//! The whole conversation lies in one [`DmaBuffer`]: queue and request in its first page, data behind it. A device of
//! before 1.0 (4.2.4), QEMU's own choice, differs in how it is told of the queue, and in the features that are agreed upon.

use board::regions::Region;
use core::fmt;

use super::mmio::{MapError, Registers};
use super::timer::Timer;
use crate::mem::dma::DmaBuffer;

// Registers (4.2.2).
const MAGIC_VALUE: u64 = 0x000;
const VERSION: u64 = 0x004;
const DEVICE_ID: u64 = 0x008;
const DEVICE_FEATURES: u64 = 0x010;
const DEVICE_FEATURES_SELECT: u64 = 0x014;
const DRIVER_FEATURES: u64 = 0x020;
const DRIVER_FEATURES_SELECT: u64 = 0x024;
const LEGACY_PAGE_SIZE: u64 = 0x028;
const QUEUE_SELECT: u64 = 0x030;
const QUEUE_SIZE_MAX: u64 = 0x034;
const QUEUE_SIZE_CHOSEN: u64 = 0x038;
const LEGACY_QUEUE_ALIGN: u64 = 0x03c;
const LEGACY_QUEUE_PAGE: u64 = 0x040;
const QUEUE_READY: u64 = 0x044;
const QUEUE_NOTIFY: u64 = 0x050;
const STATUS: u64 = 0x070;
const QUEUE_DESCRIPTORS: u64 = 0x080;
const QUEUE_DRIVER: u64 = 0x090;
const QUEUE_DEVICE: u64 = 0x0a0;
const CAPACITY_LOW: u64 = 0x100;
const CAPACITY_HIGH: u64 = 0x104;

const MAGIC: u32 = u32::from_le_bytes(*b"virt");
const LEGACY: u32 = 1;
const MODERN: u32 = 2;
const BLOCK_DEVICE: u32 = 2;
const ACKNOWLEDGE: u32 = 1;
const DRIVER: u32 = 2;
const DRIVER_OK: u32 = 4;
const FEATURES_OK: u32 = 8;
const FEATURE_READ_ONLY: u32 = 1 << 5;
const FEATURE_FLUSH: u32 = 1 << 9;
const FEATURE_VERSION_1: u32 = 1; // bit 32: the second word's first

// The first page of the buffer. A legacy device computes the places of the rings (2.7.2): one behind the descriptors, the
// other at the next multiple of the alignment that it is told.
const QUEUE_LENGTH: u16 = 4;
const DESCRIPTORS: usize = 0;
const AVAILABLE: usize = DESCRIPTORS + 16 * QUEUE_LENGTH as usize;
const USED: usize = 1024;
const REQUEST: usize = 2048;
const REQUEST_STATUS: usize = REQUEST + 16;
const DATA: usize = 4096;
/// The unit of a legacy queue's address: 32 bits of it reach 16 TiB.
const LEGACY_PAGE: u64 = 4096;

const DESCRIPTOR_NEXT: u16 = 1;
const DESCRIPTOR_DEVICE_WRITES: u16 = 2;
const REQUEST_READ: u32 = 0;
const REQUEST_WRITE: u32 = 1;
const REQUEST_FLUSH: u32 = 4;

/// Bytes of a sector.
pub const SECTOR: usize = 512;
/// Bytes that go out in one request.
pub const MAX_TRANSFER: usize = 64 << 10;
/// Bytes that a disk's buffer must have.
pub const BUFFER_SIZE: u64 = (DATA + MAX_TRANSFER) as u64;
/// How long an answer may take.
const PATIENCE_NANOSECONDS: u64 = 20_000_000_000;

/// Why a disk cannot be used, or no more.
#[derive(Clone, Copy, Debug)]
pub enum DiskError {
    /// Its registers cannot be mapped.
    Map(MapError),
    /// It speaks a protocol of a later day.
    Version(u32),
    /// It refused the features, or has no queue of the right size.
    Refused,
    /// It cannot be written.
    ReadOnly,
    /// It holds something.
    NotBlank,
    /// All sectors are written.
    Full {
        /// Its capacity.
        sectors: u64,
    },
    /// It reported an error.
    Failed(u8),
    /// It did not answer.
    TimedOut,
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DiskError::Map(error) => error.fmt(f),
            DiskError::Version(version) => {
                write!(f, "the disk speaks version {version} of virtio-mmio, the kernel 1 and 2")
            }
            DiskError::Refused => write!(f, "the disk refuses to be set up"),
            DiskError::ReadOnly => {
                write!(f, "the disk is read-only: give QEMU one that can be written")
            }
            DiskError::NotBlank => {
                write!(f, "the disk holds something: only a blank one is written")
            }
            DiskError::Full { sectors } => {
                write!(f, "the disk is full at {} MiB: give QEMU a larger one", sectors / 2048)
            }
            DiskError::Failed(status) => write!(f, "the disk reports error {status} on a write"),
            DiskError::TimedOut => write!(
                f,
                "the disk does not answer within {} s",
                PATIENCE_NANOSECONDS / 1_000_000_000
            ),
        }
    }
}

/// A disk that is written from its first sector on.
pub struct Disk {
    registers: Registers,
    buffer: DmaBuffer,
    timer: Timer,
    sectors: u64,
    next_sector: u64,
    can_flush: bool,
    /// Requests made so far, as the rings count them.
    requests: u16,
}

/// Is the device in this virtio-mmio slot a disk? (An empty slot says device 0.)
pub fn is_disk(slot: Region) -> bool {
    Registers::map(slot).is_ok_and(|registers| {
        registers.read(MAGIC_VALUE) == MAGIC && registers.read(DEVICE_ID) == BLOCK_DEVICE
    })
}

impl Disk {
    /// Sets up the disk in this slot (3.1.1).
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn open(slot: Region, buffer: DmaBuffer, timer: Timer) -> Result<Self, DiskError> {
        assert!(buffer.len() as u64 >= BUFFER_SIZE);
        let registers = Registers::map(slot).map_err(DiskError::Map)?;
        let version = registers.read(VERSION);
        if !(LEGACY..=MODERN).contains(&version) {
            return Err(DiskError::Version(version));
        }
        registers.write(STATUS, 0);
        registers.write(STATUS, ACKNOWLEDGE | DRIVER);
        let offered = read_features(&registers, 0);
        if offered & FEATURE_READ_ONLY != 0 {
            return Err(DiskError::ReadOnly);
        }
        write_features(&registers, 0, offered & FEATURE_FLUSH);
        let mut status = ACKNOWLEDGE | DRIVER;
        if version == MODERN {
            if read_features(&registers, 1) & FEATURE_VERSION_1 == 0 {
                return Err(DiskError::Refused);
            }
            write_features(&registers, 1, FEATURE_VERSION_1);
            status |= FEATURES_OK;
            registers.write(STATUS, status);
            if registers.read(STATUS) & FEATURES_OK == 0 {
                return Err(DiskError::Refused);
            }
        }
        registers.write(QUEUE_SELECT, 0);
        if registers.read(QUEUE_SIZE_MAX) < u32::from(QUEUE_LENGTH) {
            return Err(DiskError::Refused);
        }
        let mut disk = Disk {
            sectors: u64::from(registers.read(CAPACITY_HIGH)) << 32
                | u64::from(registers.read(CAPACITY_LOW)),
            registers,
            buffer,
            timer,
            next_sector: 0,
            can_flush: offered & FEATURE_FLUSH != 0,
            requests: 0,
        };
        disk.buffer.clear(0, DATA);
        disk.offer_queue(version);
        registers.write(STATUS, status | DRIVER_OK);
        disk.request(REQUEST_READ, 0, SECTOR)?;
        if (DATA..DATA + SECTOR).any(|offset| disk.buffer.read(offset) != 0) {
            return Err(DiskError::NotBlank);
        }
        Ok(disk)
    }

    /// Tells the device where the queue lies.
    fn offer_queue(&self, version: u32) {
        let registers = &self.registers;
        registers.write(QUEUE_SIZE_CHOSEN, u32::from(QUEUE_LENGTH));
        if version == LEGACY {
            let page = self.buffer.physical(DESCRIPTORS) / LEGACY_PAGE;
            registers.write(LEGACY_PAGE_SIZE, LEGACY_PAGE as u32);
            registers.write(LEGACY_QUEUE_ALIGN, USED as u32);
            registers.write(LEGACY_QUEUE_PAGE, page as u32);
        } else {
            self.write_address(QUEUE_DESCRIPTORS, DESCRIPTORS);
            self.write_address(QUEUE_DRIVER, AVAILABLE);
            self.write_address(QUEUE_DEVICE, USED);
            registers.write(QUEUE_READY, 1);
        }
    }

    /// Writes at most [`MAX_TRANSFER`] bytes to the next sectors; the last sector is filled up with zeros.
    ///
    /// # Errors
    /// Why they are not all on the disk.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        let length = bytes.len().next_multiple_of(SECTOR);
        let count = (length / SECTOR) as u64;
        if count > self.sectors - self.next_sector {
            return Err(DiskError::Full { sectors: self.sectors });
        }
        self.buffer.write(DATA, bytes);
        self.buffer.clear(DATA + bytes.len(), length - bytes.len());
        self.request(REQUEST_WRITE, self.next_sector, length)?;
        self.next_sector += count;
        Ok(())
    }

    /// Waits until all that was written is safe.
    ///
    /// # Errors
    /// When the disk reports that it is not.
    pub fn flush(&mut self) -> Result<(), DiskError> {
        match self.can_flush {
            true => self.request(REQUEST_FLUSH, 0, 0),
            false => Ok(()),
        }
    }

    /// One request (5.2.6): header, data if any, status byte, chained; offered, and waited for.
    fn request(&mut self, operation: u32, sector: u64, length: usize) -> Result<(), DiskError> {
        self.buffer.write(REQUEST, &operation.to_le_bytes());
        self.buffer.write(REQUEST + 8, &sector.to_le_bytes());
        self.buffer.write(REQUEST_STATUS, &[0xff]);
        self.describe(0, REQUEST, 16, DESCRIPTOR_NEXT, if length > 0 { 1 } else { 2 });
        let direction = if operation == REQUEST_READ { DESCRIPTOR_DEVICE_WRITES } else { 0 };
        self.describe(1, DATA, length, DESCRIPTOR_NEXT | direction, 2);
        self.describe(2, REQUEST_STATUS, 1, DESCRIPTOR_DEVICE_WRITES, 0);
        let place = usize::from(self.requests % QUEUE_LENGTH);
        self.buffer.write(AVAILABLE + 4 + 2 * place, &0u16.to_le_bytes());
        self.buffer.barrier(); // the request before its being offered
        self.requests = self.requests.wrapping_add(1);
        self.buffer.write(AVAILABLE + 2, &self.requests.to_le_bytes());
        self.buffer.barrier();
        self.registers.write(QUEUE_NOTIFY, 0);

        let deadline = self.timer.now() + PATIENCE_NANOSECONDS;
        while [self.buffer.read(USED + 2), self.buffer.read(USED + 3)]
            != self.requests.to_le_bytes()
        {
            if self.timer.now() > deadline {
                return Err(DiskError::TimedOut);
            }
        }
        self.buffer.barrier(); // the answer after its being announced
        match self.buffer.read(REQUEST_STATUS) {
            0 => Ok(()),
            status => Err(DiskError::Failed(status)),
        }
    }

    fn describe(&mut self, index: usize, offset: usize, length: usize, flags: u16, next: u16) {
        let address = self.buffer.physical(offset);
        let at = DESCRIPTORS + 16 * index;
        self.buffer.write(at, &address.to_le_bytes());
        self.buffer.write(at + 8, &(length as u32).to_le_bytes());
        self.buffer.write(at + 12, &flags.to_le_bytes());
        self.buffer.write(at + 14, &next.to_le_bytes());
    }

    fn write_address(&self, register: u64, offset: usize) {
        let address = self.buffer.physical(offset);
        self.registers.write(register, address as u32);
        self.registers.write(register + 4, (address >> 32) as u32);
    }
}

fn read_features(registers: &Registers, word: u32) -> u32 {
    registers.write(DEVICE_FEATURES_SELECT, word);
    registers.read(DEVICE_FEATURES)
}

fn write_features(registers: &Registers, word: u32, features: u32) {
    registers.write(DRIVER_FEATURES_SELECT, word);
    registers.write(DRIVER_FEATURES, features);
}
