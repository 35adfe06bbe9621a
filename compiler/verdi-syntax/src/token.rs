//! The alphabet: every token of the lexer and of the grammar, as one enum without payloads.
//!
//! A token's text is the slice of the file that its span covers, so a token is one byte and a 10 MB line
//! stays cheap. Three groups share the enum: what logos reads from the text, the soft keywords that
//! [`crate::layout`] makes of plain words, and the marks that layout and recovery put into the stream.

use logos::{Lexer, Logos};

/// Declares the enum, and the text of every token that has a fixed one.
macro_rules! tokens {
    (
        lexical { $($(#[$lex_attr:meta])* $lex:ident $lex_text:literal,)* }
        fixed { $($fixed:ident $fixed_text:literal,)* }
        soft { $($soft:ident $soft_text:literal,)* }
        marks { $($mark:ident $mark_text:literal,)* }
    ) => {
        /// A token; see the module's documentation.
        #[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[logos(skip r"[ \t\r\x0c]+")]
        pub(crate) enum Tok {
            $($(#[$lex_attr])* $lex,)*
            $(#[token($fixed_text)] $fixed,)*
            $($soft,)*
            $($mark,)*
        }

        impl Tok {
            /// How the token is written, or for tokens without one text what it is called.
            pub(crate) fn text(self) -> &'static str {
                match self {
                    $(Self::$lex => $lex_text,)*
                    $(Self::$fixed => $fixed_text,)*
                    $(Self::$soft => $soft_text,)*
                    $(Self::$mark => $mark_text,)*
                }
            }

            /// Whether it is a word that the context made a keyword.
            pub(crate) fn is_soft(self) -> bool {
                matches!(self, $(Self::$soft)|*)
            }

            /// Whether it has exactly one text: punctuation and hard keywords.
            pub(crate) fn is_fixed(self) -> bool {
                matches!(self, $(Self::$fixed)|*)
            }

            /// Whether it begins with a letter: names and all keywords.
            pub(crate) fn is_word(self) -> bool {
                matches!(self, Self::Lower | Self::Upper)
                    || self.is_soft()
                    || (self.is_fixed() && self.text().starts_with(|c: char| c.is_ascii_alphabetic()))
            }
        }

        /// Every soft keyword with its token.
        pub(crate) const SOFT: &[(&str, Tok)] = &[$(($soft_text, Tok::$soft),)*];
        /// Every token with one text.
        pub(crate) const FIXED: &[(&str, Tok)] = &[$(($fixed_text, Tok::$fixed),)*];
    };
}

tokens! {
    lexical {
        #[token("\n")] Newline "the end of the line",
        #[regex(r"//[^\n]*", comment, allow_greedy = true)] Comment "a comment",
        Doc "a doc comment",
        #[token("/*", block_comment)] BlockComment "a block comment",
        #[regex(r"[0-9][0-9_]*")] Int "a number",
        #[regex(r"[0-9][0-9_]*[a-zA-Z][a-zA-Z0-9_]*")] Duration "a duration",
        #[token("\"", string)] Str "a string",
        BadStr "a string",
        #[token("'", single_quoted)] SingleQuoted "a string",
        #[regex(r"[a-z][A-Za-z0-9_]*|_[A-Za-z0-9_]+")] Lower "a name",
        #[regex(r"[A-Z][A-Za-z0-9_]*")] Upper "a name",
    }
    fixed {
        Underscore "_",
        LParen "(", RParen ")", LSquare "[", RSquare "]", LBrace "{", RBrace "}",
        Comma ",", Semicolon ";", Colon ":", Dot ".", DotDot "..", DotDotEq "..=",
        ColonEq ":=", Assign "=", EqEq "==", NotEq "!=", Lt "<", Le "<=", Gt ">", Ge ">=",
        FatArrow "=>", Implies "==>", LeadsTo "~>", ThinArrow "->",
        OrOr "||", AndAnd "&&", Bar "|", Amp "&",
        Plus "+", PlusPlus "++", Minus "-", Star "*", Slash "/", Percent "%", Bang "!",
        If "if", Else "else", Match "match", For "for", In "in", Is "is", Not "not",
        Let "let", Var "var", Fn "fn", Return "return", True "true", False "false", SelfKw "self",
        Forall "forall", Exists "exists", When "when",
    }
    soft {
        KwUse "use", KwType "type", KwSystem "system", KwNetwork "network", KwTransformer "transformer",
        KwCheck "check", KwTest "test",
        KwMessage "message", KwNode "node", KwInvariant "invariant", KwInductive "inductive",
        KwLiveness "liveness", KwEventually "eventually", KwMonitor "monitor", KwLift "lift",
        KwInput "input", KwOutput "output", KwState "state", KwDurable "durable", KwGhost "ghost",
        KwTimer "timer", KwEvery "every", KwAfter "after", KwOn "on", KwProc "proc",
        KwStart "start", KwStop "stop", KwTimeout "timeout", KwReboot "reboot", KwStep "step", KwInner "inner",
        KwFrom "from", KwTo "to", KwAt "at", KwUnder "under", KwExtends "extends", KwAs "as", KwPer "per",
        KwPackets "packets", KwFair "fair", KwStrong "strong", KwRule "rule", KwRestrict "restrict",
        KwBound "bound", KwDomain "domain", KwClients "clients", KwConstraint "constraint",
        KwSymmetric "symmetric", KwHolds "holds", KwViolates "violates", KwReaches "reaches",
        KwDeadlock "deadlock", KwFree "free", KwRefines "refines", KwLinearizable "linearizable",
        KwExpect "expect", KwSend "send", KwBroadcast "broadcast", KwAssert "assert",
        KwDeliver "deliver", KwCrash "crash",
        KwSet "set", KwMap "map", KwCount "count",
    }
    marks {
        Unknown "an unknown character",
        Term "the end of the line",
        NotIn "not in",
        AssertComma ",",
        RuleName "the name of a rule",
        PacketRule "the name of a rule",
        ErrExpr "an error", ErrLine "an error",
        StartItem "", StartSystem "", StartNode "", StartNetwork "", StartMonitor "", StartLift "",
        StartClause "", StartStep "", StartStmt "",
    }
}

/// Three slashes make a doc comment, two or more than three a plain one.
fn comment(lexer: &mut Lexer<'_, Tok>) -> Tok {
    let text = lexer.slice();
    if text.starts_with("///") && !text.starts_with("////") { Tok::Doc } else { Tok::Comment }
}

/// To the closing `*/`, or to the end of the file.
fn block_comment(lexer: &mut Lexer<'_, Tok>) -> Tok {
    let rest = lexer.remainder();
    lexer.bump(rest.find("*/").map_or(rest.len(), |at| at + 2));
    Tok::BlockComment
}

/// To the closing quote; a string does not go beyond its line.
fn string(lexer: &mut Lexer<'_, Tok>) -> Tok {
    let mut escaped = false;
    for (at, byte) in lexer.remainder().bytes().enumerate() {
        match byte {
            b'\n' => {
                lexer.bump(at);
                return Tok::BadStr;
            }
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => {
                lexer.bump(at + 1);
                return Tok::Str;
            }
            _ => {}
        }
    }
    lexer.bump(lexer.remainder().len());
    Tok::BadStr
}

/// `'text'` is taken whole, so that the slip costs one error; a lone quote is an unknown character.
fn single_quoted(lexer: &mut Lexer<'_, Tok>) -> Tok {
    let line = lexer.remainder().split('\n').next().unwrap_or_default();
    match line.find('\'') {
        Some(at) => {
            lexer.bump(at + 1);
            Tok::SingleQuoted
        }
        None => Tok::Unknown,
    }
}
