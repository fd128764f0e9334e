//! Names and link targets: in the image, in place when short, else on the heap.
//!
//! Nearly all names that programs choose are short: so a directory of ten thousand files does not
//! leave ten thousand small holes in the heap when it goes.

use crate::errno::Errno;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Deref;

/// Longest name that is kept in place: so a name is as large as a vector.
const SHORT_MAX: usize = 22;

/// Some bytes that do not change.
pub(super) enum Name {
    /// In the image.
    Image(&'static [u8]),
    /// Here: how many, and the bytes.
    Short(u8, [u8; SHORT_MAX]),
    /// On the heap.
    Long(Box<[u8]>),
}

const _: () = assert!(size_of::<Name>() == size_of::<Vec<u8>>());

impl Name {
    /// A copy of `bytes`.
    pub fn copy(bytes: &[u8]) -> Result<Self, Errno> {
        let mut short = [0; SHORT_MAX];
        if let Some(target) = short.get_mut(..bytes.len()) {
            target.copy_from_slice(bytes);
            return Ok(Name::Short(bytes.len() as u8, short));
        }
        let mut long = Vec::new();
        long.try_reserve_exact(bytes.len()).map_err(|_| Errno::ENOMEM)?;
        long.extend_from_slice(bytes);
        Ok(Name::Long(long.into_boxed_slice()))
    }
}

impl Deref for Name {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        match self {
            Name::Image(bytes) => bytes,
            Name::Short(length, bytes) => &bytes[..usize::from(*length)],
            Name::Long(bytes) => bytes,
        }
    }
}

#[test]
fn names_of_every_length_are_kept() {
    for length in 0..=40 {
        let bytes: Vec<u8> = (0..length).collect();
        let name = Name::copy(&bytes).unwrap();
        assert_eq!(*name, *bytes);
        assert_eq!(matches!(name, Name::Short(..)), usize::from(length) <= SHORT_MAX);
    }
}
