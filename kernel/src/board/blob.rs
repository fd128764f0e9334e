//! A flattened device tree as nodes and properties (Devicetree Specification 0.4, chapter 5).
//!
//! The blob is hostile until [`Tree::new`] has walked all of its structure once: tokens, names, nesting, places of
//! values. What asks a tree afterwards meets no errors; where there would be one, it sees the end. Nothing recurses.

use core::fmt;

use crate::regions::Region;

/// What is damaged, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The fault.
    what: &'static str,
    /// Bytes from the start of the blob's structure block; of the blob, where it is the header's.
    at: usize,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.what, self.at)
    }
}

/// The version of the format, which readers of later ones must be able to read too.
const VERSION: u32 = 17;
/// Bytes of an address or a size.
const CELL: usize = 4;

/// A tree whose structure makes sense.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a> {
    structure: &'a [u8],
    strings: &'a [u8],
    reservations: &'a [u8],
}

enum Token<'a> {
    Begin(&'a [u8]),
    End,
    Property(&'a [u8], &'a [u8]),
    Finish,
}

impl<'a> Tree<'a> {
    /// The tree in `blob`, all of it.
    ///
    /// # Errors
    /// The first thing that makes no sense.
    pub fn new(blob: &'a [u8]) -> Result<Self, Damage> {
        let field =
            |number: usize| Some(number_of(blob.get(number * CELL..)?.get(..CELL)?)? as usize);
        let block = |start: usize, size: usize| blob.get(field(start)?..)?.get(..field(size)?);
        let damage = |what, number| Damage { what, at: number * CELL };
        if field(1) != Some(blob.len()) {
            return Err(damage("the header gives another size than the blob has", 1));
        }
        let versions = field(5).zip(field(6));
        if versions.is_none_or(|(own, oldest)| own < VERSION as usize || oldest > VERSION as usize)
        {
            return Err(damage(
                "the format is not version 17, nor one that is compatible with it",
                5,
            ));
        }
        let tree = Tree {
            structure: block(2, 9)
                .ok_or(damage("the structure block has no place in the blob", 2))?,
            strings: block(3, 8).ok_or(damage("the strings block has no place in the blob", 3))?,
            reservations: field(4)
                .and_then(|start| blob.get(start..))
                .filter(|list| pairs(list).any(|pair| pair == (0, 0)))
                .ok_or(damage("the memory reservations have no end", 4))?,
        };
        tree.check()?;
        Ok(tree)
    }

    /// Every token is one, and they nest as nodes do.
    fn check(self) -> Result<(), Damage> {
        let mut at = 0;
        let mut depth = 0;
        let mut properties_end = true;
        loop {
            let start = at;
            let damage = |what| Err(Damage { what, at: start });
            match self.token(&mut at)? {
                Token::Begin(_) if start > 0 && depth == 0 => return damage("a second root"),
                Token::Begin(_) => {
                    depth += 1;
                    properties_end = false;
                }
                Token::End if depth == 0 => return damage("the end of a node that never began"),
                Token::End => {
                    depth -= 1;
                    properties_end = true;
                }
                Token::Property(..) if properties_end => {
                    return damage("a property outside of a node, or after the node's children");
                }
                Token::Property(..) => {}
                Token::Finish if depth > 0 || start == 0 => {
                    return damage("the tree ends inside of a node");
                }
                Token::Finish => return Ok(()),
            }
        }
    }

    /// The token at `at`, which moves on to the next one. NOPs are passed over.
    fn token(self, at: &mut usize) -> Result<Token<'a>, Damage> {
        const BEGIN: u64 = 1;
        const END: u64 = 2;
        const PROPERTY: u64 = 3;
        const NOP: u64 = 4;
        const FINISH: u64 = 9;
        loop {
            let start = *at;
            let damage = |what| Damage { what, at: start };
            let cut = damage("the structure block is cut short");
            match self.word(at).ok_or(cut)? {
                BEGIN => {
                    let name = until_nul(self.structure, *at).ok_or(cut)?;
                    self.take(at, name.len() + 1).ok_or(cut)?;
                    return Ok(Token::Begin(name));
                }
                END => return Ok(Token::End),
                PROPERTY => {
                    let size = self.word(at).ok_or(cut)? as usize;
                    let place = self.word(at).ok_or(cut)? as usize;
                    let value = self.take(at, size).ok_or(cut)?;
                    let name = until_nul(self.strings, place)
                        .ok_or(damage("a property's name lies outside of the strings block"))?;
                    return Ok(Token::Property(name, value));
                }
                NOP => {}
                FINISH => return Ok(Token::Finish),
                _ => return Err(damage("a token of an unknown kind")),
            }
        }
    }

    fn word(self, at: &mut usize) -> Option<u64> {
        self.take(at, CELL).and_then(number_of)
    }

    /// `size` bytes; then `at` moves on to a whole cell.
    fn take(self, at: &mut usize, size: usize) -> Option<&'a [u8]> {
        let taken = self.structure.get(*at..)?.get(..size)?;
        *at += size.next_multiple_of(CELL);
        Some(taken)
    }

    /// The node that all others are in.
    pub fn root(self) -> Node<'a> {
        let nothing =
            Node { tree: self, name: b"", inside: self.structure.len(), cells: Cells::DEFAULT };
        let outside = Node { inside: 0, ..nothing };
        outside.children().next().unwrap_or(nothing)
    }

    /// The child of the root with this name.
    pub fn top(self, name: &str) -> Option<Node<'a>> {
        self.root().children().find(|node| node.name == name.as_bytes())
    }

    /// What else is reserved, as the blob's own list has it.
    pub fn reservations(self) -> impl Iterator<Item = Region> {
        pairs(self.reservations)
            .take_while(|pair| *pair != (0, 0))
            .map(|(start, size)| Region::new(start, size))
    }
}

/// How many cells an address and a size of a node's children have.
#[derive(Clone, Copy, Debug)]
pub struct Cells {
    /// Of an address.
    pub address: usize,
    /// Of a size.
    pub size: usize,
}

impl Cells {
    const DEFAULT: Cells = Cells { address: 2, size: 1 };
    /// More cells than any number has; what is beyond is treated as no number.
    const MAX: usize = 4;
}

/// A node of a [`Tree`].
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    tree: Tree<'a>,
    /// With the unit address.
    pub name: &'a [u8],
    /// The token after its name.
    inside: usize,
    /// Its own addresses': its parent says.
    pub cells: Cells,
}

impl<'a> Node<'a> {
    /// The value of a property.
    pub fn property(self, name: &str) -> Option<&'a [u8]> {
        let mut at = self.inside;
        while let Ok(Token::Property(found, value)) = self.tree.token(&mut at) {
            if found == name.as_bytes() {
                return Some(value);
            }
        }
        None
    }

    /// The texts of a property; none where it is missing.
    pub fn texts(self, name: &str) -> impl Iterator<Item = &'a str> {
        let value = self.property(name).and_then(|value| value.strip_suffix(b"\0"));
        let texts = value.map(|value| value.split(|&byte| byte == 0));
        texts.into_iter().flatten().filter_map(|text| str::from_utf8(text).ok())
    }

    /// The first text of a property.
    pub fn text(self, name: &str) -> Option<&'a str> {
        self.texts(name).next()
    }

    /// The number that a property's whole value is.
    pub fn number(self, name: &str) -> Option<u64> {
        self.property(name).and_then(number_of)
    }

    /// The nodes directly in this one.
    pub fn children(self) -> impl Iterator<Item = Node<'a>> {
        let cells = self.child_cells();
        let mut at = self.inside;
        let mut depth = 0;
        core::iter::from_fn(move || {
            loop {
                match self.tree.token(&mut at).ok()? {
                    Token::Begin(name) => {
                        depth += 1;
                        if depth == 1 {
                            return Some(Node { tree: self.tree, name, inside: at, cells });
                        }
                    }
                    Token::End if depth > 0 => depth -= 1,
                    Token::Property(..) => {}
                    Token::End | Token::Finish => return None,
                }
            }
        })
    }

    /// How its children write addresses.
    pub fn child_cells(self) -> Cells {
        let count = |name, default| {
            let count = self.number(name).map_or(default, |count| count as usize);
            count.min(Cells::MAX + 1)
        };
        Cells {
            address: count("#address-cells", Cells::DEFAULT.address),
            size: count("#size-cells", Cells::DEFAULT.size),
        }
    }

    /// Its registers, as its bus addresses them. None: one with numbers of more than 64 bits.
    pub fn regions(self) -> impl Iterator<Item = Option<Region>> {
        let Cells { address, size } = self.cells;
        let rows = self.rows("reg", [address, size]);
        rows.map(|[start, size]| Some(Region::new(start?, size?)))
    }

    /// The rows of a property that is a table of numbers, each so many cells wide. None: a number of more than 64 bits.
    pub fn rows<const N: usize>(
        self,
        name: &str,
        cells: [usize; N],
    ) -> impl Iterator<Item = [Option<u64>; N]> {
        let width = CELL * cells.iter().sum::<usize>();
        let value = self.property(name).filter(|value| width > 0 && value.len() % width == 0);
        value.unwrap_or_default().chunks(width.max(1)).map(move |row| {
            let mut rest = row;
            cells.map(|count| {
                let (number, after) = rest.split_at_checked(count * CELL)?;
                rest = after;
                number_of(number)
            })
        })
    }
}

/// A big-endian number of up to 64 bits.
fn number_of(bytes: &[u8]) -> Option<u64> {
    (bytes.len() <= 2 * CELL)
        .then(|| bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

/// The text at `start` that a NUL ends.
fn until_nul(bytes: &[u8], start: usize) -> Option<&[u8]> {
    let rest = bytes.get(start..)?;
    Some(&rest[..rest.iter().position(|&byte| byte == 0)?])
}

/// Pairs of 64-bit numbers, as many as there are whole.
fn pairs(bytes: &[u8]) -> impl Iterator<Item = (u64, u64)> {
    let (rows, _) = bytes.as_chunks::<16>();
    let half = |half: &[u8]| number_of(half).unwrap_or(0);
    rows.iter().map(move |row| (half(&row[..8]), half(&row[8..])))
}
