//! The FP/SIMD registers of a user program.

use core::mem::offset_of;
use firmseed_core::context::FpState;

// fp.s stores V0 to V31 from the start, FPSR and FPCR as a pair behind them.
const _: () = {
    assert!(offset_of!(FpState, v) == 0);
    assert!(offset_of!(FpState, fpsr) == 512);
    assert!(offset_of!(FpState, fpcr) == 520);
};

unsafe extern "C" {
    fn fp_save(state: &mut FpState);
    fn fp_load(state: &FpState);
}

/// Stores the live registers.
pub fn save(state: &mut FpState) {
    // SAFETY: fp.s writes exactly the fields asserted above.
    unsafe { fp_save(state) };
}

/// Loads the registers.
pub fn load(state: &FpState) {
    // SAFETY: fp.s reads exactly the fields asserted above and changes only registers that the kernel does not use.
    unsafe { fp_load(state) };
}
