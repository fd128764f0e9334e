//! The parsers of hostile bytes, each with the promises that a damaged input must not break. A panic
//! is a fault; so is an answer that contradicts itself. Each function says whether the input was accepted.

use firmseed_core::fs::Fs;
use firmseed_formats::elf::{Elf, HIGHEST_END};
use firmseed_formats::escape::Escape;
use firmseed_formats::hex0 as hex;
use firmseed_formats::image::{Index, MemberKind, symbol_at};
use firmseed_formats::tar::{Archive, EntryKind};

/// A tar: all data lies inside it, and the file system takes it or says which member it refuses.
pub fn tar(bytes: &[u8]) -> bool {
    let inside = bytes.as_ptr_range();
    for entry in Archive::new(bytes).map_while(Result::ok) {
        assert!(entry.offset < bytes.len() && entry.permissions <= 0o7777);
        if let EntryKind::File(data) = entry.kind {
            let data = data.as_ptr_range();
            assert!(inside.start <= data.start && data.end <= inside.end);
        }
    }
    if !Archive::new(bytes).all(|entry| entry.is_ok()) {
        return false;
    }
    // The file system keeps slices of the tar for ever, so the input is leaked. A fuzzer that runs for
    // hours wants `-rss_limit_mb=0 -detect_leaks=0` for this target.
    let leaked: &'static [u8] = bytes.to_vec().leak();
    let mut fs = Fs::new().expect("the host has memory");
    let result = fs.add_tar(leaked);
    if let Err(error) = result {
        assert!(error.offset <= bytes.len(), "an error outside the tar: {error}");
    }
    result.is_ok()
}

/// An ELF file: what is accepted lies in user space and in the file.
pub fn elf(bytes: &[u8]) -> bool {
    let read = |offset: u64, buffer: &mut [u8]| {
        let start = usize::try_from(offset).expect("an offset inside the file");
        buffer.copy_from_slice(&bytes[start..start + buffer.len()]);
    };
    let Ok(elf) = Elf::parse(bytes.len() as u64, read) else {
        return false;
    };
    assert!(!elf.segments.is_empty() && elf.end <= HIGHEST_END);
    for segment in &elf.segments {
        assert!(segment.file_size <= segment.memory_size);
        let (first, last) = segment.pages();
        assert!(first < last && last <= elf.end);
    }
    true
}

/// An image: its index at byte 4096, as after a kernel of one page.
pub fn index(bytes: &[u8]) -> bool {
    let Ok(index) = Index::open(bytes, 4096) else {
        return false;
    };
    assert_eq!(index.tar.end(), Some(bytes.len() as u64));
    let texts = index.arguments().chain(index.environment());
    let texts = texts.chain(index.seeds().flat_map(|seed| [seed.source, seed.program]));
    for text in texts.chain([index.init, index.cwd]) {
        let meant: Vec<u8> = text.bytes().collect();
        assert_eq!(Escape(&meant).to_string(), text.to_string());
    }
    for member in index.members().map_while(Result::ok) {
        if let MemberKind::File { content, .. } = member.kind {
            assert!(content.slice(bytes).is_some() && content.offset >= index.tar.offset);
        }
        let path: Vec<u8> = member.path.bytes().collect();
        assert!(index.find(&path).is_some());
    }
    if let Some(symbols) = index.symbols.and_then(|symbols| symbols.slice(bytes)) {
        symbol_at(symbols, 0x1000);
    }
    index.members().all(|member| member.is_ok())
}

/// hex0 text: what is decoded is as long as was said, and spelled out again means the same.
pub fn hex0(bytes: &[u8]) -> bool {
    match (hex::decoded_length(bytes), hex::decode(bytes)) {
        (Ok(length), Ok(decoded)) => {
            assert_eq!(length, decoded.len());
            let spelled: String = decoded.iter().map(|byte| format!("{byte:02X} ")).collect();
            assert_eq!(hex::decode(spelled.as_bytes()), Ok(decoded));
            true
        }
        (length, decoded) => {
            assert_eq!(length.err(), decoded.err());
            false
        }
    }
}

/// A device tree, read as at boot: the header first, then as many bytes as it claims.
pub fn device_tree(bytes: &[u8]) -> bool {
    let Some(header) = bytes.first_chunk() else {
        return false;
    };
    let Ok(size) = board::tree::claimed_size(header) else {
        return false;
    };
    // At boot what lies behind the blob is other memory; here it is zeros.
    let mut blob = bytes.to_vec();
    blob.resize(size, 0);
    let board = board::tree::parse(&blob);
    if let Ok(board) = &board {
        assert!(board.memory.size() > 0, "a board without memory was accepted");
    }
    board.is_ok()
}
