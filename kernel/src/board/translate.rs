//! Bus addresses of a device tree node as the processor sees them (Devicetree Specification 0.4, 2.3.8 "ranges").

use crate::blob::Node;
use crate::regions::Region;

/// Most `ranges` entries of one bus. The Raspberry Pi's have four at most.
const CAPACITY: usize = 8;

/// From the addresses that a node's children use to the processor's: one bus, and the buses around it.
pub struct Bus<'p> {
    windows: [Window; CAPACITY],
    count: usize,
    /// An empty `ranges`: same addresses.
    identity: bool,
    parent: Option<&'p Bus<'p>>,
}

#[derive(Clone, Copy, Default)]
struct Window {
    child: u64,
    parent: u64,
    size: u64,
}

impl<'p> Bus<'p> {
    /// The root: the processor's own addresses.
    pub const fn root() -> Self {
        Bus {
            windows: [Window { child: 0, parent: 0, size: 0 }; CAPACITY],
            count: 0,
            identity: true,
            parent: None,
        }
    }

    /// The bus that `node` is, below this one.
    pub fn below(&'p self, node: Node<'_>) -> Bus<'p> {
        let mut bus = Bus { identity: false, parent: Some(self), ..Bus::root() };
        let Some(ranges) = node.property("ranges") else {
            return bus; // no ranges: its children cannot be reached
        };
        bus.identity = ranges.is_empty();
        let child = node.child_cells();
        let cells = [child.address, node.cells.address, child.size];
        for row in node.rows("ranges", cells) {
            // PCI's addresses have three cells: nothing that the kernel uses.
            if let [Some(child), Some(parent), Some(size)] = row
                && bus.count < CAPACITY
            {
                bus.windows[bus.count] = Window { child, parent, size };
                bus.count += 1;
            }
        }
        bus
    }

    /// A region of this bus as the processor sees it.
    pub fn translate(&self, region: Region) -> Option<Region> {
        let here = if self.identity {
            region
        } else {
            let window = self.windows[..self.count].iter().find(|window| {
                region.start >= window.child && region.start - window.child < window.size
            })?;
            Region::new(window.parent.checked_add(region.start - window.child)?, region.size())
        };
        match self.parent {
            Some(parent) => parent.translate(here),
            None => Some(here),
        }
    }
}
