//! The files of a run that another one continues: those of its image, and over them those that it left.

use crate::archive::{self, Body, Member};
use crate::ledger::earlier::EarlierRun;
use crate::port::Port;
use crate::port_files::RUN;
use crate::{Error, Result, layout, tree};
use std::collections::BTreeMap;
use std::path::PathBuf;

type Members = BTreeMap<Vec<u8>, Body<Vec<u8>>>;

/// What stands beside the files in what `qemu/run --out` brings.
const RECORDS: [&[u8]; 2] = [b"firmseed.ledger", b"firmseed.counters"];
/// What the earlier image expected of its own run.
const LIST: &[u8] = b"SHA256SUMS";

/// The members of `run`, ordered by path. What the next run makes anew stays out: `ports`, with what a failed build of
/// them has left, and the script that called the earlier ones.
///
/// A file of the image that the run has removed is there again: nobody brings out what is not there.
///
/// # Errors
/// The image or the folder cannot be read; there is a ledger alone.
pub fn members(run: &EarlierRun, ports: &[PathBuf]) -> Result<Vec<Member<Vec<u8>>>> {
    if !run.left.is_dir() {
        let text =
            "a ledger alone: to be continued, a run needs the folder that qemu/run --out made";
        return Err(Error::Request(format!(
            "--from {} {}: {text}",
            run.image.display(),
            run.left.display()
        )));
    }
    let image = std::fs::read(&run.image).map_err(Error::io("read", &run.image))?;
    let tar = layout::open(&image)?.tar;
    let tar = tar
        .slice(&image)
        .ok_or_else(|| Error::Image("the tar lies outside of the image".into()))?;
    let mut members = of_tar(tar)?;
    for member in tree::read(&run.left)? {
        if !matches!(member.kind, Body::Directory { .. }) {
            remove_below(&mut members, &member.path);
        }
        members.insert(member.path, member.kind);
    }
    let mut gone: Vec<Vec<u8>> =
        RECORDS.iter().chain(&[LIST, RUN]).map(|path| path.to_vec()).collect();
    for port in ports {
        let name = Port::read(port)?.name;
        gone.extend([format!("ports/{name}"), format!("build/{name}")].map(String::into_bytes));
    }
    members.retain(|path, _| !gone.iter().any(|gone| is_within(path, gone)));
    Ok(members.into_iter().map(|(path, kind)| Member { path, kind }).collect())
}

/// The members of a tar. A second name of a file becomes a file of its own: the first name may get other bytes.
fn of_tar(tar: &[u8]) -> Result<Members> {
    let mut members = Members::new();
    for entry in archive::read(tar)? {
        let kind = match entry.kind.map(|content| tar[content].to_vec()) {
            Body::Hardlink { target } => {
                members.get(&target).cloned().unwrap_or(Body::Hardlink { target })
            }
            kind => kind,
        };
        members.insert(entry.path, kind);
    }
    members.remove(&b"."[..]);
    Ok(members)
}

/// What the image has in a folder that the run has made something else of is gone.
fn remove_below(members: &mut Members, path: &[u8]) {
    let folder = [path, b"/"].concat();
    let below = members.range(folder.clone()..).map(|(path, _)| path);
    let gone: Vec<_> = below.take_while(|path| path.starts_with(&folder)).cloned().collect();
    for path in gone {
        members.remove(&path);
    }
}

/// Is it `folder`, or below it?
fn is_within(path: &[u8], folder: &[u8]) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| matches!(rest.first(), None | Some(b'/')))
}
