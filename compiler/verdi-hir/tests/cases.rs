//! What is said of wrong programs: each file of `cases/` is about the code in its name, and its snapshot has the
//! program and, below it, the report.

mod common;

use common::{check_text, check_texts, programs};
use verdi_diagnostics::{Code, render};

const PHASES: &[&str] = &["V02", "V03", "V04", "V05", "V06"];

#[test]
fn each_case_says_what_its_snapshot_says() {
    for path in programs(&["compiler/verdi-hir/tests/cases"]) {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a case can be read");
        let checked = check_text(&text);
        let code = name.split('_').next().unwrap_or_default();
        let found = checked.diagnostics.iter().any(|diagnostic| diagnostic.code.name() == code);
        assert!(found, "{name} does not lead to {code}: {:#?}", checked.diagnostics);
        let report = render::human(&checked.files, &checked.diagnostics, false);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, format!("{text}\n{report}"));
        });
    }
}

#[test]
fn every_code_has_a_case() {
    let cases: Vec<String> = programs(&["compiler/verdi-hir/tests/cases"])
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    for code in Code::all().filter(|code| PHASES.contains(&&code.name()[..3])) {
        assert!(cases.iter().any(|case| case.starts_with(code.name())), "{code} has no case");
    }
}

#[test]
fn right_programs_are_accepted_without_a_word() {
    for path in programs(&["examples", "stdlib", "tests/contract", "compiler/verdi-hir/tests/accepted"]) {
        let text = std::fs::read_to_string(&path).expect("an example can be read");
        let checked = check_text(&text);
        let report = render::human(&checked.files, &checked.diagnostics, false);
        assert!(checked.diagnostics.is_empty(), "{}:\n{report}", path.display());
    }
}

#[test]
fn names_are_imported() {
    let shapes =
        "type Shape = Dot | Box(size: int)\nfn area(s: Shape): int { match s { Dot => 0, Box(n) => n * n } }";
    let main = "use \"shapes.verdi\".{Shape, area}\nfn two(): int { area(Box(2)) + area(Shape.Dot) }";
    let checked = check_texts(&[("main.verdi", main), ("shapes.verdi", shapes)]);
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    let hidden = check_texts(&[
        ("main.verdi", "use \"shapes.verdi\".{area}\nfn f(): int {\n  let s = Dot\n  area(s)\n}"),
        ("shapes.verdi", shapes),
    ]);
    assert_eq!(hidden.diagnostics.iter().map(|d| d.code.name()).collect::<Vec<_>>(), ["V0204"]);
}

#[test]
fn checks_of_imported_files_are_not_ours() {
    let lib =
        "system A { node N { } }\ncheck \"theirs\" A { under async }\ntest \"theirs\" for A under async { }";
    let main = "use \"lib.verdi\".{A}\ncheck \"ours\" A { under sync }";
    let checked = check_texts(&[("main.verdi", main), ("lib.verdi", lib)]);
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    assert_eq!(checked.program.checks.iter().map(|check| check.title.as_str()).collect::<Vec<_>>(), ["ours"]);
    assert!(checked.program.tests.is_empty());
}
