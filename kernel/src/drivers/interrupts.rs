//! Interrupt controllers, as much as one timer needs: GICv2 (ARM IHI 0048), GICv3 (ARM IHI 0069), and the local
//! controller of BCM2836 (Quad-A7 control, rev 3.4).

use board::InterruptController as Description;

use super::mmio::{MapError, Registers};
use crate::arch::{cpu, gic};

// Distributor.
const GICD_CTLR: u64 = 0x000;
const GICD_IGROUPR: u64 = 0x080;
const GICD_ISENABLER: u64 = 0x100;
const GICD_IPRIORITYR: u64 = 0x400;
// Processor interface of GICv2.
const GICC_CTLR: u64 = 0x00;
const GICC_PMR: u64 = 0x04;
const GICC_IAR: u64 = 0x0c;
const GICC_EOIR: u64 = 0x10;
// Redistributor of GICv3.
const GICR_TYPER_LOW: u64 = 0x08;
const GICR_TYPER_HIGH: u64 = 0x0c;
const GICR_WAKER: u64 = 0x14;
const GICR_SGI_FRAME: u64 = 0x1_0000;
const GICR_IGRPMODR: u64 = 0xd00;
/// GICv3's GICD_CTLR: affinity routing, for either state.
const ROUTE_BY_AFFINITY: u32 = 1 << 4 | 1 << 5;
const ALL_GROUPS_V3: u32 = 7;
const SECURE_GROUP_1: u32 = 1 << 2;
const WAKER_SLEEP: u32 = 1 << 1;
const WAKER_ASLEEP: u32 = 1 << 2;
/// How often it is looked at: it wakes within microseconds.
const WAKER_LOOKS: u32 = 1 << 20;
const TYPER_VIRTUAL_LPI: u32 = 1 << 1;
const TYPER_LAST: u32 = 1 << 4;
// BCM2836 local controller, core 0.
const LOCAL_TIMER_CONTROL: u64 = 0x40;
const LOCAL_PENDING: u64 = 0x60;

/// GICv2: EnableGrp0 and EnableGrp1. Without the security extension our interrupt is in group 0; in the
/// non-secure view bit 0 is group 1, where the firmware has put it, and bit 1 is reserved.
const GROUPS: u32 = 3;
const PRIORITY: u8 = 0xa0;
/// Numbers from here on say "nothing pending".
const SPURIOUS: u32 = 1020;

/// A controller that is set up to deliver one interrupt.
#[derive(Clone, Copy, Debug)]
pub enum Interrupts {
    /// GICv2: the processor interface.
    GicV2(Registers),
    /// GICv3: all by system registers.
    GicV3,
    /// BCM2836: the timer's line says it all.
    Bcm2836(Registers),
}

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interrupt(u32);

impl Interrupts {
    /// Sets the controller up so that interrupt `number` of this processor is delivered.
    ///
    /// # Errors
    /// When its registers cannot be mapped.
    pub fn open(description: Description, number: u32) -> Result<Self, MapError> {
        match description {
            Description::GicV2 { distributor, processor } => {
                let distributor = Registers::map(distributor)?;
                let processor = Registers::map(processor)?;
                enable_private(&distributor, number); // its group stays as it is: see GROUPS
                distributor.write(GICD_CTLR, GROUPS);
                processor.write(GICC_PMR, 0xff);
                processor.write(GICC_CTLR, GROUPS);
                Ok(Interrupts::GicV2(processor))
            }
            Description::GicV3 { distributor, redistributors } => {
                let distributor = Registers::map(distributor)?;
                let redistributors = Registers::map(redistributors)?;
                open_gic_v3(&distributor, &redistributors, number);
                Ok(Interrupts::GicV3)
            }
            Description::Bcm2836(region) => {
                let registers = Registers::map(region)?;
                registers.write(LOCAL_TIMER_CONTROL, 1 << (number & 3));
                Ok(Interrupts::Bcm2836(registers))
            }
        }
    }

    /// Takes a pending interrupt.
    pub fn acknowledge(&self) -> Option<Interrupt> {
        let number = match self {
            Interrupts::GicV2(processor) => processor.read(GICC_IAR),
            Interrupts::GicV3 => gic::acknowledge(),
            Interrupts::Bcm2836(registers) => {
                if registers.read(LOCAL_PENDING) == 0 {
                    SPURIOUS
                } else {
                    0
                }
            }
        };
        (number & 0x3ff < SPURIOUS).then_some(Interrupt(number))
    }

    /// Ends an interrupt, after its device has been quieted.
    pub fn end(&self, Interrupt(number): Interrupt) {
        match self {
            Interrupts::GicV2(processor) => processor.write(GICC_EOIR, number),
            Interrupts::GicV3 => gic::end(number),
            Interrupts::Bcm2836(_) => {}
        }
    }
}

/// Priority and enable: for one of the 32 interrupts that each processor has for itself.
fn enable_private(frame: &Registers, number: u32) {
    let bit = 1 << (number & 31);
    frame.write_byte(GICD_IPRIORITYR + u64::from(number & 31), PRIORITY);
    frame.write(GICD_ISENABLER, bit);
}

fn open_gic_v3(distributor: &Registers, redistributors: &Registers, number: u32) {
    // Affinity routing first, then the groups. Bit 2, secure group 1, sticks only in the secure view (entered at EL3).
    distributor.write(GICD_CTLR, ROUTE_BY_AFFINITY);
    distributor.write(GICD_CTLR, ROUTE_BY_AFFINITY | ALL_GROUPS_V3);
    let secure = distributor.read(GICD_CTLR) & SECURE_GROUP_1 != 0;
    // The frames of the redistributors lie in a row; ours has our affinity.
    let affinity = cpu::affinity();
    let mut frame = 0;
    while redistributors.read(frame + GICR_TYPER_HIGH) != affinity {
        let low = redistributors.read(frame + GICR_TYPER_LOW);
        assert!(low & TYPER_LAST == 0, "no GICv3 redistributor for processor {affinity:#x}");
        frame += if low & TYPER_VIRTUAL_LPI != 0 { 0x4_0000 } else { 0x2_0000 };
    }
    let waker = redistributors.read(frame + GICR_WAKER);
    redistributors.write(frame + GICR_WAKER, waker & !WAKER_SLEEP);
    // One that does not wake delivers nothing: the caller sees that, and says so.
    let asleep = || redistributors.read(frame + GICR_WAKER) & WAKER_ASLEEP != 0;
    let _ = (0..WAKER_LOOKS).any(|_| !asleep());
    let private = redistributors.part(frame + GICR_SGI_FRAME, 0x1_0000);
    // Group 1 is what arrives as an IRQ: of the secure state there, else the only or the non-secure one. Where the
    // secure world keeps the groups for itself the write is ignored, and done already.
    let bit = 1 << (number & 31);
    let groups = private.read(GICD_IGROUPR);
    private.write(GICD_IGROUPR, if secure { groups & !bit } else { groups | bit });
    if secure {
        private.write(GICR_IGRPMODR, private.read(GICR_IGRPMODR) | bit);
    }
    enable_private(&private, number);
    gic::enable();
}
