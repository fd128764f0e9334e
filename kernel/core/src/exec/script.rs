//! The `#!` line of a script (execve(2), "Interpreter scripts"), read as Linux 6 reads it.

/// Bytes of a file that are looked at; what the line has beyond is cut off.
pub const HEAD_SIZE: usize = 256;

/// What a `#!` line names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interpreter<'a> {
    /// The path of the program that shall run the script.
    pub path: &'a [u8],
    /// All that follows on the line, blanks at its ends removed: one argument.
    pub argument: Option<&'a [u8]>,
}

/// What a file's first bytes are, if it starts with `#!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head<'a> {
    /// No script.
    Other,
    /// A script.
    Script(Interpreter<'a>),
    /// `#!` with no path behind it, or one that is longer than [`HEAD_SIZE`] lets see.
    BadScript,
}

/// Reads the first bytes of a file: all of it, or [`HEAD_SIZE`].
pub fn parse(head: &[u8]) -> Head<'_> {
    let Some(rest) = head.strip_prefix(b"#!") else {
        return Head::Other;
    };
    let line_end = rest.iter().position(|byte| *byte == b'\n');
    let line = &rest[..line_end.unwrap_or(rest.len())];
    let line = line.without_leading_blanks();
    let path_end = line.iter().position(|byte| matches!(byte, b' ' | b'\t' | 0));
    // Without an end in sight the path may go on behind the head.
    let is_cut = line_end.is_none() && path_end.is_none() && head.len() >= HEAD_SIZE;
    let (path, rest) = line.split_at(path_end.unwrap_or(line.len()));
    if path.is_empty() || is_cut {
        return Head::BadScript;
    }
    let argument = match rest.first() {
        Some(b' ' | b'\t') => until_nul(rest.without_leading_blanks()).without_trailing_blanks(),
        _ => &[],
    };
    let argument = Some(argument).filter(|argument| !argument.is_empty());
    Head::Script(Interpreter { path, argument })
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0);
    &bytes[..end.unwrap_or(bytes.len())]
}

/// Blanks here are spaces and tabs, nothing else.
trait Blanks {
    fn without_leading_blanks(&self) -> &Self;
    fn without_trailing_blanks(&self) -> &Self;
}

impl Blanks for [u8] {
    fn without_leading_blanks(&self) -> &Self {
        let start = self.iter().position(|byte| !matches!(byte, b' ' | b'\t'));
        &self[start.unwrap_or(self.len())..]
    }

    fn without_trailing_blanks(&self) -> &Self {
        let end = self.iter().rposition(|byte| !matches!(byte, b' ' | b'\t'));
        &self[..end.map_or(0, |end| end + 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec;

    fn script<'a>(path: &'a [u8], argument: Option<&'a [u8]>) -> Head<'a> {
        Head::Script(Interpreter { path, argument })
    }

    #[test]
    fn lines_are_read_as_linux_reads_them() {
        assert_eq!(parse(b"#!/bin/sh\necho"), script(b"/bin/sh", None));
        assert_eq!(parse(b"#! \t/bin/sh -e \t\n"), script(b"/bin/sh", Some(b"-e")));
        assert_eq!(parse(b"#!/bin/awk -f x y\nBEGIN"), script(b"/bin/awk", Some(b"-f x y")));
        assert_eq!(parse(b"#!/bin/sh"), script(b"/bin/sh", None));
        assert_eq!(parse(b"#!/bin/sh -e"), script(b"/bin/sh", Some(b"-e")));
        assert_eq!(parse(b"#!/bin/sh \n"), script(b"/bin/sh", None));
        assert_eq!(parse(b"#!/bin/sh\0junk\n"), script(b"/bin/sh", None));
        assert_eq!(parse(b"#!\n/bin/sh"), Head::BadScript);
        assert_eq!(parse(b"#!"), Head::BadScript);
        assert_eq!(parse(b"#!   \n"), Head::BadScript);
        assert_eq!(parse(b"# /bin/sh\n"), Head::Other);
        assert_eq!(parse(b"\x7fELF"), Head::Other);
        assert_eq!(parse(b""), Head::Other);
    }

    #[test]
    fn a_path_that_may_be_cut_is_refused_and_a_cut_argument_is_not() {
        let mut head = vec![b'a'; HEAD_SIZE];
        head[..3].copy_from_slice(b"#!/");
        assert_eq!(parse(&head), Head::BadScript);
        assert_eq!(parse(&head[..200]), script(&head[2..200], None));
        head[9] = b' ';
        assert_eq!(parse(&head), script(&head[2..9], Some(&head[10..])));
        head[9] = b'\n';
        assert_eq!(parse(&head), script(&head[2..9], None));
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_path_without_blanks_or_a_refusal(
            tail in proptest::collection::vec(prop_oneof![Just(b' '), Just(b'\n'), Just(0), any::<u8>()], 0..254)
        ) {
            let mut head = b"#!".to_vec();
            head.extend(tail);
            match parse(&head) {
                Head::Other => prop_assert!(false, "it starts with #!"),
                Head::BadScript => {}
                Head::Script(Interpreter { path, argument }) => {
                    prop_assert!(!path.is_empty());
                    prop_assert!(!path.iter().any(|byte| b" \t\n\0".contains(byte)));
                    if let Some(argument) = argument {
                        prop_assert!(!argument.is_empty() && !argument.contains(&b'\n') && !argument.contains(&0));
                        prop_assert!(!b" \t".contains(&argument[0]) && !b" \t".contains(&argument[argument.len() - 1]));
                    }
                }
            }
        }
    }
}
