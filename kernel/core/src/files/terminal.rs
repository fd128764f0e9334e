//! The terminal behind /dev/console: line editing, echo, signals from keys (termios(3)).
//!
//! One terminal, on the machine's console. The kernel feeds it bytes from the device; programs read what
//! it has made of them. What is echoed goes through [`Terminal::output`], like all that programs write.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::machine::Machine;
use crate::process::Pid;
use crate::process::signals::Signal;

/// Bytes of input that are kept for programs that do not read.
const INPUT_LIMIT: usize = 4096;
/// Marks the end of input (^D) among the bytes of the queue.
const END_OF_FILE: u16 = 0x100;

/// Bits of c_iflag.
const ICRNL: u32 = 0o400;
const INLCR: u32 = 0o100;
const IGNCR: u32 = 0o200;
/// Bits of c_oflag.
const OPOST: u32 = 0o1;
const ONLCR: u32 = 0o4;
/// Bits of c_lflag.
const ISIG: u32 = 0o1;
const ICANON: u32 = 0o2;
const ECHO: u32 = 0o10;
const ECHOE: u32 = 0o20;
const ECHOK: u32 = 0o40;
const ECHOCTL: u32 = 0o1000;
/// Background jobs that write are stopped.
const TOSTOP: u32 = 0o400;
const IEXTEN: u32 = 0o100000;

/// Indices into c_cc.
const VINTR: usize = 0;
const VQUIT: usize = 1;
const VERASE: usize = 2;
const VKILL: usize = 3;
const VEOF: usize = 4;
const VTIME: usize = 5;
const VMIN: usize = 6;
const VSUSP: usize = 10;
const VWERASE: usize = 14;

/// The kernel's `struct termios` (asm-generic/termbits.h), 36 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Termios {
    input: u32,
    output: u32,
    control: u32,
    local: u32,
    line: u8,
    characters: [u8; 19],
}

impl Default for Termios {
    fn default() -> Self {
        let mut characters = [0; 19];
        for (index, key) in [
            (VINTR, 3),
            (VQUIT, 28),
            (VERASE, 127),
            (VKILL, 21),
            (VEOF, 4),
            (VMIN, 1),
            (8, 17),
            (9, 19),
            (VSUSP, 26),
            (12, 18),
            (13, 15),
            (VWERASE, 23),
            (15, 22),
        ] {
            characters[index] = key;
        }
        Termios {
            input: ICRNL,
            output: OPOST | ONLCR,
            control: 0o14262, // 115200 baud, 8 bits, receiver on, no modem
            local: ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | IEXTEN,
            line: 0,
            characters,
        }
    }
}

impl Termios {
    /// Bytes of the structure.
    pub const SIZE: usize = 36;

    /// As TCGETS returns it.
    pub fn to_bytes(self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        for (index, word) in
            [self.input, self.output, self.control, self.local].into_iter().enumerate()
        {
            bytes[index * 4..index * 4 + 4].copy_from_slice(&word.to_le_bytes());
        }
        bytes[16] = self.line;
        bytes[17..].copy_from_slice(&self.characters);
        bytes
    }

    /// As TCSETS passes it.
    pub fn from_bytes(bytes: &[u8; Self::SIZE]) -> Self {
        let word =
            |index: usize| u32::from_le_bytes(core::array::from_fn(|byte| bytes[index * 4 + byte]));
        Termios {
            input: word(0),
            output: word(1),
            control: word(2),
            local: word(3),
            line: bytes[16],
            characters: core::array::from_fn(|index| bytes[17 + index]),
        }
    }
}

/// The terminal.
pub struct Terminal {
    /// Its settings.
    termios: Termios,
    /// Rows, columns and two words of pixels, as TIOCGWINSZ returns them.
    window: [u16; 4],
    /// The session that it controls, if any.
    session: Option<Pid>,
    /// The process group that keys and input are for.
    foreground: Pid,
    /// Has any process ever waited for input? Then somebody may still type ^C.
    was_read: bool,
    /// The line that is being edited.
    line: Vec<u8>,
    /// What may be read: bytes, and [`END_OF_FILE`] marks.
    ready: VecDeque<u16>,
}

impl Default for Terminal {
    fn default() -> Self {
        Terminal {
            termios: Termios::default(),
            window: [24, 80, 0, 0],
            session: None,
            foreground: Pid::NONE,
            was_read: false,
            line: Vec::new(),
            ready: VecDeque::new(),
        }
    }
}

impl Terminal {
    /// Its settings.
    pub fn termios(&self) -> Termios {
        self.termios
    }

    /// Rows, columns and two words of pixels, as TIOCGWINSZ returns them.
    pub fn window(&self) -> [u16; 4] {
        self.window
    }

    /// Sets those. Are they others than before?
    pub fn resize(&mut self, window: [u16; 4]) -> bool {
        core::mem::replace(&mut self.window, window) != window
    }

    /// The session that it controls, if any.
    pub fn session(&self) -> Option<Pid> {
        self.session
    }

    /// The process group that keys and input are for.
    pub fn foreground(&self) -> Pid {
        self.foreground
    }

    /// It controls this session from now on, whose foreground group is `group`.
    pub fn give(&mut self, session: Pid, group: Pid) {
        self.session = Some(session);
        self.foreground = group;
    }

    /// It controls no session any more.
    pub fn release(&mut self) {
        self.session = None;
    }

    /// A session has no leader any more. The foreground group that loses the terminal, if it controlled that session.
    pub fn hang_up(&mut self, session: Pid) -> Option<Pid> {
        if self.session != Some(session) {
            return None;
        }
        self.release();
        Some(core::mem::replace(&mut self.foreground, Pid::NONE))
    }

    /// A process waits for input.
    pub fn note_reader(&mut self) {
        self.was_read = true;
    }

    /// Has any process ever waited for input? Then somebody may still type ^C.
    pub fn was_read(&self) -> bool {
        self.was_read
    }

    /// Takes a byte from the device. Returns the signal that the key stands for, if any.
    pub fn input<M: Machine>(&mut self, machine: &mut M, byte: u8) -> Option<Signal> {
        let byte = match byte {
            b'\r' if self.has_input(IGNCR) => return None,
            b'\r' if self.has_input(ICRNL) => b'\n',
            b'\n' if self.has_input(INLCR) => b'\r',
            _ => byte,
        };
        if self.has_local(ISIG)
            && let Some(signal) = self.signal_key(byte)
        {
            self.echo(machine, byte);
            self.line.clear();
            self.ready.clear();
            return Some(signal);
        }
        if self.is_canonical() {
            self.edit(machine, byte);
        } else if self.ready.len() < INPUT_LIMIT {
            self.echo(machine, byte);
            self.push_ready(u16::from(byte));
        }
        None
    }

    fn signal_key(&self, byte: u8) -> Option<Signal> {
        let keys = [(VINTR, Signal::INT), (VQUIT, Signal::QUIT), (VSUSP, Signal::TSTP)];
        keys.into_iter().find(|&(key, _)| self.is_key(key, byte)).map(|(_, signal)| signal)
    }

    /// A byte in canonical mode: changes the line, or completes it.
    fn edit<M: Machine>(&mut self, machine: &mut M, byte: u8) {
        if self.is_key(VERASE, byte) || byte == 8 {
            self.erase(machine);
        } else if self.is_key(VWERASE, byte) && self.has_local(IEXTEN) {
            while self.line.last() == Some(&b' ') {
                self.erase(machine);
            }
            while self.line.last().is_some_and(|&last| last != b' ') {
                self.erase(machine);
            }
        } else if self.is_key(VKILL, byte) {
            while !self.line.is_empty() {
                self.erase(machine);
            }
        } else if self.is_key(VEOF, byte) {
            self.complete(Some(END_OF_FILE));
        } else if byte == b'\n' {
            self.echo(machine, byte);
            self.complete(Some(u16::from(byte)));
        } else if self.line.len() + self.ready.len() < INPUT_LIMIT
            && self.line.try_reserve(1).is_ok()
        {
            self.line.push(byte);
            self.echo(machine, byte);
        } else {
            self.output(machine, b"\x07");
        }
    }

    /// Removes the last character: all bytes of it, if it is UTF-8.
    fn erase<M: Machine>(&mut self, machine: &mut M) {
        while let Some(byte) = self.line.pop() {
            if byte & 0xc0 == 0x80 {
                continue;
            }
            if self.has_local(ECHO) && self.has_local(ECHOE) {
                let columns = if byte < 32 && self.has_local(ECHOCTL) { 2 } else { 1 };
                for _ in 0..columns {
                    machine.console_write(b"\x08 \x08");
                }
            }
            break;
        }
    }

    fn complete(&mut self, end: Option<u16>) {
        let line = core::mem::take(&mut self.line);
        for byte in line.into_iter().map(u16::from).chain(end) {
            self.push_ready(byte);
        }
    }

    fn push_ready(&mut self, byte: u16) {
        if self.ready.try_reserve(1).is_ok() {
            self.ready.push_back(byte);
        }
    }

    fn echo<M: Machine>(&mut self, machine: &mut M, byte: u8) {
        if !self.has_local(ECHO) {
            return;
        }
        if (byte < 32 || byte == 127) && self.has_local(ECHOCTL) && byte != b'\n' && byte != b'\t' {
            machine.console_write(&[b'^', byte ^ 0x40]);
        } else {
            self.output(machine, &[byte]);
        }
    }

    /// Is there something to read, or the end of input?
    pub fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Is there as much to read as is kept? Then what comes waits in the device, as far as that can wait, keys for signals too.
    pub fn is_full(&self) -> bool {
        self.is_ready() && self.line.len() + self.ready.len() >= INPUT_LIMIT
    }

    /// Bytes that can be read now (FIONREAD).
    pub fn available(&self) -> usize {
        let end = self.ready.iter().position(|&byte| byte == END_OF_FILE);
        end.unwrap_or(self.ready.len())
    }

    /// May a reader return now, even with nothing? True in raw mode with VMIN 0.
    pub fn polls(&self) -> bool {
        !self.is_canonical() && self.termios.characters[VMIN] == 0
    }

    /// With VMIN 0: how long a reader waits, in nanoseconds.
    pub fn poll_time(&self) -> u64 {
        u64::from(self.termios.characters[VTIME]) * 100_000_000
    }

    /// Takes what a read of `into.len()` bytes gets: a line at most in canonical mode. 0 is the end of input.
    pub fn read(&mut self, into: &mut [u8]) -> usize {
        let mut length = 0;
        while length < into.len() {
            match self.ready.pop_front() {
                None => break,
                Some(END_OF_FILE) if length > 0 => {
                    // ^D after text only ends the line.
                    break;
                }
                Some(END_OF_FILE) => return 0,
                Some(byte) => {
                    into[length] = byte as u8;
                    length += 1;
                    if byte == u16::from(b'\n') && self.is_canonical() {
                        return length;
                    }
                }
            }
        }
        if length == into.len() && self.ready.front() == Some(&END_OF_FILE) && self.is_canonical() {
            self.ready.pop_front();
        }
        length
    }

    /// Writes to the device; a newline gets its carriage return when the settings say so.
    pub fn output<M: Machine>(&self, machine: &mut M, bytes: &[u8]) {
        if self.termios.output & (OPOST | ONLCR) != OPOST | ONLCR {
            return machine.console_write(bytes);
        }
        for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            if index > 0 {
                machine.console_write(b"\r\n");
            }
            if !line.is_empty() {
                machine.console_write(line);
            }
        }
    }

    /// New settings; a line that was being edited becomes readable when the line mode ends.
    pub fn set_termios(&mut self, termios: Termios) {
        self.termios = termios;
        if !self.is_canonical() {
            self.complete(None);
            self.ready.retain(|&byte| byte != END_OF_FILE);
        }
    }

    /// Throws input away (TCSETSF, TCFLSH).
    pub fn flush_input(&mut self) {
        self.line.clear();
        self.ready.clear();
    }

    /// Are background jobs that write stopped (TOSTOP)?
    pub fn stops_writers(&self) -> bool {
        self.has_local(TOSTOP)
    }

    fn is_canonical(&self) -> bool {
        self.has_local(ICANON)
    }

    fn has_local(&self, bit: u32) -> bool {
        self.termios.local & bit != 0
    }

    fn has_input(&self, bit: u32) -> bool {
        self.termios.input & bit != 0
    }

    fn is_key(&self, key: usize, byte: u8) -> bool {
        byte != 0 && self.termios.characters[key] == byte
    }
}
