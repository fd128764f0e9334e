//! This processor against another: random blocks of instructions, from the decode tables, run in both.
//!
//!     differential ORACLE-COMMAND FOLDER SEED INSTRUCTIONS SECONDS [ROWS]
//!
//! SECONDS bounds the oracle's answer to one batch. ROWS: `integer` for the rows without a vector register, or a part of
//! their names.
//!
//! The oracle is `tests/oracle` under `qemu-aarch64`, which reads blocks and answers with registers. Each block is run from
//! several states; registers must be the same after each, the data area after the block. Every row of every table is
//! drawn as often as any other, but those that `is_left_out` names; one that was never drawn is an error.

use processor::memory::{Access, Memory, Page};
use processor::op::Op;
use processor::state::State;
use processor::word::Word;
use processor::{Processor, Stop, decode};
use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// As in oracle.c.
const CODE: u64 = 0x1000_0000;
const DATA: u64 = 0x2000_0000;
const DATA_PAGES: usize = 4;
/// Instructions of a block, and states that it is run from.
const BLOCK: usize = 16;
const STATES: usize = 16;
/// Behind a block: what a branch over its end, or a literal of four words, may reach.
const PADDING: usize = 8;
/// Blocks that go to the oracle at once.
const BATCH: usize = 512;
const NOP: Word = 0xd503_201f;
const SVC: Word = 0xd400_0001;
/// Bytes of the answer to a block: registers for each state, the sum over the data area.
const ANSWER: usize = 800 * STATES + 8;

/// Registers with a meaning: no random instruction writes to them. X25 and X28 are bases, the one aligned, X28 not
/// always; X27 is a small offset, X26 the end of the block.
const RESERVED: std::ops::RangeInclusive<u32> = 25..=28;

/// Rows that stop a block, or differ by nature.
fn is_left_out(row: &str) -> bool {
    const ROWS: [&str; 6] = [
        "UDF",
        "SVC",
        "BRK",
        "MRS (CNTVCT_EL0)",
        "MRS (CNTFRQ_EL0)",
        "NOP, YIELD, WFE, WFI, SEV, SEVL",
    ];
    ROWS.contains(&row) || row.contains("TPIDR")
}

/// Rows of the general registers and of memory: what an oracle without floating point can say. System registers and
/// instructions are each oracle's own. In SLEIGH, as icicle-emu 0.0.11 has it, CRC32 means nothing, a store-exclusive always
/// succeeds, and a literal of 64 bits leaves the upper half of its register as it was.
fn is_integer(row: &str, table: &str) -> bool {
    const SYSTEM: [&str; 3] = ["System instructions", "System register move", "Barriers"];
    const NO_JUDGE: [&str; 3] =
        ["CRC32, CRC32C", "LDXR, STXR, LDXP, STXP, LDAR, STLR", "LDR (literal, 64-bit)"];
    let is_vector = |text: &str| ["SIMD", "loating-point"].iter().any(|part| text.contains(part));
    !is_vector(row) && !is_vector(table) && !SYSTEM.contains(&table) && !NO_JUDGE.contains(&row)
}

/// Words of these rows where SLEIGH, as icicle-emu 0.0.11 has it, is not as the manual (C6.2) and QEMU: LDRSB and LDRSH
/// extend a W register to 64 bits or not at all, LDPSW loads other bytes, BFM of W registers takes more bits than its
/// field has, ADCS and SBCS to WZR set N and Z for zero.
fn is_misjudged(op: &Op) -> bool {
    use processor::op::Width::{SignedBtoW, SignedHtoW};
    match op {
        Op::Load { width, .. } | Op::LoadRegister { width, .. } => {
            [SignedBtoW, SignedHtoW].contains(width)
        }
        Op::LoadPair32 { signed, .. } => *signed,
        Op::InsertField { wide, .. } => !wide,
        Op::SumCarry { d, sum, .. } => *d == processor::state::SINK && sum.set_flags,
        _ => false,
    }
}

struct Random(u64);

impl Random {
    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// An operand: anything, or a corner of integers or of floating point, in one or in two halves.
    fn operand(&mut self) -> u64 {
        const CORNERS: [u64; 28] = [
            0,
            1,
            2,
            u64::MAX,
            1 << 63,
            (1 << 63) - 1,
            1 << 31,
            (1 << 31) - 1,
            0xffff_ffff,
            0x7f,
            0x80,
            0x7fff_8000_0000_ffff,
            0x7ff0_0000_0000_0000,
            0xfff0_0000_0000_0000,
            0x7ff8_0000_0000_0000,
            0x7ff0_0000_0000_0001,
            0xfff4_0000_0000_0000,
            0x0010_0000_0000_0000,
            0x000f_ffff_ffff_ffff,
            0x7fef_ffff_ffff_ffff,
            0x3ff0_0000_0000_0000,
            0x4000_0000_0000_0000,
            0x43e0_0000_0000_0000,
            0x41e0_0000_0000_0000,
            0x8000_0000_0000_0001,
            0xbfe0_0000_0000_0000,
            0x3ca0_0000_0000_0000,
            0x47f0_0000_0000_0000,
        ];
        const HALVES: [u32; 18] = [
            0,
            1,
            u32::MAX,
            1 << 31,
            0x7f80_0000,
            0xff80_0000,
            0x7fc0_0000,
            0x7f80_0001,
            0xffa0_0000,
            0x0080_0000,
            0x007f_ffff,
            0x8000_0001,
            0x7f7f_ffff,
            0x3f80_0000,
            0x4f00_0000,
            0xbf00_0000,
            0x7c00_fc01,
            0x0400_7bff,
        ];
        let pair = |random: &mut Self| {
            let mut half = || u64::from(HALVES[random.below(HALVES.len())]);
            half() | half() << 32
        };
        match self.below(8) {
            0 | 1 => CORNERS[self.below(CORNERS.len())],
            2 | 3 => pair(self),
            // Near 1, in both precisions.
            4 => (self.next() & 0x800f_ffff_800f_ffff) | 0x3f80_0000_3f80_0000,
            5 => {
                let exponent = 0x3ff - 70 + self.next() % 140;
                self.next() & 0x800f_ffff_ffff_ffff | exponent << 52
            }
            6 => self.next() >> self.below(64),
            _ => self.next(),
        }
    }

    fn state(&mut self) -> State {
        let mut state = State::default();
        for x in state.all_x_mut() {
            *x = self.operand();
        }
        let x = state.all_x_mut();
        let middle = DATA + (DATA_PAGES as u64) * 2048;
        (x[25], x[26]) = (middle + 64, CODE + 4 * (BLOCK + PADDING) as u64);
        (x[27], x[28]) = (self.next() % 64, middle + self.next() % 128 - 64);
        state.set_sp(middle + 16 * (self.next() % 16));
        for v in &mut state.v {
            let low = self.operand();
            *v = u128::from(low) | u128::from(self.operand()) << 64;
        }
        state.nzcv = (self.next() as u32) & 0xf000_0000;
        // The usual modes half of the time: there the host's arithmetic is asked.
        if self.below(2) == 0 {
            state.set_fpcr(self.next());
        }
        let status = [0, 0x10, self.next()][self.below(3)];
        state.set_fpsr(status & 0x0800_009f);
        state
    }

    /// A word of a row, with fields that a block can bear; None where it is none.
    fn word(&mut self, row: &processor::encoding::Row, left: usize) -> Option<Word> {
        let mut word = self.next() as Word & !row.mask | row.value;
        let set =
            |word: &mut Word, low: u32, value: u32| *word = *word & !(31 << low) | value << low;
        let get = |word: Word, low: u32| word >> low & 31;
        match row.name {
            name if is_left_out(name) => return None,
            "BR" | "BLR" | "RET" => set(&mut word, 5, 26),
            "DC ZVA" | "IC IVAU" | "DC CVAC" | "DC CVAU" | "DC CIVAC" => set(&mut word, 0, 28),
            _ => {}
        }
        let forward = 1 + self.below(left.min(3)) as u32;
        match decode::decode(word) {
            Op::Undefined(_) => return None,
            Op::Branch { .. } | Op::BranchLink { .. } => word = word & !0x03ff_ffff | forward,
            Op::BranchIf { .. } | Op::CompareBranch { .. } => {
                word = word & !0x00ff_ffe0 | forward << 5
            }
            Op::TestBranch { .. } => word = word & !0x0007_ffe0 | forward << 5,
            Op::LoadLiteral { .. } | Op::LoadVLiteral { .. } => {
                // Not the last word, which differs.
                word = word & !0x00ff_ffe0 | (self.below(left.min(4)) as u32) << 5;
            }
            Op::LoadRegister { .. }
            | Op::StoreRegister { .. }
            | Op::LoadVRegister { .. }
            | Op::StoreVRegister { .. } => {
                set(&mut word, 5, 28);
                set(&mut word, 16, 27);
            }
            Op::Exclusive(_) => set(&mut word, 5, 25),
            Op::Structures(_) => {
                set(&mut word, 5, 28);
                if get(word, 16) != 31 && word >> 23 & 1 != 0 {
                    set(&mut word, 16, 27);
                }
            }
            _ if row.name.contains("LD") || row.name.contains("ST") => {
                if word >> 24 & 0b11_1011 == 0b11_1001 {
                    word &= !(0xf << 18); // the scaled offset stays in the area
                }
                let base =
                    if word >> 24 & 0b11_1011 == 0b11_1001 && self.below(4) == 0 { 31 } else { 28 };
                set(&mut word, 5, base);
            }
            _ => {}
        }
        // What is written must not be reserved, nor SP.
        let writes_general = !matches!(decode::decode(word), Op::StoreV { .. } | Op::LoadV { .. });
        for low in [0, 10, 16] {
            let is_base = low == 16 && get(word, low) == 27;
            let is_target = low == 0 && !["DC", "IC"].iter().any(|kind| row.name.starts_with(kind))
                || row.name.contains("LD")
                || row.name.contains("ST");
            if writes_general
                && is_target
                && !is_base
                && RESERVED.contains(&get(word, low))
                && row.mask >> low & 31 == 0
            {
                let lower = get(word, low) - 8;
                set(&mut word, low, lower);
            }
        }
        let writes_sp = match decode::decode(word) {
            Op::AddImmediate64 { d, .. }
            | Op::AddImmediate32 { d, .. }
            | Op::AndImmediate { d, .. }
            | Op::OrImmediate { d, .. }
            | Op::XorImmediate { d, .. }
            | Op::SumExtended { d, .. } => d == processor::state::SP,
            Op::Undefined(_) => return None,
            _ => false,
        };
        (!writes_sp).then_some(word)
    }
}

/// Memory of both areas.
struct Areas {
    code: Page,
    data: [Page; DATA_PAGES],
}

impl Memory for Areas {
    fn translate(&mut self, address: u64, access: Access) -> Option<u32> {
        let page = address.wrapping_sub(DATA) >> 12;
        match (address >> 12 == CODE >> 12, access) {
            (true, Access::Read | Access::Execute) => Some(0),
            _ if page < DATA_PAGES as u64 => Some(1 + page as u32),
            _ => None,
        }
    }

    fn page(&self, frame: u32) -> &Page {
        if frame == 0 { &self.code } else { &self.data[frame as usize - 1] }
    }

    fn page_mut(&mut self, frame: u32) -> &mut Page {
        if frame == 0 { &mut self.code } else { &mut self.data[frame as usize - 1] }
    }
}

impl Areas {
    /// The oracle's sum over the data area.
    fn sum(&self) -> u64 {
        let (words, _) = self.data.as_flattened().as_chunks::<8>();
        words
            .iter()
            .fold(0u64, |sum, word| sum.wrapping_mul(31).wrapping_add(u64::from_le_bytes(*word)))
    }
}

struct Block {
    words: Vec<Word>,
    states: Vec<State>,
}

fn block(
    random: &mut Random,
    rows: &[(&'static processor::encoding::Row, usize)],
    drawn: &mut [u64],
    is_fit: fn(&Op) -> bool,
) -> Block {
    let mut words = Vec::new();
    let (mut moves, mut exclusive) = (0, None);
    while words.len() < BLOCK {
        let (row, index) = rows[random.below(rows.len())];
        let Some(word) = random.word(row, BLOCK + 4 - words.len() - 1) else { continue };
        if !is_fit(&decode::decode(word)) {
            continue;
        }
        // A base that wanders must not leave the area.
        let wanders =
            row.name.contains("post") || row.name.contains("pre-") || row.name.contains("LDP");
        moves += usize::from(wanders);
        if wanders && moves > 3 {
            continue;
        }
        // A store-exclusive of another size than the load is CONSTRAINED UNPREDICTABLE: a block has one size.
        if row.name.starts_with("LDXR") && word >> 23 & 1 == 0 {
            let size = (word >> 30, word >> 21 & 1);
            if *exclusive.get_or_insert(size) != size {
                continue;
            }
        }
        drawn[index] += 1;
        words.push(word);
    }
    words.extend([NOP; PADDING]);
    Block { words, states: (0..STATES).map(|_| random.state()).collect() }
}

fn bytes_of(state: &State) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(800);
    let own = [state.sp(), state.nzcv.into(), state.fpcr.into(), state.fpsr.into(), 0];
    for word in state.all_x().iter().chain(&own) {
        bytes.extend(word.to_le_bytes());
    }
    for v in &state.v {
        bytes.extend(v.to_le_bytes());
    }
    bytes
}

/// What the oracle answered, and what is wrong with it.
struct Answer {
    bytes: Vec<u8>,
    trouble: Option<String>,
}

fn ask(command: &str, folder: &str, blocks: &[Block], bound: Duration) -> std::io::Result<Answer> {
    let mut input = Vec::new();
    for block in blocks {
        input.extend((block.words.len() as u32).to_le_bytes());
        input.extend((block.states.len() as u32).to_le_bytes());
        block.words.iter().for_each(|word| input.extend(word.to_le_bytes()));
        block.states.iter().for_each(|state| input.extend(bytes_of(state)));
    }
    let path = format!("{folder}/blocks");
    File::create(&path)?.write_all(&input)?;
    let mut words = command.split_ascii_whitespace();
    let mut child = Command::new(words.next().unwrap_or_default())
        .args(words)
        .stdin(File::open(&path)?)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdout = child.stdout.take().expect("it is piped");
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut piece = [0; 1 << 16];
        while let Ok(count @ 1..) = stdout.read(&mut piece) {
            // Nobody listens once the time is over.
            if sender.send(piece[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    let end = Instant::now() + bound;
    let mut bytes = Vec::new();
    let in_time = loop {
        match receiver.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(piece) => bytes.extend(piece),
            Err(RecvTimeoutError::Disconnected) => break true,
            Err(RecvTimeoutError::Timeout) => break false,
        }
    };
    if !in_time {
        child.kill()?;
    }
    let status = child.wait()?;
    let done = bytes.len() / ANSWER;
    let trouble = match in_time {
        false => Some(format!("no answer within {} s", bound.as_secs())),
        true if !status.success() => Some(format!("it ended with {status}")),
        true if done < blocks.len() => Some("it ended early".into()),
        true => None,
    };
    let trouble = trouble.map(|what| format!("{what}, after {done} blocks of {}", blocks.len()));
    Ok(Answer { bytes, trouble })
}

/// Runs the block from its states, and compares; the first difference is told.
fn compare(block: &Block, areas: &mut Areas, answer: &[u8]) -> Result<u64, String> {
    areas.code = [0; 4096];
    for (place, word) in areas.code.chunks_exact_mut(4).zip(block.words.iter().chain([&SVC])) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    let mut processor = Processor::new(1 + DATA_PAGES);
    for (number, state) in block.states.iter().enumerate() {
        processor.state = state.clone();
        processor.state.pc = CODE;
        let stop = processor.run(areas, 1000);
        if stop != Stop::SupervisorCall {
            return Err(format!("state {number}: {stop:?} at {:#x}", processor.state.pc));
        }
        let found = bytes_of(&processor.state);
        let expected = &answer[800 * number..800 * (number + 1)];
        if found != expected {
            return Err(difference(number, state, &found, expected));
        }
    }
    if answer[800 * STATES..] != areas.sum().to_le_bytes() {
        return Err("the data area differs".into());
    }
    Ok(processor.instructions())
}

fn difference(number: usize, state: &State, found: &[u8], expected: &[u8]) -> String {
    let mut text = format!("state {number}, fpcr {:#x}, fpsr {:#x}:", state.fpcr, state.fpsr);
    for at in (0..800).step_by(8).filter(|&at| found[at..at + 8] != expected[at..at + 8]) {
        let word =
            |bytes: &[u8]| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
        let name = match at {
            0..248 => format!("x{}", at / 8),
            248 => "sp".into(),
            256 => "nzcv".into(),
            264 => "fpcr".into(),
            272 => "fpsr".into(),
            _ => format!("v{}[{}]", (at - 288) / 16, (at - 288) / 8 % 2),
        };
        let before = word(&bytes_of(state));
        text += &format!(
            "\n  {name}: here {:#x}, there {:#x}, before {before:#x}",
            word(found),
            word(expected)
        );
    }
    text
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, folder, seed, wanted, seconds, rows @ ..] = &arguments[..] else {
        eprintln!("differential ORACLE-COMMAND FOLDER SEED INSTRUCTIONS SECONDS [ROWS]");
        return ExitCode::from(2);
    };
    let (Ok(seed), Ok(wanted), Ok(seconds)) =
        (seed.parse(), wanted.parse::<u64>(), seconds.parse())
    else {
        eprintln!("differential: SEED, INSTRUCTIONS and SECONDS are numbers");
        return ExitCode::from(2);
    };
    let bound = Duration::from_secs(seconds);
    let only = rows.first().map_or("", String::as_str);
    let all: Vec<_> = decode::tables()
        .flat_map(|table| table.rows.iter().map(move |row| (row, table)))
        .filter(|(row, table)| match only {
            "integer" => is_integer(row.name, table.title),
            _ => row.name.contains(only),
        })
        .map(|(row, _)| row)
        .collect();
    let is_fit: fn(&Op) -> bool = if only == "integer" { |op| !is_misjudged(op) } else { |_| true };
    let usable: Vec<_> = all.iter().enumerate().map(|(at, row)| (*row, at)).collect();
    let (mut random, mut drawn) = (Random(seed), vec![0; all.len()]);
    let (mut done, mut failures) = (0, 0);
    while done < wanted && failures < 10 {
        let blocks: Vec<Block> =
            (0..BATCH).map(|_| block(&mut random, &usable, &mut drawn, is_fit)).collect();
        let answer = match ask(command, folder, &blocks, bound) {
            Ok(answer) => answer,
            Err(error) => {
                eprintln!("differential: {command}: {error}");
                return ExitCode::FAILURE;
            }
        };
        if let Some(trouble) = &answer.trouble {
            println!("the oracle: {trouble}; the block:");
            blocks.get(answer.bytes.len() / ANSWER).inspect(|block| show(block));
            failures += 1;
        }
        // The oracle's data area begins with zeros in each batch.
        let mut areas = Areas { code: [0; 4096], data: [[0; 4096]; DATA_PAGES] };
        for (block, answer) in blocks.iter().zip(answer.bytes.chunks_exact(ANSWER)) {
            match compare(block, &mut areas, answer) {
                Ok(instructions) => done += instructions,
                Err(why) => {
                    failures += 1;
                    println!("differs: {why}");
                    show(block);
                    break; // the areas are no longer the same
                }
            }
        }
        if answer.trouble.is_some() {
            break;
        }
    }
    report(&all, &drawn, done, failures)
}

fn show(block: &Block) {
    for word in &block.words {
        println!("  {word:#010x}  {}", decode::find(*word).map_or("", |row| row.name));
    }
}

fn report(all: &[&processor::encoding::Row], drawn: &[u64], done: u64, failures: u64) -> ExitCode {
    let never = all.iter().zip(drawn).filter(|(_, count)| **count == 0);
    let never: Vec<_> = never.map(|(row, _)| row.name).collect();
    println!(
        "{done} instructions, {failures} blocks differ; rows that were not drawn: {}",
        never.join("; ")
    );
    match failures == 0 && never.iter().all(|name| is_left_out(name)) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
