//! The tree-sitter grammar: its corpus, its assertions about colours, and every program of the repository.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;

use tree_sitter::{Language, Node, Parser, Query, QueryCursor, StreamingIterator, Tree};
use verdi_diagnostics::FileId;
use verdi_tests::mutate::{Random, mutate};
use verdi_tests::words::{Keywords, Kind, words};
use verdi_tests::{book, grammar, right_programs, root, run, shown};

const HIGHLIGHTS: &str = include_str!("../editors/tree-sitter-verdi/queries/highlights.scm");

fn language() -> Language {
    Language::new(grammar())
}

fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&language()).expect("the grammar is of a version that the library takes");
    parser.parse(text, None).expect("there is no time limit")
}

/// The places where the parser recovered.
fn errors(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = vec![tree.root_node()];
    while let Some(node) = rest.pop() {
        if node.is_error() || node.is_missing() {
            let at = node.start_position();
            found.push(format!("{}:{}: {}", at.row + 1, at.column + 1, node.to_sexp()));
        }
        rest.extend(node.children(&mut node.walk()));
    }
    found
}

/// The captures of the highlight query, by the text they are of.
struct Colours {
    by_range: BTreeMap<(usize, usize), Vec<String>>,
}

impl Colours {
    fn of(text: &str) -> Self {
        let query = Query::new(&language(), HIGHLIGHTS).expect("the highlight query fits the grammar");
        let tree = parse(text);
        let mut cursor = QueryCursor::new();
        let mut captures = cursor.captures(&query, tree.root_node(), text.as_bytes());
        let mut by_range: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
        while let Some((found, index)) = captures.next() {
            let capture = found.captures()[*index];
            let name = query.capture_names()[capture.index as usize].to_owned();
            let range = capture.node.byte_range();
            by_range.entry((range.start, range.end)).or_default().push(name);
        }
        Self { by_range }
    }

    fn of_range(&self, range: &Range<usize>) -> Option<&str> {
        self.by_range.get(&(range.start, range.end))?.first().map(String::as_str)
    }

    /// The capture of the smallest node that covers the place.
    fn at(&self, place: usize) -> Option<&str> {
        let covering = self.by_range.iter().filter(|((start, end), _)| (*start..*end).contains(&place));
        covering.min_by_key(|((start, end), _)| end - start)?.1.first().map(String::as_str)
    }
}

#[test]
fn every_program_parses_without_errors() {
    let programs = right_programs();
    assert!(programs.len() > 10, "found only {} programs", programs.len());
    let mut wrong = Vec::new();
    for path in programs {
        let text = fs::read_to_string(&path).expect("a program is readable text");
        wrong.extend(errors(&parse(&text)).into_iter().map(|error| format!("{}:{error}", shown(&path))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_books_programs_parse_without_errors() {
    let mut wrong = Vec::new();
    for block in book::blocks().into_iter().filter(|block| block.exit != 2) {
        wrong
            .extend(errors(&parse(&block.text)).into_iter().map(|error| format!("{}: {error}", block.place)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_the_compiler_takes_has_no_errors() {
    let texts: Vec<String> = right_programs()
        .iter()
        .map(|path| fs::read_to_string(path).expect("a program is readable text"))
        .collect();
    let mut taken = 0;
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let donor = &texts[random.below(texts.len())];
        let mutant = mutate(&texts[seed as usize % texts.len()], donor, &mut random);
        if verdi_syntax::parse(FileId(0), &mutant).diagnostics.is_empty() && run::has_meaning(&mutant) {
            let errors = errors(&parse(&mutant));
            assert!(errors.is_empty(), "seed {seed}: {errors:?}\n{mutant}");
            taken += 1;
        }
    }
    assert!(taken > 50, "only {taken} mutants were right");
}

#[test]
fn a_broken_program_has_error_nodes() {
    for text in
        ["system {", "check", "fn f() { let = 1 }", "system S { node X { on } }", "type A = int type B = int"]
    {
        assert!(!errors(&parse(text)).is_empty(), "`{text}` parsed");
    }
}

#[test]
fn every_query_fits_the_grammar() {
    for name in ["highlights", "locals", "folds", "indents"] {
        let path = root().join(format!("editors/tree-sitter-verdi/queries/{name}.scm"));
        let text = fs::read_to_string(path).expect("the query is there");
        let query = Query::new(&language(), &text);
        assert!(
            query.is_ok(),
            "{name}.scm: {}",
            query.err().map(|error| error.to_string()).unwrap_or_default()
        );
    }
}

/// Whether a word may have a colour, as far as its characters tell.
fn colour_is_right(keywords: &Keywords, kind: Kind, word: &str, colour: Option<&str>) -> bool {
    let colour = colour.unwrap_or("");
    match kind {
        Kind::Comment => colour == "comment",
        Kind::Doc => colour == "comment.documentation",
        Kind::Str => colour == "string",
        Kind::Number => colour == "number",
        Kind::Upper => matches!(colour, "type" | "constructor"),
        Kind::Mark => matches!(colour, "" | "operator" | "punctuation.bracket" | "punctuation.delimiter"),
        Kind::Lower if keywords.hard.iter().any(|hard| hard == word) => colour.starts_with("keyword"),
        Kind::Lower if word == "self" => colour == "variable.builtin",
        Kind::Lower if matches!(word, "true" | "false") => colour == "boolean",
        Kind::Lower if colour.starts_with("keyword") => keywords.soft.iter().any(|soft| soft == word),
        Kind::Lower => true,
    }
}

#[test]
fn every_word_of_every_program_has_the_colour_of_its_kind() {
    let mut wrong = Vec::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let keywords = Keywords::load();
    for path in right_programs() {
        let text = fs::read_to_string(&path).expect("a program is readable text");
        let colours = Colours::of(&text);
        for (kind, range) in words(&text) {
            let word = &text[range.clone()];
            let colour = colours.of_range(&range);
            if !colour_is_right(&keywords, kind, word, colour) {
                wrong.push(format!("{}: `{word}` is {colour:?}", shown(&path)));
            }
            seen.extend(colour.map(str::to_owned));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for colour in
        ["keyword", "type", "type.builtin", "constructor", "function.method", "module", "label", "number"]
    {
        assert!(seen.contains(colour), "no program has a {colour}: {seen:?}");
    }
}

#[test]
fn the_list_of_keywords_is_the_compilers() {
    let keywords = Keywords::load();
    let named: BTreeSet<&str> = keywords.hard.iter().chain(&keywords.soft).map(String::as_str).collect();
    let known: BTreeSet<&str> = verdi_syntax::keywords().into_iter().collect();
    // What is coloured as a literal or a name is not in the list, and kinds of a transformer's subject are.
    let apart = BTreeSet::from(["self", "true", "false", "_", "set", "map", "count", "machine"]);
    let differences: Vec<&&str> =
        named.symmetric_difference(&known).filter(|word| !apart.contains(**word)).collect();
    assert_eq!(differences, Vec::<&&str>::new());
    for word in &keywords.hard {
        assert!(verdi_syntax::reserved_words().contains(&word.as_str()), "{word} may be a name");
    }
}

#[test]
fn no_node_is_coloured_twice() {
    for path in right_programs() {
        let text = fs::read_to_string(&path).expect("a program is readable text");
        for ((start, end), names) in Colours::of(&text).by_range {
            assert!(names.len() == 1, "{}: `{}` is {names:?}", shown(&path), &text[start..end]);
        }
    }
}

/// The assertions of tree-sitter's highlight tests: below a line of code, `// ^ name` speaks of the column
/// above the `^`, `// <- name` of the column of the `//`.
fn assertions(text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut code_line = 0;
    for (number, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let Some(comment) = trimmed.strip_prefix("// ") else {
            code_line = number;
            continue;
        };
        let indent = line.len() - trimmed.len();
        let (column, name) = match (comment.strip_prefix("<- "), comment.find('^')) {
            (Some(name), _) => (indent, name),
            (None, Some(at)) => (indent + 3 + at, &comment[at + 1..]),
            (None, None) => continue,
        };
        found.push((code_line, column, name.trim().to_owned()));
    }
    found
}

#[test]
fn the_assertions_about_colours_hold() {
    let folder = root().join("editors/tree-sitter-verdi/test/highlight");
    let mut checked = 0;
    for entry in fs::read_dir(folder).expect("the highlight tests are there").flatten() {
        let text = fs::read_to_string(entry.path()).expect("a highlight test is readable text");
        let colours = Colours::of(&text);
        assert_eq!(errors(&parse(&text)), Vec::<String>::new());
        let starts: Vec<usize> =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        for (line, column, expected) in assertions(&text) {
            let colour = colours.at(starts[line] + column);
            let place = format!("{}:{}:{}", shown(&entry.path()), line + 1, column + 1);
            assert_eq!(colour, Some(expected.as_str()), "{place}");
            checked += 1;
        }
    }
    assert!(checked > 90, "only {checked} assertions were found");
}

/// The tree as the corpus writes it: named nodes alone, without fields.
fn outline(node: Node<'_>) -> String {
    let children: String =
        node.named_children(&mut node.walk()).map(|child| format!(" {}", outline(child))).collect();
    format!("({}{children})", node.kind())
}

fn corpus_tests(text: &str) -> Vec<(String, String, String)> {
    let line_of = |mark: char| move |line: &&str| line.len() >= 20 && line.chars().all(|c| c == mark);
    let lines: Vec<&str> = text.lines().collect();
    let heads: Vec<usize> = (0..lines.len()).filter(|at| line_of('=')(&lines[*at])).collect();
    let mut tests = Vec::new();
    for pair in heads.chunks(2) {
        let [open, close] = pair else { panic!("a title has a line of `=` above and below") };
        let end = heads.iter().copied().find(|head| head > close).unwrap_or(lines.len());
        let body = &lines[close + 1..end];
        let split = body.iter().position(|line| line_of('-')(line)).expect("a line of `-` before the tree");
        let tree: Vec<&str> = body[split + 1..].iter().flat_map(|line| line.split_whitespace()).collect();
        tests.push((lines[open + 1].to_owned(), body[..split].join("\n"), tree.join(" ")));
    }
    tests
}

#[test]
fn the_corpus_parses_to_the_trees_it_states() {
    for name in ["items", "bodies"] {
        let path = Path::new("editors/tree-sitter-verdi/test/corpus").join(format!("{name}.txt"));
        let text = fs::read_to_string(root().join(&path)).expect("the corpus is there");
        let tests = corpus_tests(&text);
        assert!(tests.len() >= 7, "{} has {} tests", path.display(), tests.len());
        for (title, input, expected) in tests {
            let tree = outline(parse(&input).root_node());
            assert_eq!(tree, expected, "{}: {title}", path.display());
        }
    }
}
