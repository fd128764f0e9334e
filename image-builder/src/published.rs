//! The kernels that this tool's sources publish: the lines of kernel/PUBLISHED.

use firmseed_formats::image::KernelName;
use firmseed_formats::sha256::Digest;

/// Lines `VERSION SHA256`, and comments.
const LIST: &str = include_str!("../../kernel/PUBLISHED");

/// The version of the published kernel with this hash.
pub fn version_of(kernel: &Digest) -> Option<&'static str> {
    let hash = firmseed_formats::sha256::Hex(kernel).to_string();
    lines().find_map(|(version, published)| (published == hash).then_some(version))
}

/// The word for it in an index.
pub fn name_of(kernel: &Digest) -> KernelName {
    match version_of(kernel) {
        Some(_) => KernelName::Published,
        None => KernelName::Other,
    }
}

/// What people are told: `the published kernel 0.2.0`, or `another kernel`.
pub fn describe(kernel: &Digest) -> String {
    match version_of(kernel) {
        Some(version) => format!("the published kernel {version}"),
        None => "another kernel".into(),
    }
}

fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split_once(' ').expect("kernel/PUBLISHED is tested"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_and_nothing_else_is_published() {
        for (version, hash) in lines() {
            assert!(version.split('.').all(|part| part.parse::<u32>().is_ok()));
            let mut kernel = Digest::default();
            assert_eq!(hash.len(), 64, "{hash}");
            for (byte, at) in kernel.iter_mut().zip((0..64).step_by(2)) {
                *byte = u8::from_str_radix(&hash[at..at + 2], 16).unwrap();
            }
            assert_eq!(version_of(&kernel), Some(version));
            assert_eq!(describe(&kernel), format!("the published kernel {version}"));
            kernel[31] ^= 1;
            assert_eq!(
                (describe(&kernel).as_str(), name_of(&kernel)),
                ("another kernel", KernelName::Other)
            );
        }
        assert!(lines().count() > 0);
    }
}
