//! Messages to the VideoCore firmware through the property mailbox: one tag each.
//!
//! Words: bytes of the message · request code, or answer's code · tag · bytes of the value · bit 31 and the
//! length of the answer · the value · 0, the end of the tags.

/// Words of a message: a multiple of 16 bytes, as the mailbox wants.
pub const WORDS: usize = 8;

const REQUEST: u32 = 0;
const DONE: u32 = 1 << 31;
const VALUE: usize = 5;
const VALUE_BYTES: u32 = 8;

/// What is asked; every tag here has a value of two words at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Start and size of the processor's memory below 1 GiB.
    ArmMemory,
    /// Start and size of the VideoCore's.
    VideoMemory,
    /// A clock's number; answer: the number, hertz.
    ClockRate,
    /// A clock's number and 1 for on; answer: the number, its state.
    SetClockState,
    /// A line of the firmware's own GPIO expander (from 128 on), and its state.
    SetGpioState,
}

impl Tag {
    const fn number(self) -> u32 {
        match self {
            Tag::ArmMemory => 0x0001_0005,
            Tag::VideoMemory => 0x0001_0006,
            Tag::ClockRate => 0x0003_0002,
            Tag::SetClockState => 0x0003_8001,
            Tag::SetGpioState => 0x0003_8041,
        }
    }
}

/// The message that asks for `tag`.
pub const fn request(tag: Tag, value: [u32; 2]) -> [u32; WORDS] {
    [
        (WORDS * size_of::<u32>()) as u32,
        REQUEST,
        tag.number(),
        VALUE_BYTES,
        0,
        value[0],
        value[1],
        0,
    ]
}

/// The value in the firmware's answer; None where it did not know the tag, or answered another question.
pub fn answer(message: &[u32; WORDS], tag: Tag) -> Option<[u32; 2]> {
    let answered = message[1] == DONE && message[2] == tag.number() && message[4] & DONE != 0;
    (answered && message[4] & !DONE >= VALUE_BYTES).then(|| [message[VALUE], message[VALUE + 1]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_whole() {
        assert_eq!(request(Tag::ClockRate, [2, 0]), [32, 0, 0x30002, 8, 0, 2, 0, 0]);
    }

    #[test]
    fn an_answer() {
        let message = [32, DONE, 0x10005, 8, DONE | 8, 0, 0x3c00_0000, 0];
        assert_eq!(answer(&message, Tag::ArmMemory), Some([0, 0x3c00_0000]));
        assert_eq!(answer(&message, Tag::ClockRate), None);
    }

    #[test]
    fn no_answer() {
        let request = request(Tag::ArmMemory, [0, 0]);
        assert_eq!(answer(&request, Tag::ArmMemory), None); // untouched
        let mut message = request;
        message[1] = DONE | 1; // "error parsing the request"
        message[4] = DONE | 8;
        assert_eq!(answer(&message, Tag::ArmMemory), None);
        message[1] = DONE;
        message[4] = 0; // the tag was skipped
        assert_eq!(answer(&message, Tag::ArmMemory), None);
        message[4] = DONE | 4; // cut short
        assert_eq!(answer(&message, Tag::ArmMemory), None);
    }
}
