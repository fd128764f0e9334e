//! The kernel as the head of an image: its bytes as they lie in memory, and its symbols. The Rust kernel's come from its
//! ELF file, the seed kernel's from its texts ([`crate::seed_kernel`]).
//!
//! The header that the boot protocol asks for (Linux's Documentation/arch/arm64/booting: `ARM\x64`
//! at byte 56) is the kernel's own first 64 bytes; only its field `image_size` is filled in here.

use crate::{Error, Result, published};
use firmseed_formats::image::{ALIGNMENT, Flavour, IMAGE_SIZE_FIELD, KernelName, kernel_hash};
use firmseed_formats::sha256::{Digest, compress};
use object::read::elf::{ElfFile64, ProgramHeader as _};
use object::{
    Architecture, LittleEndian, Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind, elf,
};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const HEADER_SIZE: usize = 64;
const MAGIC_AT: usize = 56;
const MAGIC: &[u8; 4] = b"ARM\x64";
/// linker.ld's name for the address where the kernel expects the index.
const END_SYMBOL: &str = "__image_end";
/// No kernel of ours comes near; an ELF with a stray address would fill the disk.
const SIZE_LIMIT: u64 = 16 << 20;

/// A kernel, ready to be put at the start of an image.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// The load segments as they lie in memory, zero-initialised data included, up to the end of a page.
    pub flat: Vec<u8>,
    /// Lines of `OFFSET NAME`, for `firmseed_formats::image::symbol_at`.
    pub symbols: Vec<u8>,
    /// Which one.
    pub flavour: Flavour,
}

impl Kernel {
    /// Reads the ELF file at `path`.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(Error::io("read the kernel", path))?;
        Self::from_elf(&bytes).map_err(|reason| Error::Kernel { path: path.to_owned(), reason })
    }

    /// Understands the bytes of an ELF file; the error says what is wrong with them.
    pub fn from_elf(bytes: &[u8]) -> std::result::Result<Self, String> {
        let file = ElfFile64::<LittleEndian>::parse(bytes)
            .map_err(|error| format!("expected a 64-bit little-endian ELF file ({error})"))?;
        if file.architecture() != Architecture::Aarch64 {
            return Err(format!("expected an AArch64 ELF file, found {:?}", file.architecture()));
        }
        let mut flat = flatten(&file, bytes)?;
        if !has_header(&flat) {
            return Err("its first load segment does not begin with an arm64 Image header (\"ARM\\x64\" at byte 56)".into());
        }
        match file
            .symbol_by_name(END_SYMBOL)
            .map(|symbol| symbol.address().wrapping_sub(lowest_address(&file)))
        {
            Some(end) if end as usize == flat.len().next_multiple_of(ALIGNMENT) => {}
            Some(end) => {
                let text = "is where the kernel will look for the index, but its load segments end at byte";
                return Err(format!(
                    "{END_SYMBOL} (byte {end:#x}) {text} {:#x}: see linker.ld",
                    flat.len()
                ));
            }
            None => {
                return Err(format!(
                    "it has no symbol {END_SYMBOL}: stripped, or not linked with linker.ld"
                ));
            }
        }
        flat.resize(flat.len().next_multiple_of(ALIGNMENT), 0);
        Ok(Kernel { flat, symbols: symbols(&file), flavour: Flavour::Compiled })
    }

    /// Fills in the header's size of all that a boot loader must load.
    pub fn set_image_size(&mut self, size: u64) {
        self.flat[IMAGE_SIZE_FIELD].copy_from_slice(&size.to_le_bytes());
    }

    /// Its hash in the index of every image.
    pub fn hash(&self) -> Digest {
        hash(&self.flat)
    }

    /// The word for it in an index.
    pub fn name(&self) -> KernelName {
        match self.flavour {
            Flavour::Compiled => published::name_of(&self.hash()),
            Flavour::Seed => KernelName::Seed,
        }
    }
}

/// Do these bytes begin with an arm64 Image header?
pub fn has_header(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER_SIZE && bytes[MAGIC_AT..][..4] == *MAGIC
}

/// The hash of the kernel in these bytes, whatever image it is in.
pub fn hash(kernel: &[u8]) -> Digest {
    kernel_hash(kernel, kernel.len() as u64, compress)
}

/// The size that an image's header states.
pub fn stated_image_size(image: &[u8]) -> Option<u64> {
    let field = image.get(IMAGE_SIZE_FIELD)?;
    Some(u64::from_le_bytes(field.try_into().expect("eight bytes were taken")))
}

/// The kernel beside this tool: `target/release/image-builder` finds
/// `target/aarch64-unknown-none-softfloat/kernel/kernel`.
pub fn default_path() -> Result<PathBuf> {
    let tool =
        std::env::current_exe().map_err(Error::io("find", Path::new("this tool's own file")))?;
    let tried: Vec<PathBuf> = tool
        .ancestors()
        .skip(1)
        .take(3) // release, target, and one more for test programs in target/debug/deps
        .map(|folder| folder.join("aarch64-unknown-none-softfloat/kernel/kernel"))
        .collect();
    tried.iter().find(|path| path.is_file()).cloned().ok_or_else(|| {
        let list: String = tried.iter().map(|path| format!("\n  {}", path.display())).collect();
        Error::Request(format!(
            "no kernel found; build it with qemu/build or name one with --kernel. Looked for:{list}"
        ))
    })
}

/// The load segments, at their physical addresses relative to the lowest.
fn flatten(file: &ElfFile64<LittleEndian>, bytes: &[u8]) -> std::result::Result<Vec<u8>, String> {
    let endian = file.endian();
    let segments: Vec<_> = file
        .elf_program_headers()
        .iter()
        .filter(|segment| segment.p_type(endian) == elf::PT_LOAD && segment.p_memsz(endian) > 0)
        .collect();
    let base = segments.iter().map(|segment| segment.p_paddr(endian)).min();
    let base = base.ok_or("it has no load segments")?;
    let mut flat = Vec::new();
    for segment in segments {
        let start = segment.p_paddr(endian) - base;
        let end = start.checked_add(segment.p_memsz(endian)).filter(|&end| end <= SIZE_LIMIT);
        let end = end.ok_or_else(|| {
            format!("a load segment reaches {start:#x} bytes from the first: more than 16 MiB")
        })?;
        let data =
            segment.data(endian, bytes).map_err(|()| "a load segment lies outside the file")?;
        let (start, end) = (start as usize, end as usize);
        if data.len() > end - start {
            return Err("a load segment is larger in the file than in memory".into());
        }
        flat.resize(flat.len().max(end), 0);
        flat[start..start + data.len()].copy_from_slice(data);
    }
    Ok(flat)
}

/// The virtual address of the first load segment.
fn lowest_address(file: &ElfFile64<LittleEndian>) -> u64 {
    let loads = file
        .elf_program_headers()
        .iter()
        .filter(|segment| segment.p_type(file.endian()) == elf::PT_LOAD);
    loads.map(|segment| segment.p_vaddr(file.endian())).min().unwrap_or(0)
}

/// Functions and labels of executable sections, one name for an address, ascending.
fn symbols(file: &ElfFile64<LittleEndian>) -> Vec<u8> {
    let base = lowest_address(file);
    let mut names = BTreeMap::<u64, String>::new();
    for symbol in file.symbols() {
        let section = symbol.section_index().and_then(|index| file.section_by_index(index).ok());
        let in_text = section.is_some_and(|section| section.kind() == SectionKind::Text);
        let is_code = in_text
            && matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Label | SymbolKind::Unknown);
        let (Ok(name), Some(offset)) = (symbol.name(), symbol.address().checked_sub(base)) else {
            continue;
        };
        // `$x` and `$d` mark instructions and data (ELF for the Arm 64-bit Architecture, 4.6.5).
        if !is_code || name.is_empty() || name.starts_with('$') || name.starts_with(".L") {
            continue;
        }
        let name = format!("{:#}", rustc_demangle::demangle(name));
        // Of several names the first in the alphabet: the choice must not depend on the file's order.
        match names.entry(offset) {
            std::collections::btree_map::Entry::Occupied(mut entry) if name < *entry.get() => {
                drop(entry.insert(name))
            }
            std::collections::btree_map::Entry::Occupied(_) => {}
            std::collections::btree_map::Entry::Vacant(entry) => drop(entry.insert(name)),
        }
    }
    let mut text = String::new();
    for (offset, name) in names {
        writeln!(text, "{offset:08x} {name}").expect("writing to a String cannot fail");
    }
    text.into_bytes()
}
