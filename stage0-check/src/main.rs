//! The checker of stage0's hand-written machine code: every annotation is assembled or computed again.
//!
//! GNU as and ld are the oracle: they never see our bytes, only our mnemonics, labels and addresses.
#![forbid(unsafe_code)]

mod assembler;
mod define;
mod elf_header;
mod head;
mod image_header;
mod registers;
mod source;
mod text;
mod words;

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: stage0-check FILE...
Proves that every annotated line says what its bytes do:
  *.hex0 *.hex1 *.hex2   addresses, mnemonics, branch targets, labels, strings, header fields, clobbers, the head
  *.M1                   each DEFINE's bytes against its mnemonic, its name's use (give all M1 files of a program at once)
  *.c                    machine words with their instruction in a comment behind them
Needs aarch64-linux-gnu-as, -ld and -objcopy. Exit status: 0 all proven, 1 something is wrong, 2 usage.";

fn main() -> ExitCode {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() || paths.iter().any(|path| path.starts_with('-')) {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    }
    match check_all(&paths) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stage0-check: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn check_all(paths: &[String]) -> Result<()> {
    let mut macros = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
        match Path::new(path).extension().and_then(|extension| extension.to_str()) {
            Some("hex0" | "hex1" | "hex2") => {
                let count = text::check(path, &text)?;
                println!("{path}: {count} lines proven");
            }
            Some("c" | "h") => {
                let count = words::check(path, &text)?;
                println!("{path}: {count} words proven");
            }
            Some("M1") => macros.push((path.clone(), text)),
            _ => bail!("{path}: not a hex0, hex1, hex2, M1 or C file"),
        }
    }
    if !macros.is_empty() {
        let count = define::check(&macros)?;
        println!("M1: {count} DEFINEs proven and used");
    }
    Ok(())
}
