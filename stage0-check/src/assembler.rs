//! GNU as, ld and objcopy as the oracle.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Assembles a text for AArch64 and links it at `address`; returns the bytes of .text.
///
/// # Errors
/// A tool is missing or refuses the text; its own message is passed on.
pub fn assemble(text: &str, address: u64, symbols: &BTreeMap<String, u64>) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("a.s"), text)?;
    run("as", &["-o".as_ref(), &at("a.o"), &at("a.s")])?;
    let mut link: Vec<String> = vec![format!("-Ttext={address:#x}"), "-e".into(), "0".into()];
    link.extend(symbols.iter().map(|(name, value)| format!("--defsym={name}={value:#x}")));
    let mut arguments: Vec<&Path> = link.iter().map(Path::new).collect();
    let (object, linked, binary) = (at("a.o"), at("a.elf"), at("a.bin"));
    arguments.extend(["-o".as_ref(), linked.as_path(), object.as_path()]);
    run("ld", &arguments)?;
    run(
        "objcopy",
        &["-O".as_ref(), "binary".as_ref(), "-j".as_ref(), ".text".as_ref(), &linked, &binary],
    )?;
    Ok(std::fs::read(binary)?)
}

fn run(tool: &str, arguments: &[&Path]) -> Result<()> {
    let program = format!("aarch64-linux-gnu-{tool}");
    let output = Command::new(&program).args(arguments).output().with_context(|| {
        format!("cannot run {program}: install the package binutils-aarch64-linux-gnu")
    })?;
    if !output.status.success() {
        bail!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
