//! Decoded code: for each frame that is executed, an operation for each of its words.
//!
//! A page is decoded as far as it is executed, a straight line at a time. What belongs to a frame goes when the frame is
//! written to by a program ([`Tlb`](crate::memory::Tlb) sees it), or when the embedder says so.

use crate::decode::decode;
use crate::memory::{PAGE_SIZE, Page};
use crate::op::Op;

/// Words in a page.
pub const WORDS: usize = PAGE_SIZE / 4;

/// A page's operations.
pub type CodePage = [Op; WORDS];

/// Decoded pages by their frames.
pub struct Code {
    pages: Vec<Option<Box<CodePage>>>,
    /// Pages that nobody uses.
    spare: Vec<Box<CodePage>>,
}

impl Code {
    /// For `frames` frames, numbered from 0.
    pub fn new(frames: usize) -> Self {
        Code { pages: (0..frames).map(|_| None).collect(), spare: Vec::new() }
    }

    /// A frame's operations, if it has any.
    #[inline(always)]
    pub fn page(&self, frame: u32) -> Option<&CodePage> {
        self.pages[frame as usize].as_deref()
    }

    /// Begins a page.
    pub fn begin(&mut self, frame: u32) {
        let mut page = self.spare.pop().unwrap_or_else(|| Box::new([Op::Undecoded; WORDS]));
        page.fill(Op::Undecoded);
        self.pages[frame as usize] = Some(page);
    }

    /// Decodes from the word `first` on: a straight line, up to what is decoded already.
    pub fn decode_from(&mut self, frame: u32, first: usize, bytes: &Page) {
        let page = self.pages[frame as usize].as_mut().expect("the page was begun");
        let (words, _) = bytes.as_chunks::<4>();
        for (op, word) in page.iter_mut().zip(words).skip(first) {
            if !matches!(op, Op::Undecoded) {
                return;
            }
            *op = decode(u32::from_le_bytes(*word));
            if matches!(op, Op::Branch { .. } | Op::BranchRegister { .. } | Op::Undefined(_)) {
                return;
            }
        }
    }

    /// Forgets a frame's operations.
    pub fn forget(&mut self, frame: u32) {
        if let Some(page) = self.pages[frame as usize].take() {
            self.spare.push(page);
        }
    }
}
