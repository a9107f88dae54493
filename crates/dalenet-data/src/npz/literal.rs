//! The Python literals that occur in the header of an `.npy` file.

/// How deeply literals may be nested. The header of an array of numbers has depth 2.
const DEPTH: usize = 32;

/// A Python literal.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Integer(u64),
    Bool(bool),
    Tuple(Vec<Literal>),
    Dictionary(Vec<(Literal, Literal)>),
    /// A list, a negative or fractional number, `None`.
    Other,
}

impl Literal {
    /// The value of `key` in a dictionary; the last one counts, as in Python.
    pub(super) fn get(&self, key: &str) -> Option<&Literal> {
        let Literal::Dictionary(entries) = self else { return None };
        let is_wanted = |(k, _): &&(Literal, Literal)| matches!(k, Literal::Text(k) if k == key);
        entries.iter().rev().find(is_wanted).map(|(_, value)| value)
    }
}

/// The literal that `text` is, if it is one.
pub(super) fn parse(text: &str) -> Option<Literal> {
    let mut parser = Parser { rest: text };
    let literal = parser.literal(DEPTH)?;
    parser.skip_blanks();
    parser.rest.is_empty().then_some(literal)
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
    }

    /// The next character that is no blank.
    fn peek(&mut self) -> Option<char> {
        self.skip_blanks();
        self.rest.chars().next()
    }

    /// Takes `wanted` if it comes next.
    fn take(&mut self, wanted: char) -> bool {
        self.skip_blanks();
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn literal(&mut self, depth: usize) -> Option<Literal> {
        let depth = depth.checked_sub(1)?;
        match self.peek()? {
            '\'' | '"' => self.text(),
            '(' => self.tuple(depth),
            '[' => self.items('[', ']', depth).map(|_| Literal::Other),
            '{' => self.dictionary(depth),
            _ => self.word(),
        }
    }

    /// A string, or several in a row, which are one.
    fn text(&mut self) -> Option<Literal> {
        let mut text = String::new();
        while let Some(quote @ ('\'' | '"')) = self.peek() {
            let mut characters = self.rest[1..].chars();
            loop {
                match characters.next()? {
                    '\\' => text.push(characters.next()?),
                    end if end == quote => break,
                    character => text.push(character),
                }
            }
            self.rest = characters.as_str();
        }
        Some(Literal::Text(text))
    }

    /// Literals parted by commas between `open` and `close`, and whether a comma came last.
    fn items(&mut self, open: char, close: char, depth: usize) -> Option<(Vec<Literal>, bool)> {
        self.take(open);
        let mut items = Vec::new();
        loop {
            if self.take(close) {
                return Some((items, true));
            }
            items.push(self.literal(depth)?);
            if !self.take(',') {
                return self.take(close).then_some((items, false));
            }
        }
    }

    /// A tuple, or a literal in parentheses.
    fn tuple(&mut self, depth: usize) -> Option<Literal> {
        let (mut items, comma) = self.items('(', ')', depth)?;
        if items.len() == 1 && !comma { items.pop() } else { Some(Literal::Tuple(items)) }
    }

    fn dictionary(&mut self, depth: usize) -> Option<Literal> {
        self.take('{');
        let mut entries = Vec::new();
        loop {
            if self.take('}') {
                return Some(Literal::Dictionary(entries));
            }
            let key = self.literal(depth)?;
            if !self.take(':') {
                return None;
            }
            entries.push((key, self.literal(depth)?));
            if !self.take(',') {
                return self.take('}').then_some(Literal::Dictionary(entries));
            }
        }
    }

    /// A number or a name.
    fn word(&mut self) -> Option<Literal> {
        let is_part = |c: char| c.is_alphanumeric() || "+-._".contains(c);
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "" => None,
            "True" => Some(Literal::Bool(true)),
            "False" => Some(Literal::Bool(false)),
            "None" => Some(Literal::Other),
            _ if word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                // Python 2 wrote long integers so: 10L.
                let digits = word.strip_suffix('L').unwrap_or(word).replace('_', "");
                Some(digits.parse().map_or(Literal::Other, Literal::Integer))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Literal::*, *};

    #[test]
    fn literals_as_python_reads_them() {
        let text = |text: &str| Text(text.to_owned());
        let read = [
            ("'a'", text("a")),
            (" \"a'b\" ", text("a'b")),
            (r"'a\'b'", text("a'b")),
            ("'a' 'b'", text("ab")),
            ("''", text("")),
            ("10L", Integer(10)),
            ("1_000", Integer(1000)),
            ("-1", Other),
            ("1.5", Other),
            ("[1, 'a', (2,)]", Other),
            ("True", Bool(true)),
            ("()", Tuple(vec![])),
            ("(5)", Integer(5)),
            ("(5L,)", Tuple(vec![Integer(5)])),
            ("( 5 ,\n6 )", Tuple(vec![Integer(5), Integer(6)])),
            ("{ 'a' : 1 , }\n", Dictionary(vec![(text("a"), Integer(1))])),
        ];
        for (written, literal) in read {
            assert_eq!(parse(written), Some(literal), "{written}");
        }
    }

    #[test]
    fn what_python_does_not_read_is_none() {
        for text in ["", "'a", "(1", "(1 2)", "{1}", "{1:}", "1 2", "(,)", "nonsense", "'a\\"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"(".repeat(100_000)), None);
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        let dictionary = parse("{'a': 1, 'b': 2, 'a': 3}").unwrap();
        assert_eq!(dictionary.get("a"), Some(&Integer(3)));
        assert_eq!(dictionary.get("c"), None);
    }
}
