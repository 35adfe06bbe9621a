; No node is captured twice, so it does not matter which of several patterns an editor lets win.
; Names that are only variables have no capture.

; Comments

(comment) @comment
(doc_comment) @comment.documentation

; Literals

[(integer) (negative_integer) (duration)] @number
(boolean) @boolean
(string) @string
(escape_sequence) @string.escape

; Keywords

[
  "use" "type" "system" "machine" "network" "extends" "transformer" "check" "test"
  "message" "node" "input" "output" "durable" "ghost" "state" "timer" "every" "after"
  "inductive" "invariant" "liveness" "eventually" "monitor" "step" "lift"
  "packets" "var" "fair" "strong" "rule" "restrict"
  "under" "bound" "per" "domain" "clients" "constraint" "symmetric" "holds" "violates" "reaches"
  "deadlock" "free" "refines" "linearizable" "as" "expect"
  "on" "reboot" "timeout" "when" "from" "to" "at" "inner"
  "let" "send" "broadcast" "start" "stop" "assert" "deliver" "crash"
] @keyword

["fn" "proc"] @keyword.function
["if" "else" "match"] @keyword.conditional
"for" @keyword.repeat
"return" @keyword.return
["in" "not" "is" "forall" "exists"] @keyword.operator

; Types and constructors

(primitive_type) @type.builtin
(type_identifier) @type
(constructor) @constructor
["set" "map"] @constructor

; Functions, rules, properties: what has a name and a body

(function_declaration name: (identifier) @function)
(proc_declaration name: (identifier) @function)
(transformer_declaration name: (identifier) @function)
(call_expression function: (identifier) @function.call)
"count" @function.call
(method_expression method: (identifier) @function.method)

(rule_declaration name: (identifier) @function)
(restrict_declaration rule: (identifier) @function)
(bound_clause rule: (identifier) @function.call)
(rule_step rule: (identifier) @function.call)
(packet_step rule: (identifier) @function.call)

(invariant_declaration name: (identifier) @label)
(liveness_declaration name: (identifier) @label)
(holds_clause (identifier) @label)
(violates_clause (identifier) @label)
(reaches_clause name: (identifier) @label)

; Networks and modules

(network_declaration name: (identifier) @module)
(network_declaration extends: (identifier) @module)
(transformer_declaration from: (identifier) @module)
(transformer_declaration to: (identifier) @module)
(under_clause network: (identifier) @module)
(refines_clause network: (identifier) @module)
(test_declaration network: (identifier) @module)
(module_path (identifier) @module)

; Variables that are declared here, and fields

(self) @variable.builtin
(parameter name: (identifier) @variable.parameter)
(binder name: (identifier) @variable.parameter)
(restrict_declaration binder: (identifier) @variable.parameter)
(state_declaration name: (identifier) @variable.member)
(timer_declaration name: (identifier) @variable.member)
(field name: (identifier) @property)
(field_expression field: (identifier) @property)
(labelled_argument label: (identifier) @property)
(labelled_pattern label: (identifier) @property)
(domain_clause field: (identifier) @property)
(packets_declaration discipline: (identifier) @constant.builtin)
(wildcard) @character.special

; Punctuation

[
  "==>" "||" "&&" "==" "!=" "<" "<=" ">" ">=" "|" "&" "+" "-" "++" "*" "/" "%" "!" ".." "..=" "=" ":=" "=>" "~>"
] @operator

["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," "." ":" ";"] @punctuation.delimiter
