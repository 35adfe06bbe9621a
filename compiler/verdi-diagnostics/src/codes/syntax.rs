//! Codes of the lexer and the parser.

use super::codes;

codes! {
    V0101 "unexpected token" "The text does not fit the grammar at this place. The message lists what could stand there instead.";
}
