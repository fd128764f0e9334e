//! Structures of the ABI, put together field by field.

/// A structure of the ABI under construction: fields in order, little-endian, all of a fixed size.
pub(crate) struct Layout<const SIZE: usize> {
    bytes: [u8; SIZE],
    at: usize,
}

impl<const SIZE: usize> Layout<SIZE> {
    /// All zeros, at the start.
    pub(crate) fn new() -> Self {
        Layout { bytes: [0; SIZE], at: 0 }
    }

    /// The next field.
    pub(crate) fn put(&mut self, field: &[u8]) -> &mut Self {
        self.bytes[self.at..self.at + field.len()].copy_from_slice(field);
        self.at += field.len();
        self
    }

    /// A 16-bit field.
    pub(crate) fn u16(&mut self, value: u16) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    /// A 32-bit field.
    pub(crate) fn u32(&mut self, value: u32) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    /// A 64-bit field.
    pub(crate) fn u64(&mut self, value: u64) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    /// Leaves `count` bytes zero.
    pub(crate) fn skip(&mut self, count: usize) -> &mut Self {
        self.at += count;
        self
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8; SIZE] {
        &self.bytes
    }
}
