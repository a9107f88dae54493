//! With the feature `mujoco`: compiles what stands between Rust and MuJoCo, and links MuJoCo.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "mujoco")]
    if let Err(cause) = mujoco::build() {
        println!("cargo::error={cause}");
    }
}

#[cfg(feature = "mujoco")]
mod mujoco {
    use std::{env, fs, path::PathBuf};

    const SHIM: &str = "src/brax/mujoco/shim.c";

    /// With the system's header and library, or those in the folder that `MUJOCO_DIR` names: a
    /// release of MuJoCo, or its Python package.
    pub fn build() -> Result<(), String> {
        println!("cargo::rerun-if-changed={SHIM}");
        println!("cargo::rerun-if-env-changed=MUJOCO_DIR");
        let folder = env::var_os("MUJOCO_DIR").map(PathBuf::from);
        let mut compiler = cc::Build::new();
        compiler.file(SHIM).std("c11");
        if let Some(folder) = &folder {
            compiler.include(folder.join("include"));
        }
        compiler.try_compile("dalenet_mujoco").map_err(|cause| {
            format!(
                "MuJoCo's header cannot be used: install libmujoco-dev, or set MUJOCO_DIR to a \
                 folder with MuJoCo's `include` and library ({cause})"
            )
        })?;
        match folder {
            Some(folder) => link_from(folder),
            None => {
                println!("cargo::rustc-link-lib=dylib=mujoco");
                Ok(())
            }
        }
    }

    /// The library is in the folder itself or in `lib`, perhaps with its version in its name.
    fn link_from(folder: PathBuf) -> Result<(), String> {
        for place in [folder.join("lib"), folder.clone()] {
            for file in fs::read_dir(&place).into_iter().flatten().flatten() {
                let name = file.file_name().to_string_lossy().into_owned();
                if name.starts_with("libmujoco.so") || name == "libmujoco.dylib" {
                    println!("cargo::rustc-link-search=native={}", place.display());
                    println!("cargo::rustc-link-lib=dylib:+verbatim={name}");
                    return Ok(());
                }
            }
        }
        Err(format!("there is no library of MuJoCo in MUJOCO_DIR={}", folder.display()))
    }
}
