//! Bytes as lines of text, for a serial line: `NUMBER CHECK BASE64`, each line with a check of its own.
//!
//! NUMBER: seven decimal digits, from 1. BASE64: 48 bytes in 64 characters (RFC 4648, 4), the last line's padded.
//! CHECK: the first eight hexadecimal digits of the SHA-256 of `NUMBER BASE64`, so that `sha256sum` can name a line
//! that was damaged on its way.

/// Bytes in a line.
pub const BYTES: usize = 48;
/// Most characters of a line.
pub const MAX_LENGTH: usize = DATA + 64;
const NUMBER: usize = 7;
const CHECK: usize = NUMBER + 1;
const DATA: usize = CHECK + 9;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Line `number` for at most [`BYTES`] bytes, without a line end; `sha256` hashes. Returns its length in `line`.
///
/// # Panics
/// For more bytes than go into a line.
pub fn write(
    line: &mut [u8; MAX_LENGTH],
    number: u32,
    bytes: &[u8],
    sha256: impl FnOnce(&[&[u8]]) -> [u8; 32],
) -> usize {
    assert!(bytes.len() <= BYTES, "too many bytes for a line");
    let mut rest = number;
    for place in line[..NUMBER].iter_mut().rev() {
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    line[NUMBER] = b' ';
    line[DATA - 1] = b' ';
    let mut end = DATA;
    for group in bytes.chunks(3) {
        let mut word = [0; 4];
        word[1..=group.len()].copy_from_slice(group);
        let word = u32::from_be_bytes(word);
        for (index, place) in line[end..end + 4].iter_mut().enumerate() {
            *place = match index <= group.len() {
                true => DIGITS[(word >> (18 - 6 * index)) as usize & 63],
                false => b'=',
            };
        }
        end += 4;
    }
    let hash = sha256(&[&line[..NUMBER], b" ", &line[DATA..end]]);
    for (place, byte) in line[CHECK..DATA - 1].chunks_mut(2).zip(hash) {
        place[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
        place[1] = b"0123456789abcdef"[usize::from(byte & 15)];
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32, bytes: &[u8]) -> String {
        let mut line = [0; MAX_LENGTH];
        let length = write(&mut line, number, bytes, |parts| {
            firmseed_formats::sha256::digest(&parts.concat())
        });
        String::from_utf8(line[..length].to_vec()).expect("ASCII")
    }

    #[test]
    fn the_vectors_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(line(1, bytes.as_bytes())[DATA..], *text);
        }
        assert_eq!(line(1, &[0xff, 0xef, 0xbe, 0xfb])[DATA..], *"/++++w==");
    }

    #[test]
    fn number_check_and_data() {
        // printf '0000042 Zm9v' | sha256sum
        assert_eq!(line(42, b"foo"), "0000042 20883909 Zm9v");
    }

    #[test]
    fn a_full_line_has_its_full_length() {
        assert_eq!(line(9_999_999, &[0; BYTES]).len(), MAX_LENGTH);
    }

    #[test]
    #[should_panic(expected = "too many bytes")]
    fn more_does_not_fit() {
        line(1, &[0; BYTES + 1]);
    }
}
