//! A file traced back, as people read it: each origin a few lines of at most 96 columns.

use super::trace_back::{NamedFile, Origin, TraceBack};
use std::collections::{HashMap, HashSet};

/// How much of a list is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The first ones.
    Brief,
    /// Each one.
    All,
}

impl TraceBack {
    /// For people, in lines of 96 columns.
    pub fn text(&self, detail: Detail) -> String {
        let mut page = Page { text: String::new(), detail };
        for origin in &self.origins {
            page.origin(origin);
        }
        let programs: HashSet<&str> = self
            .origins
            .iter()
            .filter(|origin| origin.file.class != "text")
            .map(|origin| origin.file.sha256.as_str())
            .collect();
        let all = self.origins.iter().flat_map(|origin| {
            origin.inputs.iter().chain(&origin.scripts).chain(&origin.seed_text)
        });
        let texts: HashMap<&str, &NamedFile> =
            all.map(|file| (file.sha256.as_str(), file)).collect();
        let count =
            |class: fn(&str) -> bool| texts.values().filter(|file| class(file.class)).count();
        let bytes: u128 = texts
            .values()
            .filter(|file| file.class == "text")
            .map(|file| u128::from(file.size))
            .sum();
        let others = match count(|class| class != "text") {
            0 => String::new(),
            others => format!(
                ", {} of the image that {} no text",
                plural(others, "file"),
                if others == 1 { "is" } else { "are" }
            ),
        };
        page.text += &format!(
            "\nIn all: {} and {} ({bytes} bytes){others}.\n",
            plural(programs.len(), "program"),
            plural(count(|class| class == "text"), "text")
        );
        page.text
    }
}

struct Page {
    text: String,
    detail: Detail,
}

impl Page {
    fn origin(&mut self, origin: &Origin) {
        let file = &origin.file;
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text += &format!(
            "{}  {}, {} bytes, sha256 {}\n",
            file.path,
            file.class,
            file.size,
            file.short()
        );
        let Some(writer) = &origin.writer else {
            self.text += &match &origin.seed_text {
                Some(text) => format!(
                    "  a seed: the kernel made it from the text {} ({} bytes)\n",
                    text.path, text.size
                ),
                None => "  a file of the image: nobody wrote it\n".into(),
            };
            return;
        };
        let program = &writer.program;
        self.list(
            "by",
            &[format!(
                "{} ({}), process {}, entry {}",
                program.path,
                program.short(),
                writer.process,
                writer.entry
            )],
        );
        self.wrap("argv", &writer.arguments);
        if writer.path != file.path {
            self.list("as", &[format!("{} (the first file with these bytes)", writer.path)]);
        }
        let names = |files: &[NamedFile]| -> Vec<String> {
            files.iter().map(|file| file.path.clone()).collect()
        };
        let (texts, others): (Vec<NamedFile>, Vec<NamedFile>) =
            origin.inputs.iter().cloned().partition(|file| file.class == "text");
        self.named(
            "from",
            &format!("{} of the image:", plural(texts.len(), "text")),
            &names(&texts),
        );
        self.named(
            "from",
            &format!("{} of the image, no text:", plural(others.len(), "file")),
            &names(&others),
        );
        for through in &origin.through {
            let by = format!("by {} ({}):", through.program.path, plural(through.runs, "run"));
            self.named(
                "through",
                &format!("{} {by}", plural(through.files.len(), "file")),
                &names(&through.files),
            );
        }
        self.named(
            "told by",
            &format!("{}:", plural(origin.scripts.len(), "text")),
            &names(&origin.scripts),
        );
    }

    /// A list with its title, if there is anything in it; the first few names, if not all are wanted.
    fn named(&mut self, label: &str, title: &str, names: &[String]) {
        const SHOWN: usize = 6;
        if names.is_empty() {
            return;
        }
        let mut words: Vec<String> = title.split(' ').map(String::from).collect();
        match self.detail {
            Detail::All => words.extend_from_slice(names),
            Detail::Brief => {
                words.extend(names.iter().take(SHOWN).cloned());
                if names.len() > SHOWN {
                    words.push(format!("... ({} more)", names.len() - SHOWN));
                }
            }
        }
        self.list(label, &words);
    }

    /// A command line: of a long one its beginning, if not all is wanted.
    fn wrap(&mut self, label: &str, words: &[String]) {
        const SHOWN: usize = 24;
        match self.detail == Detail::Brief && words.len() > SHOWN {
            true => {
                let mut first = words[..SHOWN].to_vec();
                first.push(format!("... ({} more)", words.len() - SHOWN));
                self.list(label, &first);
            }
            false => self.list(label, words),
        }
    }

    fn list(&mut self, label: &str, words: &[String]) {
        const COLUMNS: usize = 96;
        let mut line = format!("  {label:<8}");
        for word in words {
            if line.len() + 1 + word.len() > COLUMNS && line.trim().len() > label.len() {
                self.text += line.trim_end();
                self.text.push('\n');
                line = format!("  {:<8}", "");
            }
            line += &format!(" {word}");
        }
        self.text += line.trim_end();
        self.text.push('\n');
    }
}

fn plural(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
