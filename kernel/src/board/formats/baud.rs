//! Divisors for 115200 baud.

/// The speed of the console on every board.
pub const BAUD: u32 = 115_200;

/// PL011 (ARM DDI 0183, 3.3.6): whole and fractional divisor of `16 * BAUD`, the fraction in 64ths, rounded. None
/// where the clock is too slow or too fast for the registers.
pub const fn pl011(clock_hertz: u32) -> Option<(u32, u32)> {
    let divisor = (clock_hertz as u64 * 4 + BAUD as u64 / 2) / BAUD as u64;
    match divisor {
        0x40..=0x3f_ffff => Some((divisor as u32 >> 6, divisor as u32 & 63)),
        _ => None,
    }
}

/// Mini-UART (BCM2835 ARM Peripherals, 2.2.1): the clock divided by `8 * (register + 1)`, rounded.
pub const fn mini(clock_hertz: u32) -> Option<u32> {
    let steps = (clock_hertz as u64 + 4 * BAUD as u64) / (8 * BAUD as u64);
    match steps {
        1..=0x1_0000 => Some(steps as u32 - 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clocks_of_the_boards() {
        assert_eq!(pl011(48_000_000), Some((26, 3))); // 26.04: error 0.02 %
        assert_eq!(pl011(3_000_000), Some((1, 40))); // 1.63
        assert_eq!(mini(250_000_000), Some(270)); // Raspberry Pi 3
        assert_eq!(mini(500_000_000), Some(542)); // Raspberry Pi 4
    }

    #[test]
    fn a_clock_that_cannot_be() {
        assert_eq!(pl011(0), None);
        assert_eq!(pl011(1_000_000), None);
        assert_eq!(mini(0), None);
        assert_eq!(mini(u32::MAX), Some(4659));
    }

    #[test]
    fn the_error_is_below_two_per_cent() {
        for clock in (3_000_000..100_000_000).step_by(999_983) {
            let (whole, fraction) = pl011(clock).expect("a usual clock");
            let baud = u64::from(clock) * 4 / u64::from(whole * 64 + fraction);
            assert!(baud.abs_diff(u64::from(BAUD)) < u64::from(BAUD) / 50, "{clock}: {baud}");
        }
    }
}
