//! What the comparison with QEMU leaves out (`is_left_out` in `examples/differential.rs`), and what it cannot see: where it
//! stops, what a trap finds, code that changes. Words and values are from DDI 0487, sections C6.2, C7.2, D1 and D19.

use processor::memory::{Access, Fault, Memory, PAGE_SIZE, Page};
use processor::{Processor, Stop};

/// Pages at CODE, the last but one of them code, and nothing behind.
struct Flat {
    pages: [Page; PAGES],
    writable: [bool; PAGES],
}

const CODE: u64 = 0x1_2345_6000;
const PAGES: usize = 4;
const DATA: u64 = CODE + 2 * PAGE_SIZE as u64;

impl Memory for Flat {
    fn translate(&mut self, address: u64, access: Access) -> Option<u32> {
        let page = usize::try_from(address.checked_sub(CODE)? / PAGE_SIZE as u64).ok()?;
        (page < PAGES && (access != Access::Write || self.writable[page])).then_some(page as u32)
    }

    fn page(&self, frame: u32) -> &Page {
        &self.pages[frame as usize]
    }

    fn page_mut(&mut self, frame: u32) -> &mut Page {
        &mut self.pages[frame as usize]
    }
}

impl Flat {
    fn put(&mut self, address: u64, words: &[u32]) {
        let bytes = words.iter().flat_map(|word| word.to_le_bytes());
        let start = (address - CODE) as usize;
        self.pages.as_flattened_mut()[start..]
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = from);
    }
}

/// A processor at CODE, where these words are.
fn at_code(words: &[u32]) -> (Processor, Flat) {
    let mut memory = Flat { pages: [[0; PAGE_SIZE]; PAGES], writable: [true; PAGES] };
    memory.put(CODE, words);
    let mut processor = Processor::new(PAGES);
    processor.state.pc = CODE;
    (processor, memory)
}

const SVC: u32 = 0xd400_0001;
const NOP: u32 = 0xd503_201f;
const MOV_X0_1: u32 = 0xd280_0020;
const MOV_X0_2: u32 = 0xd280_0040;
const RET: u32 = 0xd65f_03c0;
const ISB: u32 = 0xd503_3fdf;
const IC_IVAU_X1: u32 = 0xd50b_7521;
const STR_W2_X1: u32 = 0xb900_0022;
const BLR_X1: u32 = 0xd63f_0020;

#[test]
fn what_el0_may_not_do_is_undefined_and_nothing_happens() {
    // UDF #0 and #0xffff; HVC, SMC, HLT, DCPS1, ERET; MSR DAIFSet, MRS CurrentEL, MSR TPIDRRO_EL0, MRS SCTLR_EL1, TLBI VMALLE1;
    // LDADD (ARMv8.1), SM3 and SVE words, a word of an unallocated group.
    for word in [
        0,
        0xffff,
        0xd400_0002,
        0xd400_0003,
        0xd440_0000,
        0xd4a0_0001,
        0xd69f_03e0,
        0xd503_42df,
        0xd538_4240,
        0xd51b_d060,
        0xd538_1000,
        0xd508_871f,
        0xb820_0000,
        0xce60_c000,
        0x0420_0000,
        0xffff_ffff,
    ] {
        let (mut processor, mut memory) = at_code(&[NOP, word]);
        assert_eq!(processor.run(&mut memory, 100), Stop::Undefined(word), "{word:#010x}");
        assert_eq!((processor.state.pc, processor.instructions()), (CODE + 4, 1), "{word:#010x}");
        assert_eq!(processor.state.all_x(), &[0; 31]);
    }
}

#[test]
fn svc_returns_behind_itself_and_brk_to_itself() {
    for immediate in [0, 1, 0xffff] {
        let (mut processor, mut memory) = at_code(&[SVC | immediate << 5]);
        assert_eq!(processor.run(&mut memory, 100), Stop::SupervisorCall);
        assert_eq!((processor.state.pc, processor.instructions()), (CODE + 4, 1));
        let (mut processor, mut memory) = at_code(&[0xd420_0000 | immediate << 5]);
        assert_eq!(processor.run(&mut memory, 100), Stop::Breakpoint);
        assert_eq!((processor.state.pc, processor.instructions()), (CODE, 0));
    }
}

#[test]
fn every_hint_does_nothing() {
    // NOP, YIELD, WFE, WFI, SEV, SEVL; to an ARMv8.0 processor so are PACIASP, BTI and the rest.
    let words: Vec<u32> = (0..128).map(|hint| 0xd503_201f | hint << 5).chain([SVC]).collect();
    let (mut processor, mut memory) = at_code(&words);
    for (number, x) in processor.state.all_x_mut().iter_mut().enumerate() {
        *x = 0x0123_4567_89ab_cdef_u64.wrapping_mul(number as u64);
    }
    let before = format!("{:?}", processor.state);
    assert_eq!(processor.run(&mut memory, 1000), Stop::SupervisorCall);
    assert_eq!(processor.instructions(), 129);
    processor.state.pc = CODE;
    assert_eq!(format!("{:?}", processor.state), before);
}

#[test]
fn the_counter_counts_instructions_across_traps_and_pages() {
    // MRS X0, CNTFRQ_EL0; MRS X1, CNTVCT_EL0; NOP; MRS X2, CNTVCT_EL0; SVC; MRS X3, CNTVCT_EL0; SVC
    let words = [0xd53b_e000, 0xd53b_e041, NOP, 0xd53b_e042, SVC, 0xd53b_e043, SVC];
    let (mut processor, mut memory) = at_code(&[]);
    processor.state.pc = CODE + PAGE_SIZE as u64 - 12; // the second MRS is the first page's last but one word
    memory.put(processor.state.pc, &words);
    processor.counter_offset = 1 << 40;
    assert_eq!(processor.run(&mut memory, 100), Stop::SupervisorCall);
    processor.counter_offset += 1000;
    assert_eq!(processor.run(&mut memory, 100), Stop::SupervisorCall);
    let [frequency, first, second, third] =
        *processor.state.all_x().first_chunk().expect("31 of them");
    assert_eq!(frequency, 1_000_000_000);
    assert_eq!((second - first, third - second), (2, 2 + 1000));
    assert!((1 << 40..(1 << 40) + 4).contains(&first));
}

#[test]
fn thread_pointers() {
    // MSR TPIDR_EL0, X0; MRS X1, TPIDR_EL0; MRS X2, TPIDRRO_EL0; MSR TPIDR_EL0, XZR; MRS X3, TPIDR_EL0
    let words = [0xd51b_d040, 0xd53b_d041, 0xd53b_d062, 0xd51b_d05f, 0xd53b_d043, SVC];
    let (mut processor, mut memory) = at_code(&words);
    let x = processor.state.all_x_mut();
    (x[0], x[2], x[3]) = (0xfedc_ba98_7654_3210, 7, 7);
    assert_eq!(processor.run(&mut memory, 100), Stop::SupervisorCall);
    assert_eq!(processor.state.all_x()[..4], [0xfedc_ba98_7654_3210, 0xfedc_ba98_7654_3210, 0, 0]);
    assert_eq!(processor.state.tpidr, 0);
}

#[test]
fn alignment_of_pc_sp_and_exclusives() {
    let (mut processor, mut memory) = at_code(&[0xd61f_0000]); // BR X0
    processor.state.all_x_mut()[0] = CODE + 2;
    assert_eq!(processor.run(&mut memory, 100), Stop::ProgramCounter);
    assert_eq!(processor.state.pc, CODE + 2);
    // LDR X0, [SP]: SP as a base, of any access, is a multiple of 16; as an operand it need not be: ADD X0, SP, #1.
    for (word, stop) in [(0xf940_03e0, Stop::StackPointer), (0x9100_07e0, Stop::Undefined(0))] {
        let (mut processor, mut memory) = at_code(&[word]);
        processor.state.set_sp(DATA + 8);
        assert_eq!(processor.run(&mut memory, 100), stop);
    }
    // LDXR X0, [X1] is to be aligned, LDR X0, [X1] is not.
    for (word, stop) in
        [(0xc85f_7c20, Stop::Alignment(DATA + 4)), (0xf940_0020, Stop::Undefined(0))]
    {
        let (mut processor, mut memory) = at_code(&[word]);
        processor.state.all_x_mut()[1] = DATA + 4;
        assert_eq!(processor.run(&mut memory, 100), stop);
    }
}

#[test]
fn a_store_that_faults_in_its_second_page_writes_nothing_and_keeps_its_base() {
    // STP X2, X3, [X1], #16 across a border, behind which nothing may be written.
    let (mut processor, mut memory) = at_code(&[0xa881_0c22]);
    memory.writable[3] = false;
    let address = DATA + PAGE_SIZE as u64 - 8;
    let x = processor.state.all_x_mut();
    (x[1], x[2], x[3]) = (address, u64::MAX, u64::MAX);
    let fault = Fault { address: address + 8, access: Access::Write };
    assert_eq!(processor.run(&mut memory, 100), Stop::Fault(fault));
    assert_eq!((processor.state.pc, processor.state.all_x()[1]), (CODE, address));
    assert_eq!(memory.pages[2], [0; PAGE_SIZE]);
}

#[test]
fn code_goes_on_in_the_next_page_and_faults_where_there_is_none() {
    let (mut processor, mut memory) = at_code(&[]);
    let end = CODE + (PAGES * PAGE_SIZE) as u64;
    processor.state.pc = end - PAGE_SIZE as u64 - 4;
    memory.put(processor.state.pc, &[NOP; 1 + PAGE_SIZE / 4]);
    let fault = Fault { address: end, access: Access::Execute };
    assert_eq!(processor.run(&mut memory, 5000), Stop::Fault(fault));
    assert_eq!((processor.state.pc, processor.instructions()), (end, 1 + PAGE_SIZE as u64 / 4));
}

/// X1: a function of two words that gives 1. It is called, changed, and called again.
fn changing(words: &[u32]) -> (Processor, Flat) {
    let (mut processor, mut memory) = at_code(words);
    memory.put(DATA, &[MOV_X0_1, RET]);
    let x = processor.state.all_x_mut();
    (x[1], x[2]) = (DATA, MOV_X0_2.into());
    (processor, memory)
}

#[test]
fn code_that_a_program_changes_is_decoded_again() {
    let (mut processor, mut memory) = changing(&[BLR_X1, STR_W2_X1, IC_IVAU_X1, ISB, BLR_X1, SVC]);
    assert_eq!(processor.run(&mut memory, 100), Stop::SupervisorCall);
    assert_eq!(processor.state.all_x()[0], 2);
}

#[test]
fn code_that_the_embedder_changes_is_decoded_again_after_ic_ivau() {
    // As read(2) into memory that was executed, which the program then makes known.
    let (mut processor, mut memory) = changing(&[BLR_X1, SVC, IC_IVAU_X1, ISB, BLR_X1, SVC]);
    assert_eq!(processor.run(&mut memory, 100), Stop::SupervisorCall);
    memory.put(DATA, &[MOV_X0_2]);
    assert_eq!(processor.run(&mut memory, 100), Stop::SupervisorCall);
    assert_eq!(processor.state.all_x()[0], 2);
}

#[test]
fn code_may_change_the_word_behind_it() {
    // STR W2, [X1] writes the word that is executed next, in the same page.
    let (mut processor, mut memory) = at_code(&[STR_W2_X1, MOV_X0_1, SVC]);
    let x = processor.state.all_x_mut();
    (x[1], x[2]) = (CODE + 4, MOV_X0_2.into());
    assert_eq!(processor.run(&mut memory, 100), Stop::SupervisorCall);
    assert_eq!(processor.state.all_x()[0], 2);
}

#[test]
fn an_exclusive_pair_of_instructions_is_broken_by_clrex_and_by_a_trap() {
    const LDXR: u32 = 0xc85f_7c20; // X0, [X1]
    const STXR: u32 = 0xc803_7c22; // W3, X2, [X1]
    const CLREX: u32 = 0xd503_3f5f;
    for (words, failed) in [
        (&[LDXR, STXR, SVC][..], 0),
        (&[LDXR, CLREX, STXR, SVC], 1),
        (&[LDXR, SVC, STXR, SVC], 1),
        (&[STXR, SVC], 1),
    ] {
        let (mut processor, mut memory) = at_code(words);
        let x = processor.state.all_x_mut();
        (x[1], x[2], x[3]) = (DATA, 5, 7);
        let end = CODE + 4 * words.len() as u64;
        while processor.state.pc != end {
            assert_eq!(processor.run(&mut memory, 100), Stop::SupervisorCall);
        }
        assert_eq!(processor.state.all_x()[3], failed);
        assert_eq!(memory.pages[2][0], if failed == 0 { 5 } else { 0 });
    }
}
