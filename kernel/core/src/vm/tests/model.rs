//! What an address space should hold, the slow and obvious way: a map from pages to bytes.

use std::boxed::Box;
use std::collections::BTreeMap;
use std::vec::Vec;

use super::{PAGE, Protection};
use crate::addr::PAGE_SIZE;
use crate::errno::Errno;

pub type Bytes = Box<[u8; PAGE_SIZE]>;

/// What lies under a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    Zeros,
    Stack,
    /// Page of [`Outside::shared`].
    Shared(usize),
    /// File, its page, and whether it must not be written.
    File(usize, u64, bool),
}

#[derive(Clone, Debug)]
pub struct ModelPage {
    pub protection: Protection,
    pub under: Under,
    /// The process's own bytes, from the first touch on.
    pub own: Option<Bytes>,
    /// They are those of the file's own page: where that is written in place, they change.
    pub is_linked: bool,
}

/// What processes have in common.
#[derive(Default)]
pub struct Outside {
    pub files: Vec<Vec<u8>>,
    pub shared: Vec<Bytes>,
}

#[derive(Clone, Default)]
pub struct Model {
    pub pages: BTreeMap<u64, ModelPage>,
}

impl Model {
    pub fn map(
        &mut self,
        start: u64,
        length: u64,
        protection: Protection,
        mut under: impl FnMut(u64) -> Under,
    ) {
        for index in 0..length / PAGE {
            let page = ModelPage { protection, under: under(index), own: None, is_linked: false };
            self.pages.insert(start + index * PAGE, page);
        }
    }

    pub fn unmap(&mut self, start: u64, length: u64) {
        self.pages.retain(|page, _| *page < start || *page >= start + length);
    }

    pub fn is_free(&self, start: u64, length: u64) -> bool {
        self.pages.range(start..start + length).next().is_none()
    }

    /// Is one of the pages that these bytes lie in a shared one of a file?
    pub fn shows_file(&self, start: u64, length: u64) -> bool {
        let pages = start & !(PAGE - 1)..start + length;
        self.pages.range(pages).any(|(_, page)| matches!(page.under, Under::File(_, _, true)))
    }

    pub fn protect(
        &mut self,
        start: u64,
        length: u64,
        protection: Protection,
    ) -> Result<(), Errno> {
        for address in (start..start + length).step_by(PAGE_SIZE) {
            let page = self.pages.get_mut(&address).ok_or(Errno::ENOMEM)?;
            if protection.writable() && matches!(page.under, Under::File(_, _, true)) {
                return Err(Errno::EACCES);
            }
            page.protection = protection;
        }
        Ok(())
    }

    /// A file's page is written: in place, or so that who has it keeps what it was.
    pub fn file_written(&mut self, file: usize, index: u64, in_place: bool) {
        for page in self.pages.values_mut() {
            let is_it = matches!(page.under, Under::File(f, i, _) if (f, i) == (file, index));
            if is_it && page.is_linked {
                page.is_linked = false;
                if in_place {
                    page.own = None;
                }
            }
        }
    }

    pub fn drop_contents(&mut self, start: u64, length: u64) -> Result<(), Errno> {
        for (_, page) in self.pages.range_mut(start..start + length) {
            page.own = None;
        }
        let covered = self.pages.range(start..start + length).count() as u64 == length / PAGE;
        if covered { Ok(()) } else { Err(Errno::ENOMEM) }
    }

    /// The bytes at a page, to be read or written, if that may be. A touch makes a private page the process's own.
    pub fn touch<'a>(
        &'a mut self,
        outside: &'a mut Outside,
        address: u64,
        write: bool,
    ) -> Result<&'a mut [u8; PAGE_SIZE], Errno> {
        let page = self.pages.get_mut(&(address & !(PAGE - 1))).ok_or(Errno::EFAULT)?;
        let allowed = if write { page.protection.writable() } else { page.protection.readable() };
        if !allowed {
            return Err(Errno::EFAULT);
        }
        let was_untouched = page.own.is_none();
        // What shares the pages of a file shows it as it is.
        if page.own.is_none() || matches!(page.under, Under::File(_, _, true)) {
            let mut bytes = Box::new([0; PAGE_SIZE]);
            match page.under {
                Under::Shared(index) => return Ok(&mut outside.shared[index]),
                Under::Zeros | Under::Stack => {}
                Under::File(file, index, _) => {
                    let file = &outside.files[file];
                    let rest = file.get((index * PAGE) as usize..).filter(|rest| !rest.is_empty());
                    let rest = rest.ok_or(Errno::EFAULT)?;
                    let length = rest.len().min(PAGE_SIZE);
                    bytes[..length].copy_from_slice(&rest[..length]);
                }
            }
            page.own = Some(bytes);
        }
        page.is_linked = !write && (page.is_linked || was_untouched);
        Ok(page.own.as_mut().unwrap())
    }
}
