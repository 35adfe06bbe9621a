// Newlines that end a statement.
//
// A newline ends a statement unless the next line carries it on: it begins with an infix operator, a dot, or a
// word such as `else` (`layout.rs` of the compiler has the whole list). Comments and blank lines between are
// looked past. "After a token that can end a statement" and "outside parentheses" need no code: elsewhere the
// grammar has no place for the token, so it is not asked for.

#include "tree_sitter/parser.h"

#include <string.h>

enum Token { NEWLINE };

void *tree_sitter_verdi_external_scanner_create(void) { return NULL; }
void tree_sitter_verdi_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_verdi_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}
void tree_sitter_verdi_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}

static bool is_word(int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Longer than any word that carries a statement on.
#define WORD_MAX 8

static bool is_one_of(const char *word, const char *const *words) {
  for (; *words; words++) {
    if (strcmp(word, *words) == 0) return true;
  }
  return false;
}

static bool word_continues(TSLexer *lexer) {
  static const char *const always[] = {"else", "when", "in", "is", "not", "extends", NULL};
  static const char *const before_a_word[] = {"from", "to", "at", "per", "every", "after", "as", NULL};

  char word[WORD_MAX];
  unsigned length = 0;
  while (is_word(lexer->lookahead)) {
    if (length == WORD_MAX - 1) return false;
    word[length++] = (char)lexer->lookahead;
    lexer->advance(lexer, false);
  }
  word[length] = '\0';
  if (is_one_of(word, always)) return true;
  if (!is_one_of(word, before_a_word)) return false;
  while (lexer->lookahead == ' ') lexer->advance(lexer, false);
  return is_word(lexer->lookahead);
}

// Whether the line that starts here carries on the statement before it.
static bool line_continues(TSLexer *lexer) {
  switch (lexer->lookahead) {
    case '.':
    case ',':
    case ':':
    case '&':
    case '|':
    case '+':
    case '*':
    case '/':
    case '%':
    case '<':
    case '>':
    case '=':
    case '~':
      return true;
    case '!':
      lexer->advance(lexer, false);
      return lexer->lookahead == '=';
    case '-':
      // `- b` subtracts, `-b` is a new value.
      lexer->advance(lexer, false);
      return lexer->lookahead == ' ' || lexer->lookahead == '\t';
    default:
      return word_continues(lexer);
  }
}

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r'; }

bool tree_sitter_verdi_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols) {
  (void)payload;
  // Tree-sitter marks every token as valid while it recovers from an error; newlines help it there too.
  if (!valid_symbols[NEWLINE]) return false;

  while (is_blank(lexer->lookahead)) lexer->advance(lexer, true);
  if (lexer->lookahead != '\n') return false;

  // The token ends before the first comment, which stays a node of its own.
  bool past_comment = false;
  for (;;) {
    if (is_blank(lexer->lookahead)) {
      lexer->advance(lexer, false);
    } else if (lexer->lookahead == '\n') {
      lexer->advance(lexer, false);
      if (!past_comment) lexer->mark_end(lexer);
      lexer->result_symbol = NEWLINE;
    } else if (lexer->lookahead == '/') {
      lexer->advance(lexer, false);
      if (lexer->lookahead != '/') return false;
      past_comment = true;
      while (lexer->lookahead != '\n' && !lexer->eof(lexer)) lexer->advance(lexer, false);
      if (lexer->eof(lexer)) return true;
      lexer->advance(lexer, false);
    } else {
      return lexer->eof(lexer) || !line_continues(lexer);
    }
  }
}
