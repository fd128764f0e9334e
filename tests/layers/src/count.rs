//! How much there is to read in a crate.

use std::fmt;
use std::path::Path;

/// The crates of the project, in the order in which they build upon one another.
pub const PARTS: [&str; 6] =
    ["formats", "kernel/core", "kernel", "verify", "image-builder", "stage0-check"];

/// Lines of Rust below `src`, without tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Neither blank nor comment.
    pub code: usize,
    /// Comments.
    pub comments: usize,
    /// Blank ones.
    pub blank: usize,
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lines { code, comments, blank } = self;
        let all = code + comments + blank;
        write!(f, "{code:>6} lines of code, {comments:>5} of comments, {all:>6} in all")
    }
}

/// Counts the crate at `folder`.
///
/// # Panics
/// The sources cannot be read.
pub fn lines(folder: &Path) -> Lines {
    let mut lines = Lines::default();
    let mut files = Vec::new();
    let src = folder.join("src");
    super::collect(&src, &mut files);
    for path in files {
        let below = path.strip_prefix(&src).expect("it lies below");
        let is_test = |name: &str| matches!(name, "tests" | "testing" | "tests.rs" | "testing.rs");
        if below.iter().any(|name| name.to_str().is_some_and(is_test)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source that can be read");
        lines.add(&text);
    }
    lines
}

impl Lines {
    fn add(&mut self, text: &str) {
        let lines = text.lines().map(str::trim);
        for line in lines.take_while(|line| *line != "mod tests {") {
            match line {
                "" => self.blank += 1,
                _ if line.starts_with("//") => self.comments += 1,
                _ => self.code += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_comments_and_blank_lines_are_told_apart() {
        let mut lines = Lines::default();
        lines.add(
            "//! A file.\n\nfn f() { // code\n    /// A comment.\n}\nmod tests {\n    more();\n}\n",
        );
        let (code, comments, blank) = (2, 2, 1);
        assert_eq!(lines, Lines { code, comments, blank });
    }

    #[test]
    fn every_part_of_the_project_is_counted() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for part in PARTS {
            let lines = lines(&root.join(part));
            assert!(lines.code > 500, "expected the code of {part}, found {lines}");
        }
    }
}
