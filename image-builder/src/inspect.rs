//! What is in an image, for people and (as JSON) for programs. Nothing is verified here: see [`crate::check`].

use crate::kernel::{hash, stated_image_size};
use crate::{Error, Result, layout, seed_kernel, sha256};
use firmseed_formats::escape::Escaped;
use firmseed_formats::image::{Flavour, MemberKind, Part};
use firmseed_formats::sha256::Hex;
use serde::Serialize;
use std::fmt::Write;

/// All that the index says, and where the index itself lies. Paths and texts are spelled as in the
/// index, with `%XX` for odd bytes.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Bytes of the file.
    pub size: u64,
    /// The size that the arm64 Image header states.
    pub stated_size: u64,
    /// `the published kernel VERSION`, `another kernel`, or `a seed kernel` and how large it is.
    pub kernel: String,
    /// kernel, index, symbols, tar; of a seed kernel, its loader and text after it.
    pub parts: Vec<PartReport>,
    /// The path of PID 1.
    pub init: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its environment.
    pub environment: Vec<String>,
    /// Where it starts.
    pub cwd: String,
    /// `chain` or `open`.
    pub policy: String,
    /// Programs decoded from hex0 text at boot.
    pub seeds: Vec<SeedReport>,
    /// The members of the tar.
    pub members: Vec<MemberReport>,
}

/// A part of the image.
#[derive(Clone, Debug, Serialize)]
pub struct PartReport {
    /// Its name.
    pub name: &'static str,
    /// Where it begins.
    pub offset: u64,
    /// Bytes, without padding.
    pub size: u64,
    /// As the index states it; of the index, a loader and a text: as computed.
    pub sha256: String,
}

/// A seed.
#[derive(Clone, Debug, Serialize)]
pub struct SeedReport {
    /// The hex0 text.
    pub source: String,
    /// The program that it becomes.
    pub program: String,
}

/// A member. Fields that its kind has not are left out.
#[derive(Clone, Debug, Serialize)]
pub struct MemberReport {
    /// `file`, `dir`, `symlink`, `hardlink` or `device`.
    pub kind: &'static str,
    /// Its path.
    pub path: String,
    /// Permission bits in octal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Bytes of its contents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Where in the image they begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Their hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Where a link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Driver and number of a character device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<(u32, u32)>,
}

/// Reads what the image's index says.
pub fn inspect(image: &[u8]) -> Result<Report> {
    let offset = layout::find_index(image)?;
    let flavour = Flavour::of(image, offset);
    let index = flavour.open(image, offset);
    let index = index.map_err(|error| Error::Image(error.to_string()))?;
    let kernel = &image[..offset];
    let strings =
        |texts: &mut dyn Iterator<Item = Escaped<'_>>| texts.map(|text| text.to_string()).collect();
    let members: std::result::Result<Vec<_>, _> =
        index.members().map(|member| member.map(member_report)).collect();
    let part = |name, part: &Part| PartReport {
        name,
        offset: part.offset,
        size: part.size,
        sha256: Hex(&part.sha256).to_string(),
    };
    let index_part =
        Part { offset: offset as u64, size: index.text.len() as u64, sha256: sha256(index.text) };
    let mut parts = vec![part("kernel", &index.kernel)];
    if flavour == Flavour::Seed
        && let Ok(found) = seed_kernel::examine(kernel)
    {
        // The loader's hash is that of what its text stands for, whatever image it is in.
        for (name, range, hash) in [
            ("loader", found.loader.clone(), hash(&kernel[found.loader])),
            ("text", found.text.clone(), sha256(&kernel[found.text])),
        ] {
            let piece = Part { offset: range.start as u64, size: range.len() as u64, sha256: hash };
            parts.push(part(name, &piece));
        }
    }
    parts.push(part("index", &index_part));
    parts.extend(index.symbols.iter().map(|symbols| part("symbols", symbols)));
    parts.push(part("tar", &index.tar));
    Ok(Report {
        size: image.len() as u64,
        stated_size: stated_image_size(image).unwrap_or(0),
        kernel: seed_kernel::describe_any(flavour, kernel),
        parts,
        init: index.init.to_string(),
        arguments: strings(&mut index.arguments()),
        environment: strings(&mut index.environment()),
        cwd: index.cwd.to_string(),
        policy: index.policy.to_string(),
        seeds: index
            .seeds()
            .map(|seed| SeedReport {
                source: seed.source.to_string(),
                program: seed.program.to_string(),
            })
            .collect(),
        members: members.map_err(|error| Error::Image(error.to_string()))?,
    })
}

fn member_report(member: firmseed_formats::image::Member<'_>) -> MemberReport {
    let empty = MemberReport {
        kind: "device",
        path: member.path.to_string(),
        mode: None,
        size: None,
        offset: None,
        sha256: None,
        target: None,
        device: None,
    };
    let octal = |mode: u16| Some(format!("{mode:04o}"));
    match member.kind {
        MemberKind::File { content, mode } => MemberReport {
            kind: "file",
            mode: octal(mode),
            size: Some(content.size),
            offset: Some(content.offset),
            sha256: Some(Hex(&content.sha256).to_string()),
            ..empty
        },
        MemberKind::Directory { mode } => MemberReport { kind: "dir", mode: octal(mode), ..empty },
        MemberKind::Symlink { target } => {
            MemberReport { kind: "symlink", target: Some(target.to_string()), ..empty }
        }
        MemberKind::Hardlink { target } => {
            MemberReport { kind: "hardlink", target: Some(target.to_string()), ..empty }
        }
        MemberKind::Device { major, minor } => {
            MemberReport { device: Some((major, minor)), ..empty }
        }
    }
}

impl Report {
    /// The report as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).expect("writing to a String cannot fail");
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "image    {} bytes", self.size)?;
        for part in &self.parts {
            writeln!(
                out,
                "{:<8} offset {:>9}  size {:>9}  sha256 {}",
                part.name, part.offset, part.size, part.sha256
            )?;
        }
        writeln!(out, "version  {}", self.kernel)?;
        writeln!(out, "policy   {}", self.policy)?;
        let command = std::iter::once(&self.init)
            .chain(&self.arguments)
            .map(String::as_str)
            .collect::<Vec<_>>();
        writeln!(out, "init     {}", command.join(" "))?;
        writeln!(out, "cwd      {}", self.cwd)?;
        self.environment.iter().try_for_each(|variable| writeln!(out, "env      {variable}"))?;
        self.seeds
            .iter()
            .try_for_each(|seed| writeln!(out, "seed     {} -> {}", seed.source, seed.program))?;
        writeln!(out, "members  {}", self.members.len())?;
        for member in &self.members {
            let hash = member.sha256.as_deref().unwrap_or("");
            let size = member.size.map_or(String::new(), |size| size.to_string());
            let mode = member.mode.as_deref().unwrap_or("");
            write!(out, "  {:<8} {mode:>4} {size:>9} {hash:<64} {}", member.kind, member.path)?;
            match &member.target {
                Some(target) => writeln!(out, " -> {target}")?,
                None => writeln!(out)?,
            }
        }
        let tar = self.parts.last().map_or(0, |part| part.offset);
        writeln!(out, "The tar as it is: tail -c +{} IMAGE | tar tvf -", tar + 1)
    }
}
