//! A port: somebody's program with the script that builds it on the machine (`docs/ports.md`).
//!
//! On the host it is a folder with `port.toml`, `build.kaem` and any other files; in an image it is
//! `/ports/NAME`, with the pristine tarball that `port.toml` pins beside them. [`crate::port_files`]
//! brings it there.

use crate::{Error, Result};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A port as its folder states it.
#[derive(Clone, Debug)]
pub struct Port {
    /// The folder with its files.
    pub folder: PathBuf,
    /// Its name: also that of its folder in the image.
    pub name: String,
    /// Its version, for people.
    pub version: String,
    /// Its licence as an SPDX expression, for `image-builder sbom`.
    pub license: Option<String>,
    /// What it is built from, where that is not among its own files.
    pub source: Option<Pin>,
}

/// A pristine file of the port's upstream.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Its name, in the image too.
    pub file: String,
    /// Its SHA-256: what decides.
    pub sha256: String,
    /// Its size in bytes: must be true where it stands, and bounds what is fetched from `url`.
    pub size: Option<u64>,
    /// The Debian source package that holds it, with `/SUITE` behind it where not every release does.
    pub debian: Option<String>,
    /// Upstream's own address of it, by https.
    pub url: Option<String>,
    /// What the port uses of the files in it: paths, and folders with a `/` at their end. All, where nothing is said.
    pub uses: Option<Vec<String>>,
}

/// port.toml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<Pin>,
}

impl Port {
    /// Reads the port in `folder`.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("port.toml");
        let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let bad = |reason: String| Error::Port { path: path.clone(), reason };
        let manifest: Manifest =
            toml::from_str(&text).map_err(|error| bad(error.to_string().trim_end().into()))?;
        if !is_name(&manifest.name) {
            let name = &manifest.name;
            return Err(bad(format!("name = {name:?}: {NAME_RULE}")));
        }
        if let Some(pin) = &manifest.source {
            pin.check().map_err(bad)?;
        }
        Ok(Port {
            folder: folder.to_owned(),
            name: manifest.name,
            version: manifest.version,
            license: manifest.license,
            source: manifest.source,
        })
    }
}

impl Pin {
    fn check(&self) -> std::result::Result<(), String> {
        let plain = |name: &str| !name.is_empty() && !name.starts_with('.') && !name.contains('/');
        if !plain(&self.file) || self.file.chars().any(char::is_control) {
            return Err(format!("file = {:?}: expected a file's name", self.file));
        }
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if self.sha256.len() != 64 || !self.sha256.bytes().all(hex) {
            let text = "expected 64 lower-case hex digits (sha256sum prints them)";
            return Err(format!("sha256 = {:?}: {text}", self.sha256));
        }
        let is_package = |text: &str| {
            let (package, suite) = text.split_once('/').unwrap_or((text, "any"));
            is_name(package) && is_name(suite)
        };
        if let Some(package) = self.debian.as_ref().filter(|name| !is_package(name)) {
            return Err(format!("debian = {package:?}: {NAME_RULE}"));
        }
        if let Some(url) = &self.url {
            if !url.starts_with("https://") {
                return Err(format!("url = {url:?}: expected https://..."));
            }
            if self.size.is_none() {
                return Err(format!(
                    "url = {url:?}: expected `size = BYTES` beside it, which bounds what is fetched"
                ));
            }
        }
        Ok(())
    }
}

const NAME_RULE: &str = "expected lower-case letters, digits and + - . after a letter or digit";

/// Names that mean themselves in a path, in a script of kaem and on a command line.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.bytes().next().is_some_and(plain)
        && name.bytes().all(|byte| plain(byte) || b"+-.".contains(&byte))
}
