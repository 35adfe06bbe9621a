[
  (system_body)
  (node_body)
  (network_body)
  (monitor_body)
  (lift_declaration)
  (check_declaration)
  (test_declaration)
  (block)
  (match_expression)
  (list_expression)
  (set_expression)
  (map_expression)
  (arguments)
  (parameters)
  (fields)
] @indent.begin

["}" "]" ")"] @indent.branch @indent.end
