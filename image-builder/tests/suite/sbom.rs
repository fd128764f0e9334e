//! `sbom`: what it lists. tests/86-provenance.sh has it validated by a library that others wrote.

use crate::common::{Bench, stderr, stdout};
use crate::ledger_common::*;
use firmseed_formats::image::Policy;
use image_builder::sbom::{self, Crate, kernel_crates};
use serde_json::Value;
use std::path::Path;

/// The document for an image in memory.
fn sbom(
    image: &[u8],
    name: &str,
    crates: &[sbom::Crate],
) -> image_builder::Result<serde_json::Value> {
    let image = firmseed_verify::image::Image::open(image).map_err(image_builder::Error::Image)?;
    sbom::sbom(&image, name, crates)
}

const PORT: &str = "name = \"lua\"\nversion = \"5.4\"\nlicense = \"MIT\"\n[source]\nfile = \"lua.tar.gz\"\nsha256 = \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"\nsize = 10\nurl = \"https://example.org/lua.tar.gz\"\n";

fn with_port() -> Vec<u8> {
    let mut files = files();
    files.push(("ports/lua/port.toml", PORT.into()));
    files.push(("ports/lua/build.kaem", b"tcc lua.c\n".to_vec()));
    image_of(&files, Policy::Chain)
}

fn find<'a>(document: &'a Value, reference: &str) -> &'a Value {
    let components = document["components"].as_array().unwrap();
    components
        .iter()
        .find(|component| component["bom-ref"] == reference)
        .unwrap_or_else(|| panic!("no {reference}"))
}

fn depends_on(document: &Value, reference: &str) -> Vec<String> {
    let dependencies = document["dependencies"].as_array().unwrap();
    let found = dependencies.iter().find(|dependency| dependency["ref"] == reference).unwrap();
    found["dependsOn"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_string())
        .collect()
}

fn workspace() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock")
}

#[test]
fn it_lists_files_and_ports() {
    let image = with_port();
    let document = sbom(&image, "a.img", &[]).unwrap();
    assert_eq!(
        (&document["bomFormat"], &document["specVersion"]),
        (&"CycloneDX".into(), &"1.6".into())
    );
    let hash =
        |bytes: &[u8]| firmseed_formats::sha256::Hex(&image_builder::sha256(bytes)).to_string();
    assert_eq!(document["metadata"]["component"]["hashes"][0]["content"], hash(&image));
    assert_eq!(find(&document, "file:/hello.c")["hashes"][0]["content"], hash(SOURCE));
    let files = document["components"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|component| component["type"] == "file");
    assert_eq!(files.count(), files_of_image() + 2);
    let port = find(&document, "port:lua");
    assert_eq!(
        (&port["version"], &port["licenses"][0]["expression"]),
        (&"5.4".into(), &"MIT".into())
    );
    assert_eq!(port["externalReferences"][0]["url"], "https://example.org/lua.tar.gz");
    assert_eq!(
        depends_on(&document, "port:lua"),
        ["file:/ports/lua/port.toml", "file:/ports/lua/build.kaem"]
    );
    assert!(depends_on(&document, "image").contains(&"kernel".to_string()));
    // Nothing of the time or the machine; another image, another number.
    assert_eq!(sbom(&image, "a.img", &[]).unwrap(), document);
    assert_ne!(
        sbom(&Chain::new().image, "a.img", &[]).unwrap()["serialNumber"],
        document["serialNumber"]
    );
}

fn files_of_image() -> usize {
    files().len()
}

/// The kernel's crates, as Cargo.lock has them: what is linked, not what only builds or tests it.
#[test]
fn it_lists_the_crates_that_are_linked() {
    let crates = kernel_crates(&workspace()).unwrap();
    let find = |name: &str| crates.iter().find(|found: &&Crate| found.name == name);
    let defmt = find("defmt").unwrap();
    assert!(
        defmt.is_direct
            && defmt.license.is_some()
            && defmt.checksum.as_ref().is_some_and(|hash| hash.len() == 64)
    );
    let core = find("firmseed-core").unwrap();
    assert!(core.is_direct && core.checksum.is_none());
    // Through another crate.
    assert!(find("tock-registers").is_some_and(|found| !found.is_direct));
    for name in ["kernel", "defmt-macros", "syn", "proptest", "tempfile", "image-builder"] {
        assert!(find(name).is_none(), "{name} is not linked into the kernel");
    }
    let document = sbom(&with_port(), "a.img", &crates).unwrap();
    assert!(depends_on(&document, "kernel").contains(&format!("crate:defmt@{}", defmt.version)));
    for found in &crates {
        for used in &found.depends_on {
            assert!(
                crates
                    .iter()
                    .any(|other| *used == format!("crate:{}@{}", other.name, other.version)),
                "{used}"
            );
        }
    }
}

#[test]
fn what_cannot_be_read_is_said() {
    let bench = Bench::new();
    std::fs::write(bench.path("a.img"), with_port()).unwrap();
    assert!(stdout(&bench.run(&["sbom", "a.img"]).success()).contains("port:lua"));
    assert!(
        stderr(&bench.run(&["sbom", "a.img", "--kernel-lock", "none"]).code(1)).contains("none")
    );
    std::fs::write(bench.path("Cargo.lock"), "[[package]]\nname = \"x\"\nversion = \"1\"\n")
        .unwrap();
    let error = bench.run(&["sbom", "a.img", "--kernel-lock", "Cargo.lock"]).code(2);
    assert!(
        stderr(&error).contains("cargo metadata --manifest-path kernel/Cargo.toml"),
        "{}",
        stderr(&error)
    );
    let mut files = files();
    files.push(("ports/lua/port.toml", b"name = 3\n".to_vec()));
    let error = sbom(&image_of(&files, Policy::Chain), "a.img", &[]).unwrap_err().to_string();
    assert!(error.contains("/ports/lua/port.toml in the image"), "{error}");
}
