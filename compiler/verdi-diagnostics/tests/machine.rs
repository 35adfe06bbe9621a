//! What machines see of diagnostics.

use verdi_diagnostics::codes::{Code, V0701, V0801};
use verdi_diagnostics::render::{Finding, Style, explain, json, sarif};
use verdi_diagnostics::{Diagnostic, Files, Span};

fn sample() -> (Files, Diagnostic) {
    let mut files = Files::new();
    let file = files.add("dir/a file.verdi", "é one\ntwo\n");
    let diagnostic = Diagnostic::warning(V0801, Span::new(file, 3, 6), "a message")
        .label("a label")
        .also(Span::new(file, 7, 10), "another")
        .note("a note")
        .mend("did you mean `three`?", Span::new(file, 3, 6), "three");
    (files, diagnostic)
}

#[test]
fn json_is_stable() {
    let (files, diagnostic) = sample();
    insta::assert_snapshot!(serde_json::to_string_pretty(&json(&files, &[diagnostic])).unwrap());
}

#[test]
fn sarif_points_at_rules_and_regions() {
    let (files, diagnostic) = sample();
    let finding = Finding {
        rule: "violated",
        rule_title: "a property is violated",
        message: "mutual_exclusion is violated".into(),
        span: Span::new(diagnostic.primary.span.file, 0, 2),
        steps: vec!["start".into(), "deliver".into()],
    };
    let mut log = sarif(&files, &[diagnostic], &[finding], "0.1.0");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), Code::all().count() + 1);
    for result in run["results"].as_array().unwrap() {
        assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
    }
    let results = log["runs"][0]["results"].as_array_mut().unwrap();
    for result in results.iter_mut() {
        result.as_object_mut().unwrap().remove("ruleIndex");
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&results).unwrap());
}

#[test]
fn explanations_keep_code_and_wrap_prose() {
    let style = Style { width: 60, ..Style::PLAIN };
    insta::assert_snapshot!(explain(V0701, &style));
    for code in Code::all() {
        assert!(!explain(code, &Style { color: true, ..style }).contains("```"), "{code}");
    }
}
