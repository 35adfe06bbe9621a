//! Coverage as `lcov` and the tools that read its tracefiles have it.

use crate::coverage::{CoverageReport, FileCoverage};
use std::fmt::Write;
use verdi_diagnostics::{Files, Span};

/// A tracefile: for each source its functions, branches and lines.
pub fn lcov(files: &Files, report: &CoverageReport) -> String {
    let mut out = String::new();
    for file in &report.files {
        // Writing to a string does not fail.
        let _ = record(&mut out, files, report, file);
    }
    out
}

fn record(out: &mut String, files: &Files, report: &CoverageReport, file: &FileCoverage) -> std::fmt::Result {
    let line = |span: Span| files.position(span.file, span.start).0;
    writeln!(out, "TN:\nSF:{}", files.name(file.file))?;
    let functions: Vec<_> =
        report.functions.iter().filter(|function| function.span.file == file.file).collect();
    // Two handlers of one event differ in their guards alone, but names are what counts are joined by.
    let name = |at: usize| format!("{} ({})", functions[at].name.replace(',', " "), line(functions[at].span));
    for (at, function) in functions.iter().enumerate() {
        writeln!(out, "FN:{},{}", line(function.span), name(at))?;
    }
    for (at, function) in functions.iter().enumerate() {
        writeln!(out, "FNDA:{},{}", function.ran, name(at))?;
    }
    writeln!(
        out,
        "FNF:{}\nFNH:{}",
        functions.len(),
        functions.iter().filter(|function| function.ran > 0).count()
    )?;
    let (mut found, mut hit) = (0, 0);
    let branches = report.branches.iter().filter(|branch| branch.span.file == file.file);
    for (block, branch) in branches.enumerate() {
        for (at, side) in branch.sides.iter().enumerate() {
            let taken = if branch.reached { side.taken.to_string() } else { "-".to_owned() };
            writeln!(out, "BRDA:{},{block},{at},{taken}", line(branch.span))?;
            found += 1;
            hit += u64::from(side.taken > 0);
        }
    }
    writeln!(out, "BRF:{found}\nBRH:{hit}")?;
    for (line, ran) in &file.lines {
        writeln!(out, "DA:{line},{ran}")?;
    }
    writeln!(out, "LF:{}", file.lines.len())?;
    writeln!(out, "LH:{}\nend_of_record", file.lines.iter().filter(|(_, ran)| *ran > 0).count())
}
