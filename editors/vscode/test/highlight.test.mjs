// Every program of the repository, and the assertions that the tree-sitter grammar is held to as well.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { loadGrammar, scopes } from './tokenizer.mjs';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const KEYWORDS = JSON.parse(readFileSync(join(ROOT, 'editors/keywords.json'), 'utf8'));
const grammar = await loadGrammar();

function programs(folder) {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith('.verdi'))
    .sort()
    .map((name) => join(path, name));
}

const PROGRAMS = ['examples', 'stdlib', 'tests/contract', 'tests/suite/lang', 'tests/suite/net'].flatMap(programs);

/** The comments, strings, numbers, words and marks of a line, as far as its characters tell. */
const WORDS = /(?<doc>\/\/\/(?!\/).*)|(?<comment>\/\/.*)|(?<string>"(?:\\.|[^"\\])*")|(?<number>\b\d\w*)|(?<upper>\b[A-Z]\w*)|(?<lower>\b[a-z_]\w*)|(?<mark>[^\s\w])/g;

function words(line) {
  return [...line.matchAll(WORDS)].map((found) => {
    const [kind, text] = Object.entries(found.groups).find(([, group]) => group !== undefined);
    return { kind, text, column: found.index, before: line.slice(0, found.index), after: line.slice(found.index + text.length) };
  });
}

const isKeyword = (scope = '') => /^(keyword|storage)\./.test(scope);

/** Whether a soft keyword stands where it can only be one: it opens a line, and the next thing is a name or a literal. */
function mustBeKeyword({ text, before, after }) {
  if (text === 'packets' || !/^\s*$/.test(before)) return false;
  // Rules of a network are steps of a test by their name.
  if (['deliver', 'crash', 'reboot', 'timeout', 'input'].includes(text)) return false;
  return /^\s+(?!(?:in|is|not)\b)[A-Za-z_"]/.test(after);
}

const RIGHT = {
  doc: (scope) => scope === 'comment.line.documentation.verdi',
  comment: (scope) => scope === 'comment.line.double-slash.verdi',
  string: (scope) => scope === 'string.quoted.double.verdi',
  number: (scope = '') => scope.startsWith('constant.numeric.'),
  upper: (scope) => scope === 'entity.name.type.verdi',
  mark: (scope = '') => /^(keyword\.operator|punctuation)\./.test(scope),
  lower: (scope, word) => {
    const { text } = word;
    if (scope === undefined) return false;
    if (text === 'true' || text === 'false') return scope === 'constant.language.boolean.verdi';
    if (text === 'self') return scope === 'variable.language.verdi';
    if (KEYWORDS.hard.includes(text) || (KEYWORDS.soft.includes(text) && mustBeKeyword(word))) return isKeyword(scope);
    return !isKeyword(scope) || KEYWORDS.soft.includes(text);
  },
};

test('every word of every program has the scope of its kind, and nothing is invalid', () => {
  assert.ok(PROGRAMS.length > 10, `found only ${PROGRAMS.length} programs`);
  const wrong = [];
  for (const path of PROGRAMS) {
    const text = readFileSync(path, 'utf8');
    const lines = scopes(grammar, text);
    text.split('\n').forEach((line, number) => {
      for (const word of words(line)) {
        for (const column of [word.column, word.column + word.text.length - 1]) {
          const scope = lines[number](column);
          if (scope?.startsWith('invalid') || !RIGHT[word.kind](scope, word)) {
            wrong.push(`${relative(ROOT, path)}:${number + 1}:${column + 1}: \`${word.text}\` is ${scope}`);
          }
        }
      }
    });
  }
  assert.deepEqual(wrong, []);
});

test('a wrong escape is invalid', () => {
  const [line] = scopes(grammar, String.raw`let x = "a\qb"`);
  assert.equal(line(10), 'invalid.illegal.escape.verdi');
});

/** What a capture of the tree-sitter grammar is called here. */
const SCOPES = {
  'comment': /^comment\.line\.double-slash/,
  'comment.documentation': /^comment\.line\.documentation/,
  'keyword': /^(keyword|storage)\./,
  'keyword.conditional': /^keyword\.control/,
  'keyword.repeat': /^keyword\.control/,
  'keyword.return': /^keyword\.control/,
  'keyword.function': /^storage\.type\.function/,
  'keyword.operator': /^keyword\.operator\.word/,
  'type': /^entity\.name\.type/,
  'type.builtin': /^support\.type/,
  'constructor': /^(entity\.name\.type|support\.function)/,
  'function': /^entity\.name\.function/,
  'function.call': /^entity\.name\.function/,
  'function.method': /^entity\.name\.function\.member/,
  'module': /^entity\.name\.namespace/,
  'label': /^entity\.name\.label/,
  'number': /^constant\.numeric/,
  'boolean': /^constant\.language\.boolean/,
  'constant.builtin': /^constant\.language/,
  'string': /^string\./,
  'string.escape': /^constant\.character\.escape/,
  'character.special': /^variable\.language\.wildcard/,
  'operator': /^keyword\.operator/,
  'property': /^variable\.(parameter|other\.property)/,
  'variable.member': /^variable\.other\.member/,
  'variable.parameter': /^variable\./,
  'variable.builtin': /^variable\.language/,
  'punctuation.bracket': /^punctuation\.section/,
  'punctuation.delimiter': /^punctuation\./,
};

/** `// ^ name` speaks of the column above the `^`, `// <- name` of the column of the `//`. */
function assertions(lines) {
  const found = [];
  let above = 0;
  lines.forEach((line, number) => {
    const assertion = /^\s*\/\/ (?:(<-)|\s*\^) (\S+)$/.exec(line);
    if (!assertion) {
      above = number;
    } else {
      const column = assertion[1] ? line.indexOf('//') : line.indexOf('^');
      found.push({ line: above, column, name: assertion[2] });
    }
  });
  return found;
}

test('the assertions about colours hold', () => {
  let checked = 0;
  for (const path of programs('editors/tree-sitter-verdi/test/highlight')) {
    const text = readFileSync(path, 'utf8');
    const lines = scopes(grammar, text);
    for (const { line, column, name } of assertions(text.split('\n'))) {
      assert.match(lines[line](column) ?? 'none', SCOPES[name], `${relative(ROOT, path)}:${line + 1}:${column + 1}`);
      checked += 1;
    }
  }
  assert.ok(checked > 90, `only ${checked} assertions were found`);
});

test('the extension names files that are there, and its grammar by its scope', () => {
  const extension = join(ROOT, 'editors/vscode');
  const manifest = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8'));
  const [language] = manifest.contributes.languages;
  const [listed] = manifest.contributes.grammars;
  JSON.parse(readFileSync(join(extension, language.configuration), 'utf8'));
  assert.equal(JSON.parse(readFileSync(join(extension, listed.path), 'utf8')).scopeName, listed.scopeName);
  assert.equal(listed.language, language.id);
});
