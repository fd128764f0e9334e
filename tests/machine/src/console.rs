//! What a machine said on its serial console, line by line, without carriage returns.

use std::path::Path;

/// The text of a console.
pub struct Console {
    text: String,
}

impl Console {
    /// From the bytes that came over the line.
    pub fn new(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).replace('\r', "");
        Self { text }
    }

    /// From a file, which may still grow; empty where it is not there yet.
    pub fn in_file(path: &Path) -> Self {
        Self::new(&std::fs::read(path).unwrap_or_default())
    }

    /// All of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line by line.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines()
    }

    /// Is this one of its lines?
    pub fn has(&self, line: &str) -> bool {
        self.lines().any(|got| got == line)
    }

    /// This is one of its lines.
    #[track_caller]
    pub fn says(&self, line: &str) -> &Self {
        assert!(self.has(line), "expected the line {line:?} on the console");
        self
    }

    /// No line begins so.
    #[track_caller]
    pub fn never_says(&self, start: &str) -> &Self {
        let found = self.lines().find(|line| line.starts_with(start));
        assert_eq!(found, None, "expected no line that begins with {start:?}");
        self
    }

    /// The one line that begins and ends so; what stands between.
    #[track_caller]
    pub fn between(&self, start: &str, end: &str) -> &str {
        let mut found = self.lines().filter_map(|line| line.strip_prefix(start)?.strip_suffix(end));
        let one = found.next().unwrap_or_else(|| panic!("expected a line {start:?}...{end:?}"));
        assert_eq!(found.next(), None, "expected one line {start:?}...{end:?}");
        one
    }

    /// What programs said: all but the kernel's lines.
    pub fn of_programs(&self) -> Vec<&str> {
        self.lines().filter(|line| !line.starts_with("firmseed: ")).collect()
    }

    /// The ledger's head.
    #[track_caller]
    pub fn head(&self) -> &str {
        let (_, head) = self
            .between("firmseed: ledger: ", "")
            .split_once(" bytes, head ")
            .expect("a head on the ledger's line");
        assert_eq!(head.len(), 64, "a head is a SHA-256");
        head
    }
}
