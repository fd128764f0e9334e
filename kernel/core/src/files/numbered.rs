//! What is kept beside some pipes: things by the numbers that those have.

use alloc::vec::Vec;

use crate::errno::Errno;

/// Things by number. The last place has one.
pub struct Numbered<T> {
    places: Vec<Option<T>>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Numbered { places: Vec::new() }
    }
}

impl<T> Numbered<T> {
    /// Keeps one under this number.
    ///
    /// # Errors
    /// ENFILE.
    pub fn insert(&mut self, number: u32, thing: T) -> Result<(), Errno> {
        let index = number as usize;
        let missing = (index + 1).saturating_sub(self.places.len());
        self.places.try_reserve(missing).map_err(|_| Errno::ENFILE)?;
        while self.places.len() <= index {
            self.places.push(None);
        }
        self.places[index] = Some(thing);
        Ok(())
    }

    /// The one of this number. The number came from an open file, so there is one.
    pub fn at(&mut self, number: u32) -> &mut T {
        self.places[number as usize].as_mut().expect("an open file names it")
    }

    /// The one of this number, if any.
    pub fn get(&self, number: u32) -> Option<&T> {
        self.places.get(number as usize)?.as_ref()
    }

    /// All of them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.places.iter_mut().flatten()
    }

    /// One past the highest number.
    pub fn end(&self) -> u32 {
        self.places.len() as u32
    }

    /// Its open file is gone.
    pub fn remove(&mut self, number: u32) {
        self.places[number as usize] = None;
        while matches!(self.places.last(), Some(None)) {
            self.places.pop();
        }
    }
}
