//! The kernel by the tile registers of AMX. Rust has no stable intrinsics for them, hence the
//! assembly. Registers 0 to 3 hold the sums of a tile of 32×32, 4 and 5 the left operand, 6 and 7 the
//! right one.

use super::{
    Operands, Sums,
    line::{BLOCK, Line},
};
use std::{
    arch::{
        asm,
        x86_64::{__cpuid_count, _xgetbv},
    },
    sync::LazyLock,
};

/// Whether the processor has AMX with BF16, and the system lets this process use it.
pub fn is_available() -> bool {
    static AVAILABLE: LazyLock<bool> = LazyLock::new(|| {
        const BF16_AND_TILES: u32 = 1 << 22 | 1 << 24;
        const SAVED: u64 = 0b11 << 17;
        let deep = __cpuid_count(0, 0).eax >= 7 && is_x86_feature_detected!("xsave");
        // SAFETY: `xgetbv` is there where the system has set XSAVE up.
        let saved = || unsafe { xcr0() } & SAVED == SAVED;
        deep && __cpuid_count(7, 0).edx & BF16_AND_TILES == BF16_AND_TILES && saved() && granted()
    });
    *AVAILABLE
}

#[target_feature(enable = "xsave")]
unsafe fn xcr0() -> u64 {
    // SAFETY: the caller's.
    unsafe { _xgetbv(0) }
}

/// Asks Linux for the tile registers, which it saves only for processes that have asked.
fn granted() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_long = 0x1023;
    const XFEATURE_XTILEDATA: libc::c_long = 18;
    // SAFETY: this call takes two numbers and changes nothing but what this process may use.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0 }
}

/// The shapes of the tile registers, as `ldtilecfg` reads them.
#[repr(C, align(64))]
struct Configuration {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    bytes_a_row: [u16; 16],
    rows: [u8; 16],
}

/// All eight registers with 16 rows of 64 bytes.
static CONFIGURATION: Configuration = {
    let (mut bytes_a_row, mut rows) = ([0; 16], [0; 16]);
    let mut register = 0;
    while register < 8 {
        (bytes_a_row[register], rows[register]) = (64, 16);
        register += 1;
    }
    Configuration { palette: 1, start_row: 0, reserved: [0; 14], bytes_a_row, rows }
};

/// While it lives this thread's tile registers are configured.
pub struct Session(());

impl Session {
    /// # Safety
    /// AMX is available.
    pub unsafe fn begin() -> Self {
        // SAFETY: the caller's; the instruction reads 64 bytes.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const CONFIGURATION, options(nostack)) };
        Self(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the session began: AMX is available.
        unsafe { asm!("tilerelease", options(nostack, nomem)) };
    }
}

/// # Safety
/// A session of this thread has begun; `sums` has the rows of the operands' blocks.
pub unsafe fn tile(operands: &Operands<'_>, sums: Sums) {
    let Operands { left: [first, second], right } = operands;
    let Some(first) = first else { return };
    let bytes = |lines: usize| lines * size_of::<Line>();
    let (left_step, right_step, row) = (bytes(first.step), bytes(right.step), 4 * sums.stride);
    // SAFETY: for every step the blocks have 16 lines and the panel 32; the sums have 16 rows of 128
    // bytes for each block. The compiler uses no tile registers, so what they hold stays.
    unsafe {
        match second {
            Some(second) => asm!(
                "tilezero tmm0", "tilezero tmm1", "tilezero tmm2", "tilezero tmm3",
                "test {steps}, {steps}", "jz 3f",
                "2:",
                "tileloadd tmm4, [{first} + {line}]",
                "tileloadd tmm6, [{right} + 2*{line}]",
                "tdpbf16ps tmm0, tmm4, tmm6",
                "tileloadd tmm7, [{right} + 2*{line} + 64]",
                "tdpbf16ps tmm1, tmm4, tmm7",
                "tileloadd tmm5, [{second} + {line}]",
                "tdpbf16ps tmm2, tmm5, tmm6",
                "tdpbf16ps tmm3, tmm5, tmm7",
                "add {first}, {left_step}", "add {second}, {left_step}", "add {right}, {right_step}",
                "dec {steps}", "jnz 2b",
                "3:",
                "tilestored [{out} + {row}], tmm0",
                "tilestored [{out} + {row} + 64], tmm1",
                "tilestored [{lower} + {row}], tmm2",
                "tilestored [{lower} + {row} + 64], tmm3",
                first = inout(reg) first.lines.as_ptr() => _,
                second = inout(reg) second.lines.as_ptr() => _,
                right = inout(reg) right.lines.as_ptr() => _,
                steps = inout(reg) first.count => _,
                left_step = in(reg) left_step,
                right_step = in(reg) right_step,
                out = in(reg) sums.at,
                lower = in(reg) sums.at.wrapping_add(BLOCK * sums.stride),
                line = in(reg) size_of::<Line>(),
                row = in(reg) row,
                options(nostack),
            ),
            None => asm!(
                "tilezero tmm0", "tilezero tmm1",
                "test {steps}, {steps}", "jz 3f",
                "2:",
                "tileloadd tmm4, [{first} + {line}]",
                "tileloadd tmm6, [{right} + 2*{line}]",
                "tdpbf16ps tmm0, tmm4, tmm6",
                "tileloadd tmm7, [{right} + 2*{line} + 64]",
                "tdpbf16ps tmm1, tmm4, tmm7",
                "add {first}, {left_step}", "add {right}, {right_step}",
                "dec {steps}", "jnz 2b",
                "3:",
                "tilestored [{out} + {row}], tmm0",
                "tilestored [{out} + {row} + 64], tmm1",
                first = inout(reg) first.lines.as_ptr() => _,
                right = inout(reg) right.lines.as_ptr() => _,
                steps = inout(reg) first.count => _,
                left_step = in(reg) left_step,
                right_step = in(reg) right_step,
                out = in(reg) sums.at,
                line = in(reg) size_of::<Line>(),
                row = in(reg) row,
                options(nostack),
            ),
        }
    }
}
