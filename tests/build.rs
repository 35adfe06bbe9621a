//! Compiles the tree-sitter grammar, so that its tests need neither Node nor the tree-sitter tool.

use std::path::Path;

fn main() {
    let src = Path::new("../editors/tree-sitter-verdi/src");
    println!("cargo:rerun-if-changed={}", src.display());
    cc::Build::new()
        .std("c11")
        .include(src)
        .files([src.join("parser.c"), src.join("scanner.c")])
        .opt_level(1)
        .compile("tree-sitter-verdi");
}
