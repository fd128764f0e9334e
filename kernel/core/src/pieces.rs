//! A table that grows by pieces of [`PIECE`] items, so that nothing is copied when it does. It never shrinks.

use crate::errno::Errno;
use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

/// Items in a piece: of inodes, about 16 KiB.
const PIECE: usize = 64;

/// A table of items, numbered from 0.
pub(crate) struct Pieces<T> {
    /// All full but the last.
    pieces: Vec<Vec<T>>,
}

impl<T> Pieces<T> {
    pub const fn new() -> Self {
        Pieces { pieces: Vec::new() }
    }

    /// Adds an item: its number is the length before.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn push(&mut self, item: T) -> Result<(), Errno> {
        if self.pieces.last().is_none_or(|last| last.len() == PIECE) {
            let mut piece = Vec::new();
            piece.try_reserve_exact(PIECE).map_err(|_| Errno::ENOMEM)?;
            self.pieces.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
            self.pieces.push(piece);
        }
        self.pieces.last_mut().expect("there is a piece with room").push(item);
        Ok(())
    }

    /// Items so far.
    pub fn len(&self) -> usize {
        match self.pieces.split_last() {
            Some((last, full)) => full.len() * PIECE + last.len(),
            None => 0,
        }
    }

    #[inline(always)]
    pub fn get(&self, number: usize) -> Option<&T> {
        self.pieces.get(number / PIECE)?.get(number % PIECE)
    }

    pub fn get_mut(&mut self, number: usize) -> Option<&mut T> {
        self.pieces.get_mut(number / PIECE)?.get_mut(number % PIECE)
    }
}

impl<T> Index<usize> for Pieces<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, number: usize) -> &T {
        &self.pieces[number / PIECE][number % PIECE]
    }
}

impl<T> IndexMut<usize> for Pieces<T> {
    #[inline(always)]
    fn index_mut(&mut self, number: usize) -> &mut T {
        &mut self.pieces[number / PIECE][number % PIECE]
    }
}
