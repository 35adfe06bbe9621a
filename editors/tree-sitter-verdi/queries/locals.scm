; Scopes

[
  (source_file)
  (function_declaration)
  (system_declaration)
  (transformer_declaration)
  (network_declaration)
  (node_declaration)
  (monitor_declaration)
  (handler)
  (monitor_handler)
  (proc_declaration)
  (rule_declaration)
  (restrict_declaration)
  (block)
  (for_statement)
  (quantified_expression)
  (count_expression)
  (list_expression)
  (set_expression)
  (map_expression)
  (arguments)
  (arm)
  (if_expression)
] @local.scope

; Definitions

(function_declaration name: (identifier) @local.definition.function)
(proc_declaration name: (identifier) @local.definition.function)
(rule_declaration name: (identifier) @local.definition.function)
(type_declaration name: (type_identifier) @local.definition.type)
(node_declaration name: (type_identifier) @local.definition.type)
(system_declaration name: (type_identifier) @local.definition.type)
(variant name: (constructor) @local.definition.constant)

(parameter name: (identifier) @local.definition.parameter)
(binder name: (identifier) @local.definition.parameter)
(restrict_declaration binder: (identifier) @local.definition.parameter)
(state_declaration name: (identifier) @local.definition.field)
(timer_declaration name: (identifier) @local.definition.field)
(var_declaration name: (identifier) @local.definition.field)
(var_statement name: (identifier) @local.definition.var)

(let_statement pattern: (identifier) @local.definition.var)
(let_condition pattern: (identifier) @local.definition.var)
(for_statement pattern: (identifier) @local.definition.var)
(draw pattern: (identifier) @local.definition.var)
(arm pattern: (identifier) @local.definition.var)
(constructor_pattern (identifier) @local.definition.var)
(labelled_pattern pattern: (identifier) @local.definition.var)
(tuple_pattern (identifier) @local.definition.var)
(list_pattern (identifier) @local.definition.var)
(rest (identifier) @local.definition.var)

; References

(identifier) @local.reference
(constructor) @local.reference
(type_identifier) @local.reference
