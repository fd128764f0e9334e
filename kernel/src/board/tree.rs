//! A [`Board`] from a flattened device tree.
//!
//! [`Tree::new`] has checked the blob's structure; values are checked here as they are used.
//! Nodes deeper than [`MAX_DEPTH`] are not looked at, so that no blob can exhaust the stack.

use core::fmt;

use crate::blob::{Damage, Node, Tree};
use crate::regions::Region;
use crate::translate::Bus;
use crate::{Board, Gpio, InterruptController, Power, SdHost, Uart, argument};

/// First four bytes of a blob, big endian.
pub const MAGIC: u32 = 0xd00d_feed;
/// Bytes that must be read before the size of a blob is known.
pub const HEADER_SIZE: usize = 40;
/// The largest blob (Linux's limit too).
pub const MAX_SIZE: usize = 2 << 20;
const MAX_DEPTH: usize = 8;

/// Why a blob is of no use.
#[derive(Debug)]
pub enum TreeError {
    /// It does not start as a device tree does.
    Magic,
    /// It claims a size that cannot be.
    Size(u32),
    /// Its structure is damaged.
    Structure(Damage),
    /// It names no memory.
    NoMemory,
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TreeError::Magic => write!(f, "no device tree: it does not start with d0 0d fe ed"),
            TreeError::Size(size) => write!(
                f,
                "device tree damaged: it claims {size} bytes, {HEADER_SIZE} to {MAX_SIZE} are possible"
            ),
            TreeError::Structure(error) => write!(f, "device tree damaged: {error}"),
            TreeError::NoMemory => {
                write!(f, "device tree without usable memory: no /memory node with a size")
            }
        }
    }
}

/// The size that a blob claims, from its first [`HEADER_SIZE`] bytes.
///
/// # Errors
/// [`TreeError::Magic`], [`TreeError::Size`].
pub fn claimed_size(header: &[u8; HEADER_SIZE]) -> Result<usize, TreeError> {
    let word = |at: usize| {
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    if word(0) != MAGIC {
        return Err(TreeError::Magic);
    }
    let size = word(4);
    if !(HEADER_SIZE..=MAX_SIZE).contains(&(size as usize)) {
        return Err(TreeError::Size(size));
    }
    Ok(size as usize)
}

/// The board that a blob describes.
///
/// # Errors
/// What is wrong with the blob.
pub fn parse(blob: &[u8]) -> Result<Board<'_>, TreeError> {
    let tree = Tree::new(blob).map_err(TreeError::Structure)?;
    let root = tree.root();
    let mut board =
        Board { model: root.text("model").unwrap_or("board without a name"), ..Board::unknown() };
    let mut finder =
        Finder { board: &mut board, console: console_choice(tree), best_console: Preference::None };
    finder.visit_children(root, &Bus::root(), 0);
    for reservation in tree.reservations() {
        board.reserved.add(reservation.grow_to_pages());
    }
    board.arguments = bootargs(tree).unwrap_or_default();
    if board.memory.size() == 0 {
        return Err(TreeError::NoMemory);
    }
    Ok(board)
}

fn bootargs(tree: Tree<'_>) -> Option<&str> {
    tree.top("chosen")?.text("bootargs")
}

/// Which UART is wanted: by command line, then by /chosen/stdout-path, then the first that is there.
#[derive(Clone, Copy)]
enum ConsoleChoice<'a> {
    Pl011,
    Mini,
    Path(&'a str),
    First,
}

fn console_choice(tree: Tree<'_>) -> ConsoleChoice<'_> {
    let wanted = bootargs(tree).and_then(|line| argument(line, "console")).unwrap_or("");
    if wanted.starts_with("pl011") || wanted.starts_with("ttyAMA") {
        return ConsoleChoice::Pl011;
    }
    if wanted.starts_with("mini") || wanted.starts_with("ttyS") {
        return ConsoleChoice::Mini;
    }
    let chosen = tree.top("chosen");
    let Some(path) = chosen.and_then(|chosen| chosen.text("stdout-path")) else {
        return ConsoleChoice::First;
    };
    let path = path.split(':').next().unwrap_or("");
    if path.starts_with('/') {
        return ConsoleChoice::Path(path);
    }
    let alias = tree.top("aliases").and_then(|aliases| aliases.text(path));
    alias.map_or(ConsoleChoice::First, ConsoleChoice::Path)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Preference {
    None,
    Some,
    Wanted,
}

struct Finder<'b, 'a> {
    board: &'b mut Board<'a>,
    console: ConsoleChoice<'a>,
    best_console: Preference,
}

impl<'a> Finder<'_, 'a> {
    fn visit_children(&mut self, node: Node<'a>, bus: &Bus<'_>, depth: usize) {
        if depth == MAX_DEPTH {
            return;
        }
        for child in node.children() {
            if child.property("status").is_some_and(|status| status != b"okay\0") {
                continue;
            }
            self.visit(child, bus);
            let mut name = child.name.split(|&byte| byte == b'@');
            match name.next().unwrap_or_default() {
                b"reserved-memory" => self.visit_reserved(child, bus),
                b"cpus" => self.visit_processors(child),
                b"chosen" | b"aliases" | b"pcie" => {}
                _ => {
                    let below = bus.below(child);
                    self.visit_children(child, &below, depth + 1);
                }
            }
        }
    }

    fn visit(&mut self, node: Node<'a>, bus: &Bus<'_>) {
        if node.text("device_type") == Some("memory") {
            for_each_region(node, bus, |region| self.board.memory.add(region.shrink_to_pages()));
        }
        let place = region(node, bus, 0);
        for name in node.texts("compatible") {
            match name {
                "arm,pl011" => self.offer_console(node, place.map(Uart::Pl011)),
                "brcm,bcm2835-aux-uart" => self.offer_console(node, place.map(Uart::Mini)),
                "arm,cortex-a15-gic" | "arm,gic-400" | "arm,cortex-a7-gic"
                | "arm,cortex-a9-gic" => {
                    if let (Some(distributor), Some(processor)) = (place, region(node, bus, 1)) {
                        self.board.interrupts =
                            Some(InterruptController::GicV2 { distributor, processor });
                    }
                }
                "arm,gic-v3" => {
                    if let (Some(distributor), Some(redistributors)) = (place, region(node, bus, 1))
                    {
                        self.board.interrupts =
                            Some(InterruptController::GicV3 { distributor, redistributors });
                    }
                }
                "brcm,bcm2836-l1-intc" => {
                    // A Pi 4's tree has it beside the GIC, before or after: the GIC is the one that is wired.
                    let local = place.map(InterruptController::Bcm2836);
                    self.board.interrupts = self.board.interrupts.or(local);
                }
                "arm,armv8-timer" | "arm,armv7-timer" => {
                    self.board.timer_interrupt = timer_interrupt(node)
                }
                "arm,psci-1.0" | "arm,psci-0.2" => {
                    self.board.power = match node.text("method") {
                        Some("hvc") => Power::PsciHvc,
                        Some("smc") => Power::PsciSmc,
                        _ => Power::Halt,
                    };
                }
                "virtio,mmio" => {
                    if let Some(slot) = place {
                        self.board.virtio.add_separate(slot);
                    }
                }
                "brcm,bcm2835-pm" | "brcm,bcm2711-pm" | "brcm,bcm2835-pm-wdt" => {
                    if let (Power::Halt, Some(region)) = (self.board.power, place) {
                        self.board.power = Power::Watchdog(region); // a /psci node goes before it
                    }
                }
                "brcm,bcm2835-mbox" => self.board.mailbox = place,
                "brcm,bcm2835-gpio" => self.board.gpio = page(place).map(Gpio::Bcm2835),
                "brcm,bcm2711-gpio" => self.board.gpio = page(place).map(Gpio::Bcm2711),
                "brcm,bcm2711-emmc2" => {
                    self.board.sd[0] = place.map(SdHost::Emmc2);
                }
                "brcm,bcm2835-sdhci" | "brcm,bcm2835-mmc" => {
                    self.board.sd[1] = place.map(SdHost::Emmc);
                }
                _ => continue,
            }
            return; // the first name that is known decides
        }
    }

    /// Processors that wait in memory for an address at `cpu-release-addr`: their page stays theirs.
    fn visit_processors(&mut self, node: Node<'a>) {
        for child in node.children() {
            if let Some(address) = child.number("cpu-release-addr") {
                let word = Region::new(address, size_of::<u64>() as u64);
                self.board.reserved.add(word.grow_to_pages());
            }
        }
    }

    fn visit_reserved(&mut self, node: Node<'a>, bus: &Bus<'_>) {
        for child in node.children() {
            let no_map = child.property("no-map").is_some();
            for_each_region(child, bus, |region| {
                let list = if no_map { &mut self.board.unmapped } else { &mut self.board.reserved };
                list.add(region.grow_to_pages());
            });
        }
    }

    fn offer_console(&mut self, node: Node<'a>, uart: Option<Uart>) {
        let Some(uart) = uart else { return };
        let wanted = match self.console {
            ConsoleChoice::Pl011 => matches!(uart, Uart::Pl011(_)),
            ConsoleChoice::Mini => matches!(uart, Uart::Mini(_)),
            ConsoleChoice::Path(path) => {
                path.as_bytes().rsplit(|&byte| byte == b'/').next() == Some(node.name)
            }
            ConsoleChoice::First => true,
        };
        let preference = if wanted { Preference::Wanted } else { Preference::Some };
        if preference > self.best_console {
            self.best_console = preference;
            self.board.console = Some(uart);
        }
    }
}

/// The virtual timer is the third of the node's interrupts: secure, non-secure, virtual, hypervisor. A GIC
/// specifier is (1 = PPI, number, flags): PPIs count from 16. BCM2836's is (number, flags).
fn timer_interrupt(node: Node<'_>) -> u32 {
    const VIRTUAL: usize = 2;
    let value = node.property("interrupts").unwrap_or_default();
    let (words, _) = value.as_chunks();
    let word = |index: usize| words.get(index).map(|&word| u32::from_be_bytes(word));
    match words.len() {
        12.. => word(VIRTUAL * (words.len() / 4) + 1).map_or(0, |number| number.saturating_add(16)),
        _ => word(VIRTUAL * 2).unwrap_or(0),
    }
}

/// The node's `index`th region as the processor sees it.
fn region(node: Node<'_>, bus: &Bus<'_>, index: usize) -> Option<Region> {
    bus.translate(node.regions().nth(index)??)
}

/// The page around a region: trees leave out registers behind those that Linux uses.
fn page(place: Option<Region>) -> Option<Region> {
    place.map(|region| Region::new(region.start & !4095, 4096))
}

fn for_each_region(node: Node<'_>, bus: &Bus<'_>, action: impl FnMut(Region)) {
    let regions = node.regions().flatten();
    regions.filter_map(|region| bus.translate(region)).for_each(action);
}
