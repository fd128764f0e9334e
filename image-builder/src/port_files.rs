//! Ports as files of an image: `/ports/NAME`, and the script that calls theirs (`docs/ports.md`).
//!
//! [`RUN`] calls the scripts of all ports, in order; the chain's last line runs it.

use crate::archive::{Body, Member};
use crate::port::Port;
use crate::sources::Seeker;
use crate::{Error, Result, tree, unpacked};
use std::path::PathBuf;

/// The script that calls the ports' scripts, as a member of the tar.
pub const RUN: &[u8] = b"ports/run.kaem";

/// Adds `ports` to the members of a tree, and the lines that build them to the tree's [`RUN`].
pub fn add(members: &mut Vec<Member<Vec<u8>>>, ports: &[PathBuf], seeker: &Seeker) -> Result<()> {
    if ports.is_empty() {
        return Ok(());
    }
    let runs = |member: &Member<Vec<u8>>| match &member.kind {
        Body::File { content, .. } => {
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
        members.extend(members_of(&port, seeker)?);
        calls += &call(&port);
    }
    if members.iter().all(|member| member.path != b"ports") {
        members.push(folder(b"ports"));
    }
    append_calls(members, &calls)?;
    members.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(())
}

/// The port's members of the tar: its folder, its files, its tarball.
fn members_of(port: &Port, seeker: &Seeker) -> Result<Vec<Member<Vec<u8>>>> {
    let prefix = format!("ports/{}", port.name).into_bytes();
    let place = |path: &[u8]| [&prefix, &b"/"[..], path].concat();
    let mut members = tree::read(&port.folder)?;
    let is_script = |member: &Member<_>| {
        member.path == b"build.kaem" && matches!(member.kind, Body::File { .. })
    };
    if !members.iter().any(is_script) {
        return Err(Error::Port {
            path: port.folder.join("build.kaem"),
            reason: "expected a script for kaem that builds the port, found none".into(),
        });
    }
    for member in &mut members {
        member.path = place(&member.path);
        if let Body::Hardlink { target } = &mut member.kind {
            *target = place(target);
        }
    }
    if let Some(pin) = &port.source {
        let found = seeker.find(port, pin)?;
        unpacked::check(port, pin, &found.content)?;
        let path = place(pin.file.as_bytes());
        // It may lie in the port's own folder.
        if members.iter().all(|member| member.path != path) {
            let (mode, content) = (0o644, found.content);
            members.push(Member { path, kind: Body::File { mode, content } });
        }
    }
    members.push(folder(&prefix));
    Ok(members)
}

/// The lines of [`RUN`]: the script starts in an empty folder of its own.
fn call(port: &Port) -> String {
    let name = &port.name;
    format!(
        "\necho \"port {name}\"\nPORT=/ports/{name}\nmkdir -p /build/{name}\ncd /build/{name}\nkaem /ports/{name}/build.kaem\n"
    )
}

fn append_calls(members: &mut Vec<Member<Vec<u8>>>, calls: &str) -> Result<()> {
    let Some(run) = members.iter_mut().find(|member| member.path == RUN) else {
        let head = "# Builds the ports of this image, in order. Run by kaem.\nPATH=/bin\n";
        let content = [head, calls].concat().into_bytes();
        members.push(Member { path: RUN.to_vec(), kind: Body::File { mode: 0o644, content } });
        return Ok(());
    };
    match &mut run.kind {
        Body::File { content, .. } => {
            content.extend(calls.bytes());
            Ok(())
        }
        _ => Err(Error::Request("--port: the tree's /ports/run.kaem is not a plain file".into())),
    }
}

fn folder(path: &[u8]) -> Member<Vec<u8>> {
    Member { path: path.to_vec(), kind: Body::Directory { mode: 0o755 } }
}
