//! config.txt and cmdline.txt: what the firmware does before the kernel runs. docs/boards.md explains each line.

use super::fat::FatFiles;

/// The firmware puts the name of the serial port on pins 8 and 10 in place of `serial0`, and the kernel reads it.
pub const COMMAND_LINE: &str = "console=serial0,115200\n";

/// config.txt for a card with these `files`, then the user's `extra` lines.
pub fn text(files: &FatFiles, extra: &[u8]) -> Vec<u8> {
    let has = |name: &str| files.contains_key(name);
    let mut text = String::from(
        "# Firmseed on a Raspberry Pi. docs/boards.md explains each line.\n\
         arm_64bit=1\n\
         kernel=kernel8.img\n\
         enable_uart=1\n",
    );
    if has("overlays/disable-bt.dtbo") {
        text += "dtoverlay=disable-bt\n";
    }
    let upstream = |name: &&String| name.starts_with("bcm2837-");
    if files.keys().any(|name| upstream(&name)) && !has("bcm2710-rpi-3-b.dtb") {
        text += "upstream_kernel=1\n";
    }
    text += "[pi5]\nos_check=0\n[all]\n";
    let mut text = text.into_bytes();
    if !extra.is_empty() {
        text.extend_from_slice(b"# The user's own lines:\n");
        text.extend_from_slice(extra);
        if !extra.ends_with(b"\n") {
            text.push(b'\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(names: &[&str], extra: &[u8]) -> Vec<String> {
        let files = names.iter().map(|name| (name.to_string(), Vec::new()));
        let text = String::from_utf8(text(&files.collect(), extra)).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn lines_name_only_what_is_on_the_card() {
        let plain = lines(&["start4.elf"], b"");
        assert_eq!(
            plain[1..],
            ["arm_64bit=1", "kernel=kernel8.img", "enable_uart=1", "[pi5]", "os_check=0", "[all]"]
        );
        let overlay = lines(&["overlays/disable-bt.dtbo"], b"");
        assert!(overlay.contains(&"dtoverlay=disable-bt".into()));
        let upstream = lines(&["bcm2837-rpi-3-b.dtb"], b"");
        assert!(upstream.contains(&"upstream_kernel=1".into()));
        let both = lines(&["bcm2837-rpi-3-b.dtb", "bcm2710-rpi-3-b.dtb"], b"");
        assert!(!both.contains(&"upstream_kernel=1".into()));
    }

    #[test]
    fn the_users_lines_come_last_and_hold_for_all_boards() {
        let lines = lines(&[], b"uart_2ndstage=1");
        let end: Vec<&str> = lines.iter().map(String::as_str).rev().take(3).collect();
        assert_eq!(end, ["uart_2ndstage=1", "# The user's own lines:", "[all]"]);
    }
}
