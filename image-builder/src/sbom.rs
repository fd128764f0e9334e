//! What is in an image, as a CycloneDX 1.6 document: every file, the ports with their licences, the kernel with its crates.
//!
//! No times, and a serial number that follows from the image: the same image gives the same document.

use crate::{Error, Result, sha256};
use firmseed_formats::image::KernelName;
use firmseed_formats::sha256::Hex;
use firmseed_verify::findings::path_text;
use firmseed_verify::image::Image;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The processor that the kernel is compiled for.
const TARGET: &str = "aarch64-unknown-none-softfloat";

/// The document for `image`, called `name`. `crates` are those of the kernel.
///
/// # Errors
/// A port.toml in it makes no sense.
pub fn sbom(image: &Image<'_>, name: &str, crates: &[Crate]) -> Result<Value> {
    let index = &image.index;
    let hash = sha256(image.bytes);
    // No compiler and no crate had a part in the seed kernel.
    let (kernel_name, crates) = match index.kernel_name {
        KernelName::Seed => ("firmseed-seed-kernel", &[][..]),
        KernelName::Published | KernelName::Other => ("firmseed-kernel", crates),
    };
    let kernel = json!({
        "type": "operating-system",
        "bom-ref": "kernel",
        "name": kernel_name,
        "version": env!("CARGO_PKG_VERSION"),
        "hashes": [sha256_of(&Hex(&index.kernel.sha256).to_string())],
        "licenses": [{"expression": env!("CARGO_PKG_LICENSE")}],
    });
    let mut components = vec![kernel];
    components.extend(crates.iter().map(Crate::component));
    let mut dependencies = vec![json!({
        "ref": "kernel",
        "dependsOn": crates.iter().filter(|found| found.is_direct).map(Crate::reference).collect::<Vec<_>>(),
    })];
    dependencies.extend(
        crates.iter().map(|found| json!({"ref": found.reference(), "dependsOn": found.depends_on})),
    );
    let mut parts = vec!["kernel".to_string()];
    for port in ports(image)? {
        parts.push(format!("port:{}", port.name));
        let files = image.files.iter().filter(|file| port.holds(&file.path));
        let files: Vec<String> = files.map(|file| reference(&file.path)).collect();
        dependencies.push(json!({"ref": format!("port:{}", port.name), "dependsOn": files}));
        components.push(port.component());
    }
    let mut seen = BTreeSet::new();
    for file in &image.files {
        // A tar may hold a path twice; the last one counts.
        if !seen.insert(&file.path) || image.at(&file.path).is_none_or(|(last, _)| last != file) {
            continue;
        }
        let path = reference(&file.path);
        components.push(json!({
            "type": "file",
            "bom-ref": path,
            "name": &path["file:".len()..],
            "hashes": [sha256_of(&Hex(&file.content.sha256).to_string())],
            "properties": [
                {"name": "firmseed:class", "value": file.content.class.name()},
                {"name": "firmseed:size", "value": file.content.size.to_string()},
            ],
        }));
        parts.push(path);
    }
    dependencies.push(json!({"ref": "image", "dependsOn": parts}));
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", uuid(&hash)),
        "version": 1,
        "metadata": {"component": {
            "type": "firmware",
            "bom-ref": "image",
            "name": name,
            "hashes": [sha256_of(&Hex(&hash).to_string())],
        }},
        "components": components,
        "dependencies": dependencies,
    }))
}

fn sha256_of(hex: &str) -> Value {
    json!({"alg": "SHA-256", "content": hex})
}

fn reference(path: &[u8]) -> String {
    format!("file:{}", path_text(path))
}

/// A UUID of version 8 (RFC 9562): the first bytes of a hash.
fn uuid(hash: &[u8; 32]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = 0x80 | bytes[6] & 0x0f;
    bytes[8] = 0x80 | bytes[8] & 0x3f;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// What a document says of a port.
#[derive(Deserialize)]
struct Port {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<Source>,
}

#[derive(Deserialize)]
struct Source {
    file: String,
    sha256: String,
    url: Option<String>,
}

/// The ports of an image: each has a folder with a port.toml.
fn ports(image: &Image<'_>) -> Result<Vec<Port>> {
    let mut ports = Vec::new();
    for file in &image.files {
        let inner =
            file.path.strip_prefix(b"/ports/").and_then(|path| path.strip_suffix(b"/port.toml"));
        if inner.is_none_or(|name| name.contains(&b'/')) {
            continue;
        }
        let text = image.at(&file.path).map_or(&[][..], |(_, text)| text);
        let port: Port = toml::from_slice(text).map_err(|error| {
            let path = path_text(&file.path);
            Error::Image(format!("{path} in the image: {}", error.to_string().trim_end()))
        })?;
        ports.push(port);
    }
    Ok(ports)
}

impl Port {
    fn holds(&self, path: &[u8]) -> bool {
        path.starts_with(format!("/ports/{}/", self.name).as_bytes())
    }

    fn component(&self) -> Value {
        let mut component = json!({
            "type": "application",
            "bom-ref": format!("port:{}", self.name),
            "name": self.name,
            "version": self.version,
        });
        if let Some(license) = &self.license {
            component["licenses"] = json!([{"expression": license}]);
        }
        if let Some(source) = &self.source {
            component["hashes"] = json!([sha256_of(&source.sha256)]);
            component["properties"] = json!([{"name": "firmseed:source", "value": source.file}]);
            if let Some(url) = &source.url {
                component["externalReferences"] = json!([{"type": "source-distribution", "url": url, "hashes": [sha256_of(&source.sha256)]}]);
            }
        }
        component
    }
}

/// A crate that is linked into the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its SPDX expression, if it states one.
    pub license: Option<String>,
    /// The hash of its package, if it comes from a registry.
    pub checksum: Option<String>,
    /// Does the kernel itself use it?
    pub is_direct: bool,
    /// References of the crates that it uses.
    pub depends_on: Vec<String>,
}

impl Crate {
    fn reference(&self) -> String {
        format!("crate:{}@{}", self.name, self.version)
    }

    fn component(&self) -> Value {
        let mut component = json!({
            "type": "library",
            "bom-ref": self.reference(),
            "name": self.name,
            "version": self.version,
        });
        if let Some(license) = &self.license {
            component["licenses"] = json!([{"expression": license}]);
        }
        if let Some(checksum) = &self.checksum {
            component["purl"] = format!("pkg:cargo/{}@{}", self.name, self.version).into();
            component["hashes"] = json!([sha256_of(checksum)]);
        }
        component
    }
}

/// `cargo metadata`, as far as it matters.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    root: Option<String>,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    /// None for what is linked; `build` or `dev`.
    kind: Option<String>,
}

/// Cargo.lock, as far as it matters.
#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// The crates that the kernel links, by the Cargo.lock at `lock`: those that the package `kernel` beside it uses on the machine,
/// without build scripts, tests and procedural macros. Asks cargo, offline. Not among them: core and alloc, which come with
/// the compiler.
///
/// # Errors
/// There is no such lock; cargo cannot be asked.
pub fn kernel_crates(lock: &Path) -> Result<Vec<Crate>> {
    let bad = |reason: String| Error::Request(format!("{}: {reason}", lock.display()));
    let text = std::fs::read_to_string(lock).map_err(Error::io("read", lock))?;
    let locked: Lock =
        toml::from_str(&text).map_err(|error| bad(error.to_string().trim_end().into()))?;
    let manifest = lock.with_file_name("kernel").join("Cargo.toml");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "metadata",
            "--offline",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            TARGET,
        ])
        .arg("--manifest-path")
        .arg(&manifest)
        .output()
        .map_err(Error::io("run cargo metadata for", &manifest))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(bad(format!(
            "cargo metadata --manifest-path {}: {}",
            manifest.display(),
            said.trim_end()
        )));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| bad(format!("cargo metadata: {error}")))?;
    linked(&metadata, &locked).ok_or_else(|| bad("cargo metadata names no root package".into()))
}

fn linked(metadata: &Metadata, lock: &Lock) -> Option<Vec<Crate>> {
    let packages: BTreeMap<&str, &Package> =
        metadata.packages.iter().map(|package| (package.id.as_str(), package)).collect();
    let nodes: BTreeMap<&str, &Node> =
        metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let is_macro = |package: &Package| {
        package.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "proc-macro"))
    };
    let uses = |id: &str| -> Vec<&Package> {
        let deps = nodes.get(id).map_or(&[][..], |node| &node.deps);
        let linked = deps.iter().filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind.is_none()));
        linked
            .filter_map(|dep| packages.get(dep.pkg.as_str()).copied())
            .filter(|package| !is_macro(package))
            .collect()
    };
    let root = metadata.resolve.root.as_deref()?;
    let direct: BTreeSet<&str> = uses(root).iter().map(|package| package.id.as_str()).collect();
    let mut found = BTreeMap::new();
    let mut todo = uses(root);
    while let Some(package) = todo.pop() {
        let used = uses(&package.id);
        let key = (package.name.clone(), package.version.clone());
        if found.contains_key(&key) {
            continue;
        }
        let mut depends_on: Vec<String> =
            used.iter().map(|used| format!("crate:{}@{}", used.name, used.version)).collect();
        depends_on.sort();
        let of_lock =
            lock.package.iter().find(|locked| (&locked.name, &locked.version) == (&key.0, &key.1));
        found.insert(
            key.clone(),
            Crate {
                name: key.0,
                version: key.1,
                // An older way to write OR.
                license: package.license.as_ref().map(|license| license.replace('/', " OR ")),
                checksum: of_lock.and_then(|locked| locked.checksum.clone()),
                is_direct: direct.contains(package.id.as_str()),
                depends_on,
            },
        );
        todo.extend(used);
    }
    Some(found.into_values().collect())
}
