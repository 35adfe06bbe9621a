/**
 * Tree-sitter grammar for Verdi (.verdi).
 *
 * Two choices shape it:
 *
 * - Newlines end statements, and `src/scanner.c` finds them. It is asked only where the grammar has room for
 *   a `_newline`, so nothing here needs to say "outside parentheses": inside them no rule takes one.
 * - Most of the language's words are keywords only where they can stand as such (`drop` is a method of lists,
 *   `crash` a network). Where such a word may also begin an expression, `_soft_name` lets it be a name.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const PREC = {
  quantifier: 1,
  implies: 2,
  or: 3,
  and: 4,
  compare: 5,
  range: 6,
  set: 7,
  add: 8,
  multiply: 9,
  unary: 10,
  postfix: 11,
};

/** Words that begin a statement or an expression, but are names where nothing that they could begin follows. */
const SOFT = [
  'set', 'map', 'count',
  'send', 'broadcast', 'output', 'start', 'stop', 'assert',
  'input', 'timeout', 'deliver', 'crash', 'reboot',
];

/** `rule`, one or more times, separated by commas, a trailing comma allowed. */
const commaSep1 = (rule) => seq(rule, repeat(seq(',', rule)), optional(','));
const commaSep = (rule) => optional(commaSep1(rule));

/** `{ … }` around things that each end at a newline or `;`. */
const lines = ($, rule) => seq('{', optional($._ends), optional(seq(rule, repeat(seq($._ends, rule)), optional($._ends))), '}');

module.exports = grammar({
  name: 'verdi',

  word: ($) => $.identifier,

  externals: ($) => [$._newline],

  extras: ($) => [/\s/, $.comment, $.doc_comment],

  supertypes: ($) => [$._item, $._statement, $._expression, $._pattern, $._type, $._clause, $._step],

  // The comma after an `assert` in an arm is the arm's, or stands before the reason.
  conflicts: ($) => [[$.assert_statement]],

  rules: {
    source_file: ($) => seq(optional($._ends), optional(seq($._item, repeat(seq($._ends, $._item)), optional($._ends)))),

    _ends: ($) => repeat1(choice($._newline, ';')),

    // Three slashes make a doc comment; two, or more than three, a plain one.
    comment: (_) => token(seq('//', optional(choice(/[^/\n][^\n]*/, /\/\/[^\n]*/)))),
    doc_comment: (_) => token(seq('///', optional(/[^/\n][^\n]*/))),

    // Items

    _item: ($) =>
      choice(
        $.use_declaration,
        $.type_declaration,
        $.function_declaration,
        $.system_declaration,
        $.network_declaration,
        $.transformer_declaration,
        $.check_declaration,
        $.test_declaration,
      ),

    use_declaration: ($) =>
      seq('use', field('source', choice($.module_path, seq($.string, '.'))), '{', commaSep($._any_name), '}'),

    // With the dot before the brace, so that one token of look-ahead tells where it ends.
    module_path: ($) => repeat1(seq($.identifier, '.')),

    type_declaration: ($) =>
      seq(
        'type',
        field('name', $.type_identifier),
        field('parameters', optional($.type_parameters)),
        choice(field('fields', $.fields), seq('=', field('body', choice($._type, $.variants)))),
      ),

    variants: ($) =>
      choice(
        seq('|', $.variant, repeat(seq('|', $.variant))),
        seq($.variant, repeat1(seq('|', $.variant))),
        prec(-1, alias($._variant_with_fields, $.variant)),
      ),

    variant: ($) => seq(field('name', $._constructor), field('fields', optional($.fields))),
    _variant_with_fields: ($) => seq(field('name', $._constructor), field('fields', $.fields)),

    fields: ($) => seq('(', commaSep($.field), ')'),
    field: ($) => seq(field('name', $._any_name), ':', field('type', $._type)),

    type_parameters: ($) => seq('<', commaSep1($.type_identifier), '>'),

    function_declaration: ($) =>
      seq(
        'fn',
        field('name', $.identifier),
        field('type_parameters', optional($.type_parameters)),
        field('parameters', $.parameters),
        optional(seq(':', field('result', $._type))),
        field('body', $.block),
      ),

    parameters: ($) => seq('(', commaSep($.parameter), ')'),
    parameter: ($) =>
      seq(
        field('name', $._any_name),
        optional(seq(':', field('type', $._type))),
        optional(seq('=', field('default', $._expression))),
      ),

    system_declaration: ($) =>
      seq(
        'system',
        field('name', $.type_identifier),
        field('type_parameters', optional($.type_parameters)),
        field('parameters', optional($.parameters)),
        choice(field('body', $.system_body), seq('=', field('application', $._expression))),
      ),

    system_body: ($) => lines($, $._system_item),

    _system_item: ($) =>
      choice(
        $.type_declaration,
        $.function_declaration,
        $.message_declaration,
        $.node_declaration,
        $.invariant_declaration,
        $.liveness_declaration,
        $.monitor_declaration,
        $.lift_declaration,
      ),

    message_declaration: ($) => seq('message', $._alternatives),
    input_declaration: ($) => seq('input', $._alternatives),
    output_declaration: ($) => seq('output', $._alternatives),
    _alternatives: ($) => seq(optional('|'), $.variant, repeat(seq('|', $.variant))),

    node_declaration: ($) =>
      seq(
        'node',
        choice(
          seq(field('name', $.type_identifier), optional(seq('[', field('count', $._expression), ']'))),
          seq('for', field('wraps', $._type)),
        ),
        field('body', $.node_body),
      ),

    node_body: ($) => lines($, $._node_item),

    _node_item: ($) =>
      choice(
        $.input_declaration,
        $.output_declaration,
        $.state_declaration,
        $.timer_declaration,
        $.handler,
        $.proc_declaration,
        $.function_declaration,
      ),

    state_declaration: ($) => seq(optional(choice('durable', 'ghost')), 'state', $._slot),

    _slot: ($) =>
      seq(
        field('name', $.identifier),
        optional(seq(':', field('type', $._type))),
        optional(seq('=', field('value', $._expression))),
      ),

    timer_declaration: ($) =>
      seq(
        'timer',
        field('name', $.identifier),
        choice(seq('every', $.duration), seq('after', $.duration, optional(seq('..', $.duration)))),
      ),

    handler: ($) => seq('on', $._event, optional($._guard), field('body', $.block)),

    _event: ($) =>
      choice(
        'start',
        'reboot',
        seq('input', field('pattern', $._pattern), optional(seq('from', $.binder))),
        seq('message', field('pattern', $._pattern), optional(seq('from', $.binder))),
        seq('timeout', optional('inner'), field('timer', $.identifier)),
      ),

    binder: ($) => seq(field('name', $.identifier), optional(seq(':', field('type', $._type)))),

    _guard: ($) => seq('when', field('guard', $._expression)),

    proc_declaration: ($) =>
      seq(
        'proc',
        field('name', $.identifier),
        field('parameters', $.parameters),
        optional(seq(':', field('result', $._type))),
        field('body', $.block),
      ),

    invariant_declaration: ($) =>
      seq(optional('inductive'), 'invariant', field('name', $.identifier), ':', field('body', $._expression)),

    liveness_declaration: ($) =>
      seq(
        'liveness',
        field('name', $.identifier),
        optional(seq('(', commaSep($.draw), ')')),
        ':',
        choice(seq('eventually', $._expression), seq($._expression, '~>', $._expression)),
      ),

    monitor_declaration: ($) => seq('monitor', field('name', $.type_identifier), field('body', $.monitor_body)),
    monitor_body: ($) => lines($, choice($.state_declaration, $.monitor_handler)),
    monitor_handler: ($) =>
      seq(
        'on',
        choice('step', seq(choice('input', 'output'), field('pattern', $._pattern), optional(seq('at', $.binder)))),
        optional($._guard),
        field('body', $.block),
      ),

    lift_declaration: ($) => seq('lift', lines($, choice($.lift_state, $.lift_packets))),
    lift_state: ($) => seq('state', $.binder, '=', $._expression),
    lift_packets: ($) => seq('packets', '=', $._expression),

    transformer_declaration: ($) =>
      seq(
        'transformer',
        field('name', $.identifier),
        field('parameters', $.transformer_parameters),
        optional(seq('from', field('from', $.identifier))),
        optional(seq('to', field('to', $.identifier))),
        field('body', $.system_body),
      ),

    transformer_parameters: ($) => seq('(', $.subject, repeat(seq(',', $.parameter)), optional(','), ')'),
    subject: ($) => seq(field('name', $.type_identifier), ':', choice('system', 'machine')),

    // Networks

    network_declaration: ($) =>
      seq(
        'network',
        field('name', $.identifier),
        optional(seq('extends', field('extends', $.identifier))),
        field('body', $.network_body),
      ),

    network_body: ($) => lines($, $._network_item),

    _network_item: ($) =>
      choice($.packets_declaration, $.var_declaration, $.rule_declaration, $.restrict_declaration, $.function_declaration),

    packets_declaration: ($) => seq('packets', ':', field('discipline', $.identifier)),
    var_declaration: ($) => seq('var', $._slot),

    rule_declaration: ($) =>
      seq(
        optional(choice('fair', seq('strong', 'fair'))),
        'rule',
        field('name', $.identifier),
        optional(seq('(', commaSep($.draw), ')')),
        optional($._guard),
        field('body', $.block),
      ),

    restrict_declaration: ($) =>
      seq(
        'restrict',
        field('rule', $.identifier),
        optional(seq('(', commaSep(field('binder', $.identifier)), ')')),
        $._guard,
      ),

    // Checks and tests

    check_declaration: ($) =>
      seq('check', field('title', $.string), field('subject', $._expression), lines($, $._clause)),

    _clause: ($) =>
      choice(
        $.under_clause,
        $.bound_clause,
        $.domain_clause,
        $.clients_clause,
        $.constraint_clause,
        $.symmetric_clause,
        $.holds_clause,
        $.violates_clause,
        $.reaches_clause,
        $.deadlock_clause,
        $.refines_clause,
        $.linearizable_clause,
      ),

    under_clause: ($) => seq('under', field('network', $.identifier)),
    bound_clause: ($) =>
      seq('bound', field('rule', $.identifier), '<=', field('limit', $._expression), optional(seq('per', 'node'))),
    domain_clause: ($) =>
      seq('domain', field('input', $._constructor), '.', field('field', $._any_name), '=', field('values', $._expression)),
    clients_clause: ($) => seq('clients', $._expression),
    constraint_clause: ($) => seq('constraint', $._expression),
    symmetric_clause: ($) => seq('symmetric', commaSep1($.type_identifier)),
    holds_clause: ($) => seq('holds', commaSep1(choice($.identifier, $.type_identifier))),
    violates_clause: ($) => seq('violates', commaSep1(choice($.identifier, $.type_identifier))),
    reaches_clause: ($) => seq('reaches', field('name', $.identifier), ':', field('goal', $._expression)),
    deadlock_clause: (_) => seq('deadlock', 'free'),
    refines_clause: ($) => seq(optional('violates'), 'refines', $._expression, 'under', field('network', $.identifier)),
    linearizable_clause: ($) => seq('linearizable', 'as', $._expression),

    test_declaration: ($) =>
      seq(
        'test',
        field('title', $.string),
        'for',
        field('subject', $._expression),
        'under',
        field('network', $.identifier),
        lines($, $._step),
      ),

    _step: ($) => choice($.expect_step, $.input_step, $.packet_step, $.timeout_step, $.rule_step),

    expect_step: ($) => seq('expect', $._expression),
    input_step: ($) =>
      seq('input', field('input', $._expression), 'at', field('at', $._expression), optional(seq('from', $._expression))),
    packet_step: ($) =>
      seq(
        field('rule', $.identifier),
        field('message', choice($.constructor_pattern, $.identifier, $.wildcard)),
        'from',
        field('from', $._expression),
        'to',
        field('to', $._expression),
      ),
    timeout_step: ($) => seq('timeout', field('timer', $.identifier), 'at', field('at', $._expression)),
    // A bare argument is a node, a name or a literal: what else a rule takes is written in parentheses.
    rule_step: ($) =>
      seq(
        field('rule', $.identifier),
        optional(choice($.arguments, $._node_reference, $.identifier, $.integer, $.string, $.boolean)),
      ),
    _node_reference: ($) => choice($._constructor, alias($._node_index, $.index_expression)),
    _node_index: ($) => seq(field('value', $._constructor), '[', field('index', $._expression), ']'),

    // Types

    _type: ($) => choice($.primitive_type, $.type_identifier, $.generic_type, $.member_type, $.tuple_type),

    primitive_type: (_) => choice('bool', 'int', 'string'),
    generic_type: ($) => seq(field('name', $.type_identifier), '<', commaSep1($._type), '>'),
    member_type: ($) => seq(field('system', $.type_identifier), '.', field('name', $.type_identifier)),
    tuple_type: ($) => seq('(', commaSep($._type), ')'),

    // Statements

    block: ($) => lines($, $._statement),

    _statement: ($) =>
      choice(
        $.let_statement,
        $.var_statement,
        $.assignment,
        $.send_statement,
        $.broadcast_statement,
        $.output_statement,
        $.start_statement,
        $.stop_statement,
        $.for_statement,
        $.assert_statement,
        $.return_statement,
        $.fire_statement,
        $._expression,
      ),

    let_statement: ($) =>
      seq('let', field('pattern', $._pattern), optional(seq(':', field('type', $._type))), '=', field('value', $._expression)),
    var_statement: ($) => seq('var', $._slot),
    assignment: ($) => seq(field('place', $._expression), ':=', field('value', $._expression)),
    send_statement: ($) => seq('send', field('message', $._expression), 'to', field('to', $._expression)),
    broadcast_statement: ($) => seq('broadcast', field('message', $._expression), 'to', field('to', $._expression)),
    output_statement: ($) => seq('output', field('output', $._expression), optional(seq('to', field('to', $._expression)))),
    start_statement: ($) => seq('start', field('timer', $.identifier)),
    stop_statement: ($) => seq('stop', field('timer', $.identifier)),
    for_statement: ($) => seq('for', field('pattern', $._pattern), 'in', field('domain', $._expression), field('body', $.block)),
    assert_statement: ($) => seq('assert', field('condition', $._expression), optional(seq(',', field('reason', $.string)))),
    return_statement: ($) => seq('return', optional($._expression)),

    fire_statement: ($) =>
      choice(
        seq('input', $._expression, 'at', $._expression),
        seq('timeout', $._expression, 'at', $._expression),
        seq('deliver', $._expression),
        seq('crash', $._expression),
        seq('reboot', $._expression),
      ),

    // Expressions

    _expression: ($) =>
      choice(
        $.integer,
        $.boolean,
        $.string,
        $.self,
        $.identifier,
        $._soft_name,
        $._constructor,
        $.tuple_expression,
        $.parenthesized_expression,
        $.list_expression,
        $.set_expression,
        $.map_expression,
        $.count_expression,
        $.call_expression,
        $.method_expression,
        $.field_expression,
        $.index_expression,
        $.unary_expression,
        $.binary_expression,
        $.is_expression,
        $.quantified_expression,
        $.if_expression,
        $.match_expression,
        $.block,
      ),

    self: (_) => 'self',
    boolean: (_) => choice('true', 'false'),
    integer: (_) => /[0-9][0-9_]*/,
    duration: (_) => /[0-9][0-9_]*(us|ms|s|min|h)/,

    string: ($) => seq('"', repeat(choice($.string_content, $.escape_sequence)), token.immediate('"')),
    string_content: (_) => token.immediate(prec(1, /[^"\\\n]+/)),
    escape_sequence: (_) => token.immediate(/\\([nrt0"\\]|u\{[0-9a-fA-F]*\})/),

    parenthesized_expression: ($) => seq('(', $._expression, ')'),
    tuple_expression: ($) => seq('(', optional(seq($._expression, ',', commaSep($._expression))), ')'),

    list_expression: ($) => seq('[', optional($._elements), ']'),
    set_expression: ($) => seq('set', '[', optional($._elements), ']'),
    map_expression: ($) => seq('map', '[', optional(choice(commaSep1($.entry), seq($.entry, $.comprehension))), ']'),
    _elements: ($) => choice(commaSep1($._expression), seq($._expression, $.comprehension)),
    entry: ($) => seq(field('key', $._expression), ':', field('value', $._expression)),

    comprehension: ($) => seq('for', $._draws),
    count_expression: ($) => seq('count', '(', $._draws, ')'),
    _draws: ($) => seq($.draw, repeat(seq(',', $.draw)), optional(seq('if', field('filter', $._expression)))),
    draw: ($) => seq(field('pattern', $._pattern), 'in', field('domain', $._expression)),

    call_expression: ($) =>
      prec(PREC.postfix, seq(field('function', $._expression), field('arguments', $.arguments))),
    arguments: ($) => seq('(', optional(choice(commaSep1($._argument), seq($._expression, $.comprehension))), ')'),
    _argument: ($) => choice($._expression, $.labelled_argument, $.spread_argument),
    labelled_argument: ($) =>
      seq(field('label', choice($._any_name, $._soft_name)), ':', field('value', $._expression)),
    spread_argument: ($) => seq('..', $._expression),

    method_expression: ($) =>
      prec(
        PREC.postfix + 1,
        seq(field('value', $._expression), '.', field('method', $._member), field('arguments', $.arguments)),
      ),
    field_expression: ($) => prec(PREC.postfix, seq(field('value', $._expression), '.', field('field', $._member))),
    _member: ($) => choice($.identifier, $._constructor),
    index_expression: ($) =>
      prec(PREC.postfix, seq(field('value', $._expression), '[', field('index', $._expression), ']')),

    unary_expression: ($) => prec(PREC.unary, seq(choice('!', '-'), $._expression)),

    binary_expression: ($) => {
      const left = (level, operator) =>
        prec.left(level, seq(field('left', $._expression), field('operator', operator), field('right', $._expression)));
      return choice(
        prec.right(
          PREC.implies,
          seq(field('left', $._expression), field('operator', '==>'), field('right', $._expression)),
        ),
        left(PREC.or, '||'),
        left(PREC.and, '&&'),
        left(PREC.compare, choice('==', '!=', '<', '<=', '>', '>=', 'in', seq('not', 'in'))),
        left(PREC.range, choice('..', '..=')),
        left(PREC.set, choice('|', '&')),
        left(PREC.add, choice('+', '-', '++')),
        left(PREC.multiply, choice('*', '/', '%')),
      );
    },

    is_expression: ($) => prec.left(PREC.compare, seq(field('value', $._expression), 'is', field('pattern', $._pattern))),

    quantified_expression: ($) =>
      prec.right(PREC.quantifier, seq(choice('forall', 'exists'), $._draws, ':', field('body', $._expression))),

    if_expression: ($) =>
      prec.right(
        seq(
          'if',
          field('condition', choice($._expression, $.let_condition)),
          field('then', $.block),
          optional(seq('else', field('else', choice($.block, $.if_expression)))),
        ),
      ),
    let_condition: ($) => seq('let', field('pattern', $._pattern), '=', field('value', $._expression)),

    match_expression: ($) => seq('match', field('value', $._expression), '{', optional($._arms), '}'),
    _arms: ($) => seq($.arm, repeat(seq($._arm_end, $.arm)), optional($._arm_end)),
    _arm_end: ($) => choice($._ends, seq(',', optional($._ends))),
    arm: ($) => seq(field('pattern', $._pattern), '=>', field('body', $._statement)),

    // Patterns

    _pattern: ($) =>
      choice(
        $.wildcard,
        $.identifier,
        $.integer,
        $.negative_integer,
        $.boolean,
        $.string,
        $.constructor_pattern,
        $.tuple_pattern,
        $.list_pattern,
        $.or_pattern,
      ),

    wildcard: (_) => '_',
    negative_integer: ($) => seq('-', $.integer),
    constructor_pattern: ($) =>
      prec.right(
        PREC.postfix,
        seq(
          optional(seq(field('type', $.type_identifier), '.')),
          field('name', $._constructor),
          optional(seq('(', commaSep(choice($._pattern, $.labelled_pattern, $.rest)), ')')),
        ),
      ),
    labelled_pattern: ($) => seq(field('label', $._any_name), ':', field('pattern', $._pattern)),
    tuple_pattern: ($) => seq('(', commaSep($._pattern), ')'),
    list_pattern: ($) => seq('[', commaSep(choice($._pattern, $.rest)), ']'),
    rest: ($) => seq('..', optional(choice($.identifier, $.wildcard))),
    or_pattern: ($) => prec.left(PREC.set, seq($._pattern, '|', $._pattern)),

    // Names

    // What a capitalised name in an expression is (a constructor, a kind of node, a system) only the checker knows.
    _constructor: ($) => alias($.type_identifier, $.constructor),
    _soft_name: ($) => prec(-1, choice(...SOFT.map((word) => alias(word, $.identifier)))),
    _any_name: ($) => choice($.identifier, $.type_identifier),
    identifier: (_) => /[a-z_][A-Za-z0-9_]*/,
    type_identifier: (_) => /[A-Z][A-Za-z0-9_]*/,
  },
});
