//! SHA-256 (FIPS 180-4): an incremental hasher over a compression function of the caller's choice.
//!
//! The kernel passes one that uses the processor's instructions where it has them; [`compress`] is the portable one.

use core::fmt;

/// A compression function.
pub type Compress = fn(&mut [u32; 8], &[[u8; 64]]);

/// The hash of a message.
pub type Digest = [u8; 32];

/// The part of a message that came so far.
#[derive(Clone)]
pub struct Sha256 {
    state: [u32; 8],
    buffer: [u8; 64],
    /// Bytes of the message; the last `length % 64` of them wait in `buffer`.
    length: u64,
}

/// The hash of `message`, computed portably.
pub fn digest(message: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(message, compress);
    hasher.finish(compress)
}

/// `digest` in hexadecimal, as sha256sum(1) prints it.
#[cfg_attr(target_os = "none", optimize(speed))]
pub fn to_hex(digest: &Digest) -> [u8; 64] {
    let mut text = [0; 64];
    for (digits, bytes) in text.as_chunks_mut::<8>().0.iter_mut().zip(digest.as_chunks::<4>().0) {
        *digits = eight_digits(u32::from_be_bytes(*bytes));
    }
    text
}

/// A number's hexadecimal digits, all at once: the highest comes first.
const fn eight_digits(number: u32) -> [u8; 8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut spread = number as u64;
    spread = (spread << 16 | spread) & 0x0000_ffff_0000_ffff;
    spread = (spread << 8 | spread) & 0x00ff_00ff_00ff_00ff;
    spread = (spread << 4 | spread) & (0x0f * ONES);
    // Bit 4 of a digit's byte plus 6: is it a letter?
    let letters = (spread + 6 * ONES) >> 4 & ONES;
    let digits = spread + b'0' as u64 * ONES + letters * (b'a' - b'0' - 10) as u64;
    digits.to_be_bytes()
}

/// Writes a hash as lower-case hex digits.
#[derive(Clone, Copy, Debug)]
pub struct Hex<'a>(pub &'a Digest);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = to_hex(self.0);
        f.write_str(core::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl Sha256 {
    /// The empty message.
    pub const fn new() -> Self {
        Sha256 { state: INITIAL_STATE, buffer: [0; 64], length: 0 }
    }

    /// Appends `bytes`. `blocks` compresses whole blocks into the state; it must be the same function
    /// for all parts of a message, or at least compute the same.
    pub fn update(&mut self, bytes: &[u8], mut blocks: impl FnMut(&mut [u32; 8], &[[u8; 64]])) {
        let waiting = (self.length % 64) as usize;
        self.length = self.length.wrapping_add(bytes.len() as u64);
        let mut bytes = bytes;
        if waiting > 0 {
            let (head, rest) = bytes.split_at(bytes.len().min(64 - waiting));
            self.buffer[waiting..waiting + head.len()].copy_from_slice(head);
            if waiting + head.len() < 64 {
                return;
            }
            blocks(&mut self.state, &[self.buffer]);
            bytes = rest;
        }
        let (whole, rest) = bytes.as_chunks::<64>();
        if !whole.is_empty() {
            blocks(&mut self.state, whole);
        }
        self.buffer[..rest.len()].copy_from_slice(rest);
    }

    /// Pads the message (FIPS 180-4, 5.1.1) and gives its hash.
    pub fn finish(mut self, mut blocks: impl FnMut(&mut [u32; 8], &[[u8; 64]])) -> Digest {
        let bits = self.length.wrapping_mul(8);
        let waiting = (self.length % 64) as usize;
        self.buffer[waiting] = 0x80;
        self.buffer[waiting + 1..].fill(0);
        if waiting + 1 > 56 {
            blocks(&mut self.state, &[self.buffer]);
            self.buffer.fill(0);
        }
        self.buffer[56..].copy_from_slice(&bits.to_be_bytes());
        blocks(&mut self.state, &[self.buffer]);

        let mut digest = [0; 32];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        digest
    }
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

/// Compresses `blocks` into `state` (FIPS 180-4, 6.2.2), on any processor.
pub fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
    for block in blocks {
        let mut schedule = [0u32; 64];
        for (word, bytes) in schedule.iter_mut().zip(block.as_chunks::<4>().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        for t in 16..64 {
            schedule[t] = small_sigma_1(schedule[t - 2])
                .wrapping_add(schedule[t - 7])
                .wrapping_add(small_sigma_0(schedule[t - 15]))
                .wrapping_add(schedule[t - 16]);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
        for (constant, word) in ROUND_CONSTANTS.iter().zip(schedule) {
            let choice = (e & f) ^ (!e & g);
            let majority = (a & b) ^ (a & c) ^ (b & c);
            let first = h
                .wrapping_add(big_sigma_1(e))
                .wrapping_add(choice)
                .wrapping_add(*constant)
                .wrapping_add(word);
            let second = big_sigma_0(a).wrapping_add(majority);
            (h, g, f, e) = (g, f, e, d.wrapping_add(first));
            (d, c, b, a) = (c, b, a, first.wrapping_add(second));
        }
        for (word, addend) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word = word.wrapping_add(addend);
        }
    }
}

fn big_sigma_0(x: u32) -> u32 {
    x.rotate_right(2) ^ x.rotate_right(13) ^ x.rotate_right(22)
}

fn big_sigma_1(x: u32) -> u32 {
    x.rotate_right(6) ^ x.rotate_right(11) ^ x.rotate_right(25)
}

fn small_sigma_0(x: u32) -> u32 {
    x.rotate_right(7) ^ x.rotate_right(18) ^ (x >> 3)
}

fn small_sigma_1(x: u32) -> u32 {
    x.rotate_right(17) ^ x.rotate_right(19) ^ (x >> 10)
}

/// The state before the first block (FIPS 180-4, 5.3.3): the first 32 bits of the fractional parts of
/// the square roots of the first 8 primes.
const INITIAL_STATE: [u32; 8] = first_primes_roots::<8>(2);

/// FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64
/// primes.
const ROUND_CONSTANTS: [u32; 64] = first_primes_roots::<64>(3);

/// For each of the first N primes p: floor(2^32 * p^(1/degree)), less its whole part. Computed when
/// the kernel is compiled, so that nobody has to compare 72 magic words with the standard.
const fn first_primes_roots<const N: usize>(degree: u32) -> [u32; N] {
    let mut roots = [0; N];
    let mut found = 0;
    let mut candidate = 2;
    while found < N {
        if is_prime(candidate) {
            roots[found] = root_fraction(candidate, degree);
            found += 1;
        }
        candidate += 1;
    }
    roots
}

const fn is_prime(candidate: u128) -> bool {
    let mut divisor = 2;
    while divisor * divisor <= candidate {
        if candidate.is_multiple_of(divisor) {
            return false;
        }
        divisor += 1;
    }
    true
}

/// The low 32 bits of the largest r with r^degree <= number * 2^(32 * degree): bit by bit from 2^36.
const fn root_fraction(number: u128, degree: u32) -> u32 {
    let target = number << (32 * degree);
    let mut root: u128 = 0;
    let mut bit = 1 << 36;
    while bit > 0 {
        if (root | bit).pow(degree) <= target {
            root |= bit;
        }
        bit >>= 1;
    }
    root as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::string::String;
    use std::vec;

    fn hex(message: &[u8]) -> String {
        String::from_utf8(to_hex(&digest(message)).to_vec()).unwrap()
    }

    /// The examples of FIPS 180-2, appendix B, and the empty message of NIST's test vectors.
    #[test]
    fn agrees_with_the_standard() {
        let vectors: [(&[u8], &str); 4] = [
            (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
            (
                &[b'a'; 1_000_000],
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            ),
        ];
        for (message, expected) in vectors {
            assert_eq!(hex(message), expected);
        }
    }

    #[test]
    fn constants_are_those_of_the_standard() {
        assert_eq!(INITIAL_STATE[0], 0x6a09_e667);
        assert_eq!(INITIAL_STATE[7], 0x5be0_cd19);
        assert_eq!(ROUND_CONSTANTS[0], 0x428a_2f98);
        assert_eq!(ROUND_CONSTANTS[63], 0xc671_78f2);
    }

    #[test]
    fn every_padding_length_agrees_with_byte_by_byte() {
        for length in 0..200 {
            let message = vec![0x5a; length];
            let mut hasher = Sha256::new();
            for byte in &message {
                hasher.update(core::slice::from_ref(byte), compress);
            }
            assert_eq!(hasher.finish(compress), digest(&message), "length {length}");
        }
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(message in proptest::collection::vec(any::<u8>(), 0..1000),
                                cut in 0usize..1000) {
            let cut = cut.min(message.len());
            let mut hasher = Sha256::new();
            hasher.update(&message[..cut], compress);
            hasher.update(&message[cut..], compress);
            prop_assert_eq!(hasher.finish(compress), digest(&message));
        }
    }
}
