//! A difference as people read it.

use super::diff::Difference;

impl Difference {
    /// For people.
    pub fn text(&self) -> String {
        /// More names than this nobody reads.
        const NAMED: usize = 10;
        let Some(first) = &self.first else {
            return format!("equal: head {}\n", self.heads[0]);
        };
        let mut text = format!("A  head {}\nB  head {}\n", self.heads[0], self.heads[1]);
        text += &match (first.entry, first.lines) {
            (Some(entry), Some([a, b])) => {
                format!("first difference: entry {entry} (line {a} of A, {b} of B)\n")
            }
            (Some(entry), None) => format!("first difference: entry {entry}\n"),
            _ => "first difference: above the first entry, or below the last\n".into(),
        };
        first.text.iter().for_each(|line| text += &format!("  {line}\n"));
        if !self.outcome.is_empty() {
            let names: Vec<&str> = self.outcome.iter().take(NAMED).map(String::as_str).collect();
            let more = self.outcome.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            text += &format!(
                "the runs leave {} files different: {}{more}\n",
                self.outcome.len(),
                names.join(" ")
            );
        }
        text
    }
}
