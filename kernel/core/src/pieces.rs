//! A table that grows by pieces of [`PIECE`] items, so that nothing is copied when it does. It never shrinks.
//!
//! Items are added one after the other ([`Pieces::push`]), or where they belong ([`Pieces::make`]): then pieces without any
//! take no memory.

use crate::errno::Errno;
use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

/// Items in a piece: of inodes, about 16 KiB.
const PIECE: usize = 64;

/// A table of items, numbered from 0.
pub(crate) struct Pieces<T> {
    /// All full but the last; where items are made where they belong, full or empty.
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

    /// The item of a number, with the piece that it is in: `nothing` is what is new.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn make(&mut self, number: usize, nothing: impl Fn() -> T) -> Result<&mut T, Errno> {
        let (piece, within) = (number / PIECE, number % PIECE);
        if self.pieces.len() <= piece {
            self.pieces.try_reserve(piece + 1 - self.pieces.len()).map_err(|_| Errno::ENOMEM)?;
            self.pieces.resize_with(piece + 1, Vec::new);
        }
        let piece = &mut self.pieces[piece];
        if piece.is_empty() {
            piece.try_reserve_exact(PIECE).map_err(|_| Errno::ENOMEM)?;
            piece.resize_with(PIECE, nothing);
        }
        Ok(&mut piece[within])
    }

    /// Items that were pushed so far.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_far_behind_takes_one_piece() {
        let mut table = Pieces::new();
        *table.make(1_000_000, || 0).unwrap() = 7;
        *table.make(3, || 0).unwrap() = 5;
        assert_eq!(table.pieces.iter().map(Vec::capacity).sum::<usize>(), 2 * PIECE);
        assert_eq!((table[3], table[1_000_000], table.get(4)), (5, 7, Some(&0)));
        assert_eq!((table.get(500), table.get(2_000_000)), (None, None));
    }

    #[test]
    fn what_is_pushed_is_there_by_its_number() {
        let mut table = Pieces::new();
        for item in 0..3 * PIECE {
            assert_eq!(table.len(), item);
            table.push(item).unwrap();
        }
        assert!((0..3 * PIECE).all(|number| table[number] == number));
    }
}
