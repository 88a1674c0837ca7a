//! Lets the binary find the libtorch it was built against without
//! `LD_LIBRARY_PATH`: torch-sys tells where it linked, and that goes in as rpath.
//! Of the benchmarks, too.
#![allow(clippy::disallowed_macros)]

fn main() {
    println!("cargo:rerun-if-env-changed=DEP_TCH_LIBTORCH_LIB");
    if let Ok(lib) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{lib}");
    }
}
