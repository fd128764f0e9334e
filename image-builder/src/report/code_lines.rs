//! Counting what one has to read: lines that hold more than comments and blanks.
//!
//! A C text loses its comments as a compiler sees them; in all others a comment begins with `#`, in hex and M1 also with
//! `;`. stage0/lines counts the same, with gcc and sed.

/// The lines of `text` that hold code, told by the ending of its name.
pub fn code_lines(path: &[u8], text: &[u8]) -> usize {
    let is_c = path.ends_with(b".c") || path.ends_with(b".h");
    let stripped = if is_c { without_c_comments(text) } else { without_line_comments(text) };
    let lines = stripped.split(|&byte| byte == b'\n');
    lines.filter(|line| !line.iter().all(u8::is_ascii_whitespace)).count()
}

/// All lines, as `wc -l` and an unfinished last one.
pub fn all_lines(text: &[u8]) -> usize {
    text.split_inclusive(|&byte| byte == b'\n').count()
}

fn without_line_comments(text: &[u8]) -> Vec<u8> {
    let lines = text.split(|&byte| byte == b'\n');
    let code = |line: &[u8]| {
        let end = line.iter().position(|byte| matches!(byte, b'#' | b';'));
        line[..end.unwrap_or(line.len())].to_vec()
    };
    lines.map(code).collect::<Vec<_>>().join(&b'\n')
}

/// Comments become a blank (one that spans lines too), lines that end in a backslash are joined.
fn without_c_comments(text: &[u8]) -> Vec<u8> {
    let mut code = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = match (byte, after.first()) {
            (b'\\', Some(b'\n')) => &after[1..],
            (b'/', Some(b'*')) => {
                code.push(b' ');
                let end = after[1..].windows(2).position(|pair| pair == b"*/");
                end.map_or(&[][..], |end| &after[1 + end + 2..])
            }
            (b'/', Some(b'/')) => {
                let end = after.iter().position(|&byte| byte == b'\n');
                end.map_or(&[][..], |end| &after[end..])
            }
            (b'"' | b'\'', _) => {
                let size = literal(rest);
                code.extend_from_slice(&rest[..size]);
                &rest[size..]
            }
            _ => {
                code.push(byte);
                after
            }
        };
    }
    code
}

/// The bytes of a string or character constant at the beginning of `text`; it ends with its line at the latest.
fn literal(text: &[u8]) -> usize {
    let mut escaped = false;
    for (place, &byte) in text.iter().enumerate().skip(1) {
        match byte {
            b'\n' if !escaped => return place,
            b'\\' if !escaped => escaped = true,
            _ if byte == text[0] && !escaped => return place + 1,
            _ => escaped = false,
        }
    }
    text.len()
}
