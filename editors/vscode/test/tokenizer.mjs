// Reads a program with the extension's grammar, by the library that VS Code itself uses.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

const GRAMMAR = new URL('../syntaxes/verdi.tmLanguage.json', import.meta.url).pathname;

export async function loadGrammar() {
  await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(GRAMMAR, 'utf8'), GRAMMAR),
  });
  return registry.loadGrammar('source.verdi');
}

/** For each line, a function from a column to the innermost scope there. */
export function scopes(grammar, text) {
  let state = textmate.INITIAL;
  return text.split('\n').map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return (column) => {
      const token = tokens.find(({ startIndex, endIndex }) => startIndex <= column && column < endIndex);
      const scope = token?.scopes.at(-1);
      return scope === 'source.verdi' ? undefined : scope;
    };
  });
}
