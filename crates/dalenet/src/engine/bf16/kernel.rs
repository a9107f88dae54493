//! Which kernel multiplies.

use super::{Operands, Sums, portable};
use std::{env, fmt, str::FromStr, sync::LazyLock};

/// What multiplies bfloat16. All round operands alike; the order within a sum of two products, and
/// with it the last bits of results, differ from kernel to kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Tile registers: AMX of Intel's Xeons since 2023.
    Amx,
    /// Dot products of pairs: AVX-512 BF16 of AMD's processors since Zen 4.
    Avx512,
    /// Products of 2×4 by 4×2: BF16 of ARM's processors, such as Graviton 3, Grace and Apple's since the M2.
    Bfmmla,
    /// Products in `f32` of operands that are rounded first: any processor.
    Rounded,
    /// As the first ones, in plain Rust: slow, for tests.
    Portable,
}

impl Kernel {
    /// All of them, the preferred first.
    pub const ALL: [Self; 5] =
        [Self::Amx, Self::Avx512, Self::Bfmmla, Self::Rounded, Self::Portable];

    /// The variable of the environment that chooses one.
    pub const VARIABLE: &str = "DALENET_BF16_KERNEL";

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Amx => "amx",
            Self::Avx512 => "avx512bf16",
            Self::Bfmmla => "bfmmla",
            Self::Rounded => "rounded",
            Self::Portable => "portable",
        }
    }

    /// Whether this processor, and the system, have it.
    pub fn is_available(self) -> bool {
        match self {
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            Self::Amx => super::amx::is_available(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bf16")
            }
            #[cfg(target_arch = "aarch64")]
            Self::Bfmmla => std::arch::is_aarch64_feature_detected!("bf16"),
            #[allow(unreachable_patterns, reason = "on other processors these have no arm above")]
            Self::Amx | Self::Avx512 | Self::Bfmmla => false,
            Self::Rounded | Self::Portable => true,
        }
    }

    /// Those that this processor has, the preferred first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|kernel| kernel.is_available())
    }

    /// Whether it reads operands that are packed.
    pub(in super::super) fn packs(self) -> bool {
        self != Self::Rounded
    }

    /// Whether it is faster here than [`Kernel::Rounded`]: Intel's processors have dot products of pairs
    /// at half the rate of `f32`.
    fn is_fast(self) -> bool {
        match self {
            Self::Amx | Self::Bfmmla => self.is_available(),
            Self::Avx512 => self.is_available() && !is_intel(),
            Self::Rounded => true,
            Self::Portable => false,
        }
    }

    /// The one in use: that of `DALENET_BF16_KERNEL`, or the fastest.
    ///
    /// # Errors
    /// In one sentence, if the variable names one that is unknown or not available.
    pub fn chosen() -> Result<Self, String> {
        static CHOSEN: LazyLock<Result<Kernel, String>> = LazyLock::new(|| {
            let Some(name) = env::var_os(Kernel::VARIABLE) else { return Ok(Kernel::fastest()) };
            let kernel: Kernel = name.to_string_lossy().parse()?;
            match kernel.is_available() {
                true => Ok(kernel),
                false => Err(format!(
                    "{} is {kernel}, which this processor does not have; unset it, or choose one of {}",
                    Kernel::VARIABLE,
                    Kernel::names(|kernel| kernel.is_available())
                )),
            }
        });
        CHOSEN.clone()
    }

    fn fastest() -> Self {
        Self::ALL.into_iter().find(|kernel| kernel.is_fast()).unwrap_or(Self::Rounded)
    }

    fn names(which: impl Fn(Self) -> bool) -> String {
        let names: Vec<_> =
            Self::ALL.into_iter().filter(|kernel| which(*kernel)).map(Self::name).collect();
        names.join(", ")
    }

    /// What must be held while this thread multiplies.
    pub(super) fn begin(self) -> Session {
        match self {
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            Self::Amx if self.is_available() => {
                // SAFETY: it is available.
                Session { _amx: Some(unsafe { super::amx::Session::begin() }) }
            }
            _ => Session::default(),
        }
    }

    /// The sums of a tile.
    ///
    /// # Safety
    /// It is available, and its session has begun; `sums` has the rows of the operands' blocks.
    pub(super) unsafe fn tile(self, operands: &Operands<'_>, sums: Sums) {
        match self {
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            // SAFETY: the caller's.
            Self::Amx => unsafe { super::amx::tile(operands, sums) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the caller's.
            Self::Avx512 => unsafe { super::avx512::tile(operands, sums) },
            #[cfg(target_arch = "aarch64")]
            // SAFETY: the caller's.
            Self::Bfmmla => unsafe { super::bfmmla::tile(operands, sums) },
            // SAFETY: the caller's.
            _ => unsafe { portable::tile(operands, sums) },
        }
    }
}

/// What a kernel needs while a thread multiplies.
#[derive(Default)]
pub(super) struct Session {
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    _amx: Option<super::amx::Session>,
}

#[cfg(target_arch = "x86_64")]
fn is_intel() -> bool {
    let std::arch::x86_64::CpuidResult { ebx, ecx, edx, .. } = std::arch::x86_64::__cpuid(0);
    [ebx, edx, ecx].map(u32::to_le_bytes).as_flattened() == b"GenuineIntel"
}

#[cfg(not(target_arch = "x86_64"))]
fn is_intel() -> bool {
    false
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kernel {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kernel| kernel.name() == name);
        found.ok_or_else(|| {
            let known = Self::names(|_| true);
            format!("there is no kernel \"{name}\"; {} takes one of {known}", Self::VARIABLE)
        })
    }
}
