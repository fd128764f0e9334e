//! Numbers in texts that have one spelling.

/// The value of lower-case hex digits.
pub(crate) fn lower_hex(digits: &[u8]) -> Option<u64> {
    let lower = !digits.iter().any(u8::is_ascii_uppercase);
    lower.then(|| number(digits, 16)).flatten()
}

/// The value of capital hex digits.
pub(crate) fn capital_hex(digits: &[u8]) -> Option<u64> {
    let capital = !digits.iter().any(u8::is_ascii_lowercase);
    capital.then(|| number(digits, 16)).flatten()
}

/// The value of digits of `radix`; `None` for no digits, an odd one, or 2^64 and more.
pub(crate) fn number(digits: &[u8], radix: u64) -> Option<u64> {
    let value = digits.iter().try_fold(0u64, |value, &digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'F' => digit - b'A' + 10,
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        if u64::from(digit) >= radix {
            return None;
        }
        value.checked_mul(radix)?.checked_add(u64::from(digit))
    });
    value.filter(|_| !digits.is_empty())
}

/// The decimal digits of a number.
pub fn decimal(mut value: u64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut start = buffer.len();
    loop {
        start -= 1;
        buffer[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            return &buffer[start..];
        }
    }
}
