//! Extended headers: pax records, and GNU's long names.

use super::error::Cause;

/// What the headers before a member say about it.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Extension<'a> {
    pub path: Option<&'a [u8]>,
    pub link: Option<&'a [u8]>,
    pub size: Option<u64>,
    pub modified: Option<i64>,
    pub uid: Option<u32>,
    pub gid: Option<u32>,
}

impl<'a> Extension<'a> {
    pub fn read(&mut self, type_flag: u8, data: &'a [u8]) -> Result<(), Cause> {
        match type_flag {
            b'L' => self.path = Some(until_nul(data)),
            b'K' => self.link = Some(until_nul(data)),
            _ => {
                for record in (PaxRecords { data, at: 0 }) {
                    let (at, key, value) = record?;
                    match type_flag {
                        b'x' => self.set(at, key, value)?,
                        _ if changes_meaning(key) => return Err(Cause::UnsupportedPax),
                        _ => {}
                    }
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, at: usize, key: &[u8], value: &'a [u8]) -> Result<(), Cause> {
        let bad = Cause::BadPax { at };
        if matches!(key, b"path" | b"linkpath") && value.contains(&0) {
            return Err(Cause::NulInPath);
        }
        // An empty value takes back an earlier one (POSIX, "pax Extended Header Keyword Precedence").
        let text = (!value.is_empty()).then_some(value);
        let whole = |value| decimal(value).ok_or(bad);
        let id = |value| u32::try_from(decimal(value).ok_or(bad)?).map_err(|_| bad);
        match key {
            b"path" => self.path = text,
            b"linkpath" => self.link = text,
            b"size" => self.size = text.map(whole).transpose()?,
            b"uid" => self.uid = text.map(id).transpose()?,
            b"gid" => self.gid = text.map(id).transpose()?,
            b"mtime" => self.modified = text.map(|value| seconds(value).ok_or(bad)).transpose()?,
            _ if key.starts_with(b"GNU.sparse.") => return Err(Cause::UnsupportedPax),
            _ => {}
        }
        Ok(())
    }
}

fn changes_meaning(key: &[u8]) -> bool {
    matches!(key, b"path" | b"linkpath" | b"size" | b"mtime" | b"uid" | b"gid")
        || key.starts_with(b"GNU.sparse.")
}

/// The records of a pax extended header: `LENGTH KEY=VALUE NEWLINE`, where LENGTH counts itself.
struct PaxRecords<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Iterator for PaxRecords<'a> {
    /// Where the record starts, its key and its value.
    type Item = Result<(usize, &'a [u8], &'a [u8]), Cause>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.data[self.at..];
        if rest.is_empty() {
            return None;
        }
        let at = self.at;
        self.at = self.data.len();
        let record = split_record(rest).ok_or(Cause::BadPax { at });
        Some(record.map(|(length, key, value)| {
            self.at = at + length;
            (at, key, value)
        }))
    }
}

/// The first record of `bytes`: its length, key and value.
fn split_record(bytes: &[u8]) -> Option<(usize, &[u8], &[u8])> {
    let blank = bytes.iter().position(|&byte| byte == b' ')?;
    let length = usize::try_from(decimal(&bytes[..blank])?).ok()?;
    let record = bytes.get(blank + 1..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|&byte| byte == b'=')?;
    match equals {
        0 => None,
        _ => Some((length, &record[..equals], &record[equals + 1..])),
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |value, &byte| match byte {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    })
}

/// The whole seconds of a time such as `-12.5`, rounded down.
fn seconds(text: &[u8]) -> Option<i64> {
    let mut parts = text.splitn(2, |&byte| byte == b'.');
    let whole = parts.next()?;
    let fraction = parts.next().unwrap_or(b"0");
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if !digits(fraction) {
        return None;
    }
    match whole.strip_prefix(b"-") {
        None => i64::try_from(decimal(whole)?).ok(),
        Some(whole) => {
            let whole = i64::try_from(decimal(whole)?).ok()?;
            let more = i64::from(fraction.iter().any(|&byte| byte != b'0'));
            (-whole).checked_sub(more)
        }
    }
}

/// A text that may end before its field.
pub(super) fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == 0);
    &bytes[..end.unwrap_or(bytes.len())]
}
