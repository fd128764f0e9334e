//! The project's own image, by the functions of qemu/lib/chain.sh that `qemu/run` builds it with.

use crate::shell;
use std::fs;
use std::path::Path;

/// The files of the image, in a new folder.
pub fn chain_tree(folder: &Path, ports: &[&str]) {
    let mut arguments = vec![text(folder)];
    arguments.extend(ports);
    shell("chain_tree", &arguments);
}

/// Cuts the chain's script before the first line with this word.
pub fn cut_script(tree: &Path, word: &str) {
    let path = tree.join("stage0/chain.kaem");
    let script = fs::read_to_string(&path).expect("the chain's script");
    let kept = script.lines().take_while(|line| !line.contains(word));
    let kept: String = kept.map(|line| format!("{line}\n")).collect();
    assert_ne!(kept, script, "{word:?} is not in the chain's script");
    fs::write(path, kept).expect("a shorter script");
}

/// The image around the files.
pub fn chain_image(tree: &Path, image: &Path) {
    shell("chain_image", &[text(tree), text(image)]);
}

/// What the chain makes, in order: SHA-256 and path of each file.
pub fn chain_sums(ports: &[&str]) -> Vec<(String, String)> {
    sums(&shell("chain_sums", ports))
}

/// The lines of a file that sha256sum has written, or could have.
pub fn sums(text: &str) -> Vec<(String, String)> {
    let pair = |line: &str| {
        let (hash, path) = line.split_once("  ").expect("a hash and a path");
        (hash.to_string(), path.to_string())
    };
    text.lines().map(pair).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
