//! A port: somebody's program with the script that builds it on the machine (`docs/ports.md`).
//!
//! On the host it is a folder with `port.toml`, `build.kaem` and any other files; in an image it is
//! `/ports/NAME`, with the pristine tarball that `port.toml` pins beside them. [`RUN`] calls the
//! scripts of all ports, in order; the chain's last line runs it.

use crate::archive::{Kind, Member};
use crate::sources::Seeker;
use crate::{Error, Result, tree, unpacked};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The script that calls the ports' scripts, as a member of the tar.
pub const RUN: &[u8] = b"ports/run.kaem";

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
        let bad = |reason: String| Error::Port {
            path: path.clone(),
            reason,
        };
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

    /// The port's members of the tar: its folder, its files, its tarball.
    fn members(&self, seeker: &Seeker) -> Result<Vec<Member<Vec<u8>>>> {
        let prefix = format!("ports/{}", self.name).into_bytes();
        let place = |path: &[u8]| [&prefix, &b"/"[..], path].concat();
        let mut members = tree::read(&self.folder)?;
        let is_script = |member: &Member<_>| {
            member.path == b"build.kaem" && matches!(member.kind, Kind::File { .. })
        };
        if !members.iter().any(is_script) {
            return Err(Error::Port {
                path: self.folder.join("build.kaem"),
                reason: "expected a script for kaem that builds the port, found none".into(),
            });
        }
        for member in &mut members {
            member.path = place(&member.path);
            if let Kind::Hardlink { target } = &mut member.kind {
                *target = place(target);
            }
        }
        if let Some(pin) = &self.source {
            let found = seeker.find(self, pin)?;
            unpacked::check(self, pin, &found.content)?;
            let path = place(pin.file.as_bytes());
            // It may lie in the port's own folder.
            if members.iter().all(|member| member.path != path) {
                let (mode, content) = (0o644, found.content);
                members.push(Member {
                    path,
                    kind: Kind::File { mode, content },
                });
            }
        }
        members.push(folder(&prefix));
        Ok(members)
    }

    /// The lines of [`RUN`]: the script starts in an empty folder of its own.
    fn call(&self) -> String {
        let name = &self.name;
        format!(
            "\necho \"port {name}\"\nPORT=/ports/{name}\nmkdir -p /build/{name}\ncd /build/{name}\nkaem /ports/{name}/build.kaem\n"
        )
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
        && name
            .bytes()
            .all(|byte| plain(byte) || b"+-.".contains(&byte))
}

/// Adds `ports` to the members of a tree, and the lines that build them to the tree's [`RUN`].
pub fn add(members: &mut Vec<Member<Vec<u8>>>, ports: &[PathBuf], seeker: &Seeker) -> Result<()> {
    if ports.is_empty() {
        return Ok(());
    }
    let runs = |member: &Member<Vec<u8>>| match &member.kind {
        Kind::File { content, .. } => {
            member.path != RUN && content.windows(RUN.len()).any(|part| part == RUN)
        }
        _ => false,
    };
    if !members.iter().any(runs) {
        let text = "--port: no script of the tree runs /ports/run.kaem, so no port would be built; \
                    add the line `/bin/kaem /ports/run.kaem` where the machine has tcc";
        return Err(Error::Request(text.into()));
    }
    let mut calls = String::new();
    for path in ports {
        let port = Port::read(path)?;
        let place = format!("ports/{}", port.name).into_bytes();
        if members.iter().any(|member| member.path == place) || port.name == "run.kaem" {
            let text = format!(
                "--port {}: the image has a /ports/{} already; change the name in port.toml",
                path.display(),
                port.name
            );
            return Err(Error::Request(text));
        }
        members.extend(port.members(seeker)?);
        calls += &port.call();
    }
    if members.iter().all(|member| member.path != b"ports") {
        members.push(folder(b"ports"));
    }
    append_calls(members, &calls)?;
    members.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(())
}

fn append_calls(members: &mut Vec<Member<Vec<u8>>>, calls: &str) -> Result<()> {
    let Some(run) = members.iter_mut().find(|member| member.path == RUN) else {
        let head = "# Builds the ports of this image, in order. Run by kaem.\nPATH=/bin\n";
        let content = [head, calls].concat().into_bytes();
        members.push(Member {
            path: RUN.to_vec(),
            kind: Kind::File {
                mode: 0o644,
                content,
            },
        });
        return Ok(());
    };
    match &mut run.kind {
        Kind::File { content, .. } => {
            content.extend(calls.bytes());
            Ok(())
        }
        _ => Err(Error::Request(
            "--port: the tree's /ports/run.kaem is not a plain file".into(),
        )),
    }
}

fn folder(path: &[u8]) -> Member<Vec<u8>> {
    Member {
        path: path.to_vec(),
        kind: Kind::Directory { mode: 0o755 },
    }
}
