//! SD cards: commands and what cards answer (SD Specifications, Part 1, Physical Layer Simplified 6.00, 4.7, 4.9, 5),
//! in the form in which an SD Host Controller (Part A2, 3.00, 2.2) takes and gives them.

/// A command, as a host controller is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its number. 55 goes before those that are `application` commands.
    pub index: u8,
    /// It is an application command (ACMD).
    pub application: bool,
    answer: Answer,
    data: Data,
}

/// What the card answers: the length decides, and which checks the controller makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    None,
    /// R2: 136 bits, a register.
    Long,
    /// R3: 48 bits without a check.
    Unchecked,
    /// R1, R6, R7: 48 bits. R1b too: whether the card is busy afterwards, its status says.
    Short,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Data {
    None,
    Read,
    Write,
}

const fn command(index: u8, answer: Answer) -> Command {
    Command { index, application: false, answer, data: Data::None }
}

const fn application(index: u8, answer: Answer) -> Command {
    Command { application: true, ..command(index, answer) }
}

const fn transfer(index: u8, data: Data) -> Command {
    Command { data, ..command(index, Answer::Short) }
}

/// Back to the idle state.
pub const GO_IDLE: Command = command(0, Answer::None);
/// The card's identification register.
pub const ALL_SEND_CID: Command = command(2, Answer::Long);
/// The card chooses its address.
pub const SEND_ADDRESS: Command = command(3, Answer::Short);
/// The card with this address is talked to from now on; it may be busy afterwards.
pub const SELECT: Command = command(7, Answer::Short);
/// Can the card work at 2.7 to 3.6 V? Cards of before 2.00 do not answer.
pub const SEND_IF_COND: Command = command(8, Answer::Short);
/// The card-specific data register.
pub const SEND_CSD: Command = command(9, Answer::Long);
/// The card's status.
pub const SEND_STATUS: Command = command(13, Answer::Short);
/// Bytes of a block, for cards that count in bytes.
pub const SET_BLOCK_LENGTH: Command = command(16, Answer::Short);
/// Reads blocks.
pub const READ_BLOCKS: Command = transfer(18, Data::Read);
/// Writes blocks.
pub const WRITE_BLOCKS: Command = transfer(25, Data::Write);
/// The next command is an application command.
pub const APPLICATION: Command = command(55, Answer::Short);
/// Two: four data lines.
pub const SET_BUS_WIDTH: Command = application(6, Answer::Short);
/// Starts the card, and asks whether it has started.
pub const SEND_OP_COND: Command = application(41, Answer::Unchecked);

impl Command {
    /// Transfer mode and command registers as one word. Blocks are counted, and command 12 ends them by itself.
    pub const fn word(self) -> u32 {
        const BLOCK_COUNT: u32 = 1 << 1;
        const AUTO_COMMAND_12: u32 = 1 << 2;
        const READ: u32 = 1 << 4;
        const MULTIPLE: u32 = 1 << 5;
        const CHECK_CRC: u32 = 1 << 19;
        const CHECK_INDEX: u32 = 1 << 20;
        const HAS_DATA: u32 = 1 << 21;
        let answer = match self.answer {
            Answer::None => 0,
            Answer::Long => 1 << 16 | CHECK_CRC,
            Answer::Unchecked => 2 << 16,
            Answer::Short => 2 << 16 | CHECK_CRC | CHECK_INDEX,
        };
        let blocks = HAS_DATA | MULTIPLE | BLOCK_COUNT | AUTO_COMMAND_12;
        let data = match self.data {
            Data::None => 0,
            Data::Write => blocks,
            Data::Read => blocks | READ,
        };
        (self.index as u32) << 24 | answer | data
    }

    /// Do the data lines take part?
    pub const fn has_data(self) -> bool {
        !matches!(self.data, Data::None)
    }

    /// Is the answer the card's status (R1)?
    pub const fn answers_status(self) -> bool {
        let other = matches!(self.index, 3 | 8); // R6, R7
        matches!(self.answer, Answer::Short) && !other
    }
}

/// What went wrong, of a card's status (R1): out of range, address, length, erase, write protection, lock, CRC,
/// illegal command, ECC, controller, general, CSD.
pub const fn status_errors(status: u32) -> u32 {
    status & 0xfdf9_0008
}

/// Is the card ready for data, in the transfer state?
pub const fn ready(status: u32) -> bool {
    const READY_FOR_DATA: u32 = 1 << 8;
    const TRANSFER_STATE: u32 = 4;
    status & READY_FOR_DATA != 0 && (status >> 9) & 15 == TRANSFER_STATE
}

/// The argument of [`SEND_IF_COND`], which the card gives back: 2.7 to 3.6 V, and a pattern.
pub const IF_COND: u32 = 0x1aa;

/// The argument of [`SEND_OP_COND`]: 2.7 to 3.6 V, and whether the host knows cards that count in blocks.
pub const fn op_cond(knows_high_capacity: bool) -> u32 {
    0x00ff_8000 | (knows_high_capacity as u32) << 30
}

/// What a card that has started says of itself: does it count in blocks (else in bytes)? None while it starts.
pub const fn started(ocr: u32) -> Option<bool> {
    match ocr >> 31 {
        0 => None,
        _ => Some(ocr & 1 << 30 != 0),
    }
}

/// The card-specific data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardData {
    /// Its size.
    pub sectors: u64,
    /// It is protected against writing, for now or for ever.
    pub write_protected: bool,
}

/// The card-specific data (5.3) from a controller's response registers, which hold bits 127 to 8 of it; None for a
/// layout that is not known.
pub fn card_data(response: [u32; 4]) -> Option<CardData> {
    let bits = |high: u32, low: u32| {
        let all = (u128::from(response[3]) << 96
            | u128::from(response[2]) << 64
            | u128::from(response[1]) << 32
            | u128::from(response[0]))
            << 8;
        (all >> low) as u64 & ((1 << (high - low + 1)) - 1)
    };
    let sectors = match bits(127, 126) {
        0 => {
            let block = 1u64.checked_shl(bits(83, 80) as u32)?;
            ((bits(73, 62) + 1) << (bits(49, 47) + 2)) * block / 512
        }
        1 => (bits(69, 48) + 1) * 1024,
        _ => return None,
    };
    Some(CardData { sectors, write_protected: bits(13, 12) != 0 })
}

/// The clock divider's bits of a controller's clock control register: `base / (2 * N)`, at most `wanted` hertz. N has ten
/// bits, the upper two below the others.
pub const fn clock_divider(base: u32, wanted: u32) -> u32 {
    let divisor = base.div_ceil(wanted).div_ceil(2);
    let divisor = if divisor > 0x3ff { 0x3ff } else { divisor };
    (divisor & 0xff) << 8 | (divisor >> 8) << 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_as_the_controller_wants_them() {
        assert_eq!(GO_IDLE.word(), 0);
        assert_eq!(ALL_SEND_CID.word(), 0x0209_0000);
        assert_eq!(SELECT.word(), 0x071a_0000);
        assert_eq!(SEND_OP_COND.word(), 0x2902_0000);
        assert_eq!(READ_BLOCKS.word(), 0x123a_0036);
        assert_eq!(WRITE_BLOCKS.word(), 0x193a_0026);
        assert!(READ_BLOCKS.has_data() && WRITE_BLOCKS.has_data() && !SEND_STATUS.has_data());
        assert!(SEND_STATUS.answers_status() && !SEND_ADDRESS.answers_status());
        assert!(!SEND_OP_COND.answers_status() && !SEND_CSD.answers_status());
    }

    #[test]
    fn the_status() {
        assert!(ready(0x900) && !ready(0x800) && !ready(0xe00)); // transfer; not ready; programming
        assert_eq!(status_errors(0x0000_0920), 0); // application command expected
        assert_ne!(status_errors(1 << 26), 0); // write protection
        assert_ne!(status_errors(1 << 31), 0); // out of range
        assert_eq!(status_errors(1 << 25), 0); // locked: told, not an error
    }

    /// The response registers for these 128 bits.
    fn response(csd: u128) -> [u32; 4] {
        let bits = csd >> 8;
        [0, 32, 64, 96].map(|shift| (bits >> shift) as u32)
    }

    #[test]
    fn a_small_card() {
        // Version 1: blocks of 1024 bytes, C_SIZE 3839, C_SIZE_MULT 7: 3840 * 512 * 1024 bytes.
        let csd = 10 << 80 | 3839 << 62 | 7 << 47;
        let card = card_data(response(csd)).expect("version 1");
        assert_eq!(card.sectors, 3840 * 512 * 2);
        assert!(!card.write_protected);
    }

    #[test]
    fn a_large_card() {
        let csd = 1 << 126 | 9 << 80 | 60_947 << 48;
        assert_eq!(
            card_data(response(csd)),
            Some(CardData { sectors: 60_948 * 1024, write_protected: false })
        );
        assert_eq!(card_data(response(3 << 126)), None);
    }

    #[test]
    fn write_protection() {
        for bit in [12, 13] {
            let card = card_data(response(1 << 126 | 1 << bit)).expect("version 2");
            assert!(card.write_protected);
        }
    }

    #[test]
    fn started_or_not() {
        assert_eq!(started(0x00ff_8000), None);
        assert_eq!(started(0x80ff_8000), Some(false));
        assert_eq!(started(0xc0ff_8000), Some(true));
        assert_eq!(op_cond(true), 0x40ff_8000);
    }

    #[test]
    fn dividers() {
        assert_eq!(clock_divider(250_000_000, 25_000_000), 5 << 8);
        assert_eq!(clock_divider(100_000_000, 25_000_000), 2 << 8);
        assert_eq!(clock_divider(250_000_000, 400_000), (313 & 255) << 8 | 1 << 6);
        assert_eq!(clock_divider(u32::MAX, 1), 0xff << 8 | 3 << 6);
        assert_eq!(clock_divider(50_000_000, 25_000_000), 1 << 8);
    }
}
