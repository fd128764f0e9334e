//! The page's frame, its order, and the names of its anchors.

use super::products::Maker;
use firmseed_formats::sha256::Digest;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// A section of the page.
pub struct Section {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is in it.
    pub body: Markup,
}

/// The whole page. Nothing but these bytes is ever loaded, and no other script runs: the policy says so to the browser.
pub fn page(title: &str, header: &Markup, sections: &[Section]) -> String {
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        source_hash(STYLE),
        source_hash(SCRIPT)
    );
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="image-builder report";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    (header)
                    nav aria-label="Contents" {
                        @for section in sections { a href={ "#" (section.id) } { (section.title) } " " }
                    }
                    @for section in sections {
                        section id=(section.id) {
                            h2 { (section.title) }
                            (section.body)
                        }
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
        + "\n"
}

/// How a policy names a script or style that it allows (Content Security Policy Level 3, 2.3.1).
fn source_hash(text: &str) -> String {
    format!("sha256-{}", base64(&crate::sha256(text.as_bytes())))
}

/// RFC 4648, for a hash.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let padded =
            [0, group[0], group.get(1).copied().unwrap_or(0), group.get(2).copied().unwrap_or(0)];
        let value = u32::from_be_bytes(padded);
        for place in 0..4 {
            match place <= group.len() {
                true => text.push(char::from(DIGITS[(value >> (18 - 6 * place)) as usize & 63])),
                false => text.push('='),
            }
        }
    }
    text
}

/// Where the page tells of who made something.
pub fn maker_anchor(maker: Maker) -> String {
    match maker {
        Maker::Kernel(seed) => format!("seed-{}", seed + 1),
        Maker::Run(run) => run_anchor(run),
    }
}

/// Where the page tells of a run.
pub fn run_anchor(run: usize) -> String {
    format!("run-{}", run + 1)
}

/// Where a text stands.
pub fn text_anchor(sha256: &Digest) -> String {
    format!("text-{}", &super::html::hash(sha256)[..16])
}

/// Where the texts of a folder stand.
pub fn area_anchor(folder: &[u8]) -> String {
    format!("folder-{}", &super::html::hash(&crate::sha256(folder))[..8])
}

/// Where the list of a cluster's products stands.
pub fn cluster_anchor(cluster: usize) -> String {
    format!("made-{}", cluster + 1)
}
