//! Trees as QEMU virt and a Raspberry Pi describe themselves, and damaged ones.

use super::tree::{self, TreeError};
use super::*;

/// Writes the structure block of a tree.
#[derive(Default)]
struct Builder {
    structure: Vec<u8>,
    strings: Vec<u8>,
}

impl Builder {
    fn word(&mut self, word: u32) {
        self.structure.extend(word.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.structure.extend(bytes);
        self.structure.resize(self.structure.len().next_multiple_of(4), 0);
    }

    fn node(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.word(1);
        self.bytes(&[name.as_bytes(), b"\0"].concat());
        inside(self);
        self.word(2);
    }

    fn property(&mut self, name: &str, value: &[u8]) {
        let offset = self.strings.len() as u32;
        self.strings.extend([name.as_bytes(), b"\0"].concat());
        self.word(3);
        self.word(value.len() as u32);
        self.word(offset);
        self.bytes(value);
    }

    fn text(&mut self, name: &str, value: &str) {
        self.property(name, &[value.as_bytes(), b"\0"].concat());
    }

    fn cells(&mut self, name: &str, cells: &[u32]) {
        let value: Vec<u8> = cells.iter().flat_map(|cell| cell.to_be_bytes()).collect();
        self.property(name, &value);
    }

    fn blob(mut self, reservation: Option<(u64, u64)>) -> Vec<u8> {
        self.word(9);
        let reserve = reservation
            .into_iter()
            .chain([(0, 0)])
            .flat_map(|(a, b)| [a.to_be_bytes(), b.to_be_bytes()]);
        let reserve: Vec<u8> = reserve.flatten().collect();
        let structure = 40 + reserve.len();
        let strings = structure + self.structure.len();
        let total = strings + self.strings.len();
        let words = [
            tree::MAGIC as usize,
            total,
            structure,
            strings,
            40,
            17,
            16,
            0,
            self.strings.len(),
            self.structure.len(),
        ];
        let header: Vec<u8> = words.iter().flat_map(|word| (*word as u32).to_be_bytes()).collect();
        [header, reserve, self.structure, self.strings].concat()
    }
}

fn virt() -> Vec<u8> {
    let mut builder = Builder::default();
    builder.node("", |root| {
        root.cells("#address-cells", &[2]);
        root.cells("#size-cells", &[2]);
        root.text("model", "a board");
        root.node("memory@40000000", |memory| {
            memory.text("device_type", "memory");
            memory.cells("reg", &[0, 0x4000_0000, 0, 0x800_0000, 1, 0, 0, 0x1000_0800]);
        });
        root.node("reserved-memory", |reserved| {
            reserved.cells("#address-cells", &[2]);
            reserved.cells("#size-cells", &[2]);
            reserved.property("ranges", &[]);
            reserved.node("firmware@47000000", |node| {
                node.cells("reg", &[0, 0x4700_0000, 0, 0x1_0001]);
                node.property("no-map", &[]);
            });
            reserved.node("other@46000000", |node| node.cells("reg", &[0, 0x4600_0000, 0, 0x1000]));
        });
        root.node("chosen", |chosen| {
            chosen.text("bootargs", "init=/x exit=semihosting");
            chosen.text("stdout-path", "/pl011@9000000");
        });
        root.node("pl011@9040000", |uart| {
            uart.text("compatible", "arm,pl011");
            uart.cells("reg", &[0, 0x904_0000, 0, 0x1000]);
        });
        root.node("pl011@9000000", |uart| {
            uart.property("compatible", b"arm,pl011\0arm,primecell\0");
            uart.cells("reg", &[0, 0x900_0000, 0, 0x1000]);
        });
        root.node("virtio_mmio@a000200", |slot| {
            slot.text("compatible", "virtio,mmio");
            slot.cells("reg", &[0, 0xa00_0200, 0, 0x200]);
        });
        root.node("virtio_mmio@a000000", |slot| {
            slot.text("compatible", "virtio,mmio");
            slot.cells("reg", &[0, 0xa00_0000, 0, 0x200]);
        });
        root.node("intc@8000000", |gic| {
            gic.text("compatible", "arm,gic-v3");
            gic.cells("reg", &[0, 0x800_0000, 0, 0x1_0000, 0, 0x80a_0000, 0, 0xf6_0000]);
        });
        root.node("timer", |timer| {
            timer.property("compatible", b"arm,armv8-timer\0arm,armv7-timer\0");
            timer.cells("interrupts", &[1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4]);
        });
        root.node("psci", |psci| {
            psci.property("compatible", b"arm,psci-1.0\0arm,psci-0.2\0");
            psci.text("method", "smc");
        });
    });
    builder.blob(Some((0x4100_0000, 0x123)))
}

fn pi(bootargs: &str) -> Vec<u8> {
    let mut builder = Builder::default();
    builder.node("", |root| {
        root.cells("#address-cells", &[1]);
        root.cells("#size-cells", &[1]);
        root.node("memory@0", |memory| {
            memory.text("device_type", "memory");
            memory.cells("reg", &[0, 0x3c00_0000]);
        });
        root.node("aliases", |aliases| {
            aliases.text("serial0", "/soc/serial@7e201000");
            aliases.text("serial1", "/soc/serial@7e215040");
        });
        root.node("chosen", |chosen| {
            chosen.text("bootargs", bootargs);
            chosen.text("stdout-path", "serial1:115200n8");
        });
        root.node("soc", |soc| {
            soc.text("compatible", "simple-bus");
            soc.cells("#address-cells", &[1]);
            soc.cells("#size-cells", &[1]);
            soc.cells(
                "ranges",
                &[0x7e00_0000, 0x3f00_0000, 0x100_0000, 0x4000_0000, 0x4000_0000, 0x1000],
            );
            soc.node("serial@7e201000", |uart| {
                uart.text("compatible", "arm,pl011");
                uart.cells("reg", &[0x7e20_1000, 0x200]);
            });
            soc.node("serial@7e215040", |uart| {
                uart.text("compatible", "brcm,bcm2835-aux-uart");
                uart.cells("reg", &[0x7e21_5040, 0x40]);
            });
            soc.node("local_intc@40000000", |controller| {
                controller.text("compatible", "brcm,bcm2836-l1-intc");
                controller.cells("reg", &[0x4000_0000, 0x100]);
            });
            for (name, kind, address, size) in [
                ("mailbox@7e00b880", "brcm,bcm2835-mbox", 0x7e00_b880, 0x40),
                ("gpio@7e200000", "brcm,bcm2835-gpio", 0x7e20_0000, 0xb4),
                ("mmc@7e300000", "brcm,bcm2835-sdhci", 0x7e30_0000, 0x100),
                ("watchdog@7e100000", "brcm,bcm2835-pm", 0x7e10_0000, 0x114),
            ] {
                soc.node(name, |device| {
                    device.text("compatible", kind);
                    device.cells("reg", &[address, size]);
                });
            }
            soc.node("serial@11111111", |uart| {
                uart.text("compatible", "arm,pl011");
                uart.cells("reg", &[0x1111_1111, 0x200]); // in no range of the bus
            });
        });
        root.node("timer", |timer| {
            timer.text("compatible", "arm,armv7-timer");
            timer.cells("interrupts", &[0, 4, 1, 4, 3, 4, 2, 4]);
        });
        root.node("cpus", |cpus| {
            for release in [0xd8u64, 0x1_0000_00e0] {
                cpus.node("cpu@1", |cpu| {
                    cpu.text("enable-method", "spin-table");
                    cpu.cells("cpu-release-addr", &[(release >> 32) as u32, release as u32]);
                });
            }
        });
    });
    builder.blob(None)
}

fn ranges(list: &RegionList) -> Vec<(u64, u64)> {
    list.as_slice().iter().map(|region| (region.start, region.end)).collect()
}

#[test]
fn a_virt_tree_is_understood() {
    let blob = virt();
    let board = tree::parse(&blob).unwrap();
    assert_eq!(board.model, "a board");
    assert_eq!(board.argument("init"), Some("/x"));
    assert_eq!(ranges(&board.memory), [(0x4000_0000, 0x4800_0000), (0x1_0000_0000, 0x1_1000_0000)]);
    assert_eq!(ranges(&board.reserved), [(0x4100_0000, 0x4100_1000), (0x4600_0000, 0x4600_1000)]);
    assert_eq!(ranges(&board.unmapped), [(0x4700_0000, 0x4701_1000)]);
    assert_eq!(board.console, Some(Uart::Pl011(Region::new(0x900_0000, 0x1000))));
    assert_eq!(
        board.interrupts,
        Some(InterruptController::GicV3 {
            distributor: Region::new(0x800_0000, 0x1_0000),
            redistributors: Region::new(0x80a_0000, 0xf6_0000),
        })
    );
    assert_eq!(board.timer_interrupt, 27);
    assert_eq!(board.power, Power::PsciSmc);
    assert_eq!((board.gpio, board.mailbox, board.sd), (None, None, [None; 2]));
    assert_eq!(ranges(&board.virtio), [(0xa00_0000, 0xa00_0200), (0xa00_0200, 0xa00_0400)]);
}

#[test]
fn a_pi_tree_is_understood_through_its_bus() {
    let blob = pi("");
    let board = tree::parse(&blob).unwrap();
    assert_eq!(ranges(&board.memory), [(0, 0x3c00_0000)]);
    assert_eq!(board.console, Some(Uart::Mini(Region::new(0x3f21_5040, 0x40))));
    assert_eq!(
        board.interrupts,
        Some(InterruptController::Bcm2836(Region::new(0x4000_0000, 0x100)))
    );
    assert_eq!(board.timer_interrupt, 3);
    assert_eq!(board.power, Power::Watchdog(Region::new(0x3f10_0000, 0x114)));
    assert_eq!(board.mailbox, Some(Region::new(0x3f00_b880, 0x40)));
    assert_eq!(board.gpio, Some(Gpio::Bcm2835(Region::new(0x3f20_0000, 0x1000))));
    let emmc = SdHost::Emmc(Region::new(0x3f30_0000, 0x100));
    assert_eq!(board.sd, [None, Some(emmc)]);
    // Where the other processors wait.
    assert_eq!(ranges(&board.reserved), [(0, 0x1000), (0x1_0000_0000, 0x1_0000_1000)]);
}

#[test]
fn the_command_line_chooses_the_console() {
    let blob = pi("console=ttyAMA0,115200");
    let board = tree::parse(&blob).unwrap();
    assert_eq!(board.console, Some(Uart::Pl011(Region::new(0x3f20_1000, 0x200))));
}

#[test]
fn what_is_no_tree_is_refused_with_a_reason() {
    let mut header = [0; tree::HEADER_SIZE];
    assert!(matches!(tree::claimed_size(&header), Err(TreeError::Magic)));
    header[..4].copy_from_slice(&tree::MAGIC.to_be_bytes());
    assert!(matches!(tree::claimed_size(&header), Err(TreeError::Size(0))));
    header[4..8].copy_from_slice(&0xffff_ffff_u32.to_be_bytes());
    assert!(matches!(tree::claimed_size(&header), Err(TreeError::Size(0xffff_ffff))));
    header[4..8].copy_from_slice(&100_u32.to_be_bytes());
    assert!(matches!(tree::claimed_size(&header), Ok(100)));

    let mut builder = Builder::default();
    builder.node("", |_| {});
    assert!(matches!(tree::parse(&builder.blob(None)), Err(TreeError::NoMemory)));
    let blob = virt();
    assert!(matches!(tree::parse(&blob[..blob.len() - 1]), Err(TreeError::Structure(_))));
}

/// The words of a structure block, and what is said of them.
#[test]
fn damage_is_named_with_its_place() {
    const ROOT: [u32; 2] = [1, 0];
    let said = |words: &[u32]| {
        let mut builder = Builder::default();
        words.iter().for_each(|word| builder.word(*word));
        builder.strings.extend(b"name\0");
        tree::parse(&builder.blob(None)).unwrap_err().to_string()
    };
    for (words, message) in [
        (&[][..], "the tree ends inside of a node (at byte 0)"),
        (&[2], "the end of a node that never began (at byte 0)"),
        (&[7], "a token of an unknown kind (at byte 0)"),
        (&[1, 0, 2, 1, 0], "a second root (at byte 12)"),
        (&[1, 0], "the tree ends inside of a node (at byte 8)"),
        (&[1, 0x61616161], "the structure block is cut short (at byte 12)"),
        (&[1, 0, 3, 99, 0], "the structure block is cut short (at byte 8)"),
        (&[1, 0, 3, 0, 5], "a property's name lies outside of the strings block (at byte 8)"),
        (
            &[1, 0, 1, 0, 2, 3, 0, 0],
            "a property outside of a node, or after the node's children (at byte 20)",
        ),
        (&[3, 0, 0], "a property outside of a node, or after the node's children (at byte 0)"),
    ] {
        assert_eq!(said(words), format!("device tree damaged: {message}"), "{words:x?}");
    }
    // NOPs are no damage, nor is a name of the strings block's last byte.
    assert!(said(&[&ROOT[..], &[4, 3, 0, 4, 4, 2, 4]].concat()).contains("no /memory node"));
}

#[test]
fn damage_of_the_header_is_named_with_its_place() {
    let said = |field: usize, value: u32| {
        let mut blob = virt();
        blob[field * 4..][..4].copy_from_slice(&value.to_be_bytes());
        tree::parse(&blob).unwrap_err().to_string()
    };
    for (field, value, message) in [
        (1, 1000, "the header gives another size than the blob has (at byte 4)"),
        (2, 100_000, "the structure block has no place in the blob (at byte 8)"),
        (9, 100_000, "the structure block has no place in the blob (at byte 8)"),
        (8, u32::MAX, "the strings block has no place in the blob (at byte 12)"),
        (4, 100_000, "the memory reservations have no end (at byte 16)"),
        (5, 16, "the format is not version 17, nor one that is compatible with it (at byte 20)"),
        (6, 18, "the format is not version 17, nor one that is compatible with it (at byte 20)"),
    ] {
        assert_eq!(said(field, value), format!("device tree damaged: {message}"));
    }
}

#[test]
fn a_deep_tree_does_not_exhaust_the_stack() {
    let mut builder = Builder::default();
    builder.word(1);
    builder.bytes(b"\0");
    for _ in 0..20_000 {
        builder.word(1);
        builder.bytes(b"x\0");
    }
    for _ in 0..20_001 {
        builder.word(2);
    }
    assert!(matches!(tree::parse(&builder.blob(None)), Err(TreeError::NoMemory)));
}

/// A damaged tree gives an error or a board, never a panic. The generator is xorshift64: the same cases each time.
#[test]
fn damaged_trees_do_not_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let (mut refused, mut read) = (0, 0);
    for original in [virt(), pi("console=pl011")] {
        for _ in 0..5_000 {
            let mut blob = original.clone();
            for _ in 0..=random(4) {
                let at = random(blob.len());
                match random(4) {
                    0 => blob[at] ^= 1 << random(8),
                    1 => blob[at] = 0xff,
                    2 => blob[at] = random(256) as u8,
                    _ => {
                        let word = at.min(blob.len() - 4) & !3;
                        blob[word..word + 4].copy_from_slice(&(random(64) as u32).to_be_bytes());
                    }
                }
            }
            match tree::parse(&blob) {
                Ok(board) => read += board.memory.as_slice().len().min(1),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        refused > 1000 && read > 1000,
        "{refused} refused, {read} read: the damage is too much or too little"
    );
}

#[test]
fn the_last_argument_counts() {
    assert_eq!(argument("a=1 ab=2  a=3 x", "a"), Some("3"));
    assert_eq!(argument("a=1 ab=2", "ab"), Some("2"));
    assert_eq!(argument("a=", "a"), Some(""));
    assert_eq!(argument("xa=1 a", "a"), None);
}

#[test]
fn a_gic_is_preferred_wherever_it_stands() {
    let tree = |order: [&str; 2]| {
        let mut builder = Builder::default();
        builder.node("", |root| {
            root.cells("#address-cells", &[1]);
            root.cells("#size-cells", &[1]);
            root.node("memory@0", |memory| {
                memory.text("device_type", "memory");
                memory.cells("reg", &[0, 0x3c00_0000]);
            });
            for kind in order {
                root.node("controller@40000000", |controller| {
                    controller.text("compatible", kind);
                    controller.cells("reg", &[0x4004_1000, 0x1000, 0x4004_2000, 0x2000]);
                });
            }
        });
        builder.blob(None)
    };
    for order in [["arm,gic-400", "brcm,bcm2836-l1-intc"], ["brcm,bcm2836-l1-intc", "arm,gic-400"]]
    {
        let blob = tree(order);
        let board = tree::parse(&blob).unwrap();
        assert!(matches!(board.interrupts, Some(InterruptController::GicV2 { .. })), "{order:?}");
    }
}
