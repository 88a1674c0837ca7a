//! Which separator a text has, told from its first lines.

/// How a text is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) separator: u8,
    pub(super) quote: u8,
}

impl Dialect {
    /// The separator in words.
    pub(super) fn words(self) -> &'static str {
        match self.separator {
            b';' => "CSV with semicolons",
            b'\t' => "text with tabs",
            b'|' => "text with bars",
            b' ' => "text with blanks",
            b':' => "text with colons",
            _ => "CSV",
        }
    }

    /// Told from the lines of a text that hold something.
    pub(super) fn of(lines: &[&str]) -> Self {
        let head = lines.first().copied().unwrap_or_default();
        let quote = quote(head);
        let consistent = |separator: &u8| {
            let in_head = count(head, *separator, quote);
            // Tables of R have one name less than they have columns.
            let fits = |line: &&&str| {
                let found = count(line, *separator, quote);
                found == in_head || found == in_head + 1
            };
            let rest = &lines[1.min(lines.len())..];
            in_head > 0 && rest.iter().filter(fits).count() * 10 >= rest.len() * 8
        };
        let most = |candidates: &mut dyn Iterator<Item = u8>| {
            // The first of equals.
            candidates.fold((b',', 0), |best, separator| {
                let found = count(head, separator, quote);
                if found > best.1 { (separator, found) } else { best }
            })
        };
        let mut steady = b",;\t|".iter().copied().filter(|separator| consistent(separator));
        let (separator, found) = most(&mut steady);
        if found > 0 {
            return Self { separator, quote };
        }
        let (separator, found) = most(&mut b",;\t|".iter().copied());
        let blanks = consistent(&b' ') && lines.len() > 1;
        let separator = if found == 0 && blanks { b' ' } else { separator };
        Self { separator, quote }
    }
}

/// Single quotes where all fields of the header stand in them.
fn quote(head: &str) -> u8 {
    let single = head.starts_with('\'') && head.trim_end().ends_with('\'') && head.len() > 2;
    if single { b'\'' } else { b'"' }
}

/// Separators outside of quotes; a run of blanks counts once.
pub(super) fn count(line: &str, separator: u8, quote: u8) -> usize {
    let (mut quoted, mut before, mut found) = (false, separator, 0);
    let line = if separator == b' ' { line.trim() } else { line };
    for byte in line.bytes() {
        let byte = if separator == b' ' && byte == b'\t' { b' ' } else { byte };
        quoted ^= byte == quote;
        let run = separator == b' ' && before == b' ';
        found += usize::from(!quoted && byte == separator && !run);
        before = byte;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_told_from_header_and_rows() {
        let of = |lines: &[&str]| Dialect::of(lines).separator;
        assert_eq!(of(&["a,b,c", "1,2,3"]), b',');
        assert_eq!(of(&["a;b;c", "1,5;2,5;3,5"]), b';');
        assert_eq!(of(&["Name, of run\tvalue", "x\t1", "y\t2"]), b'\t');
        assert_eq!(of(&["a|b", "1|2"]), b'|');
        assert_eq!(of(&["init seed  value", "random 0 0.5"]), b' ');
        assert_eq!(of(&["\"init\" \"value\"", "\"1\" \"random\" 0.5"]), b' ');
        assert_eq!(of(&["\"a;b\",c", "1,2"]), b',');
        assert_eq!(of(&["label fraction", "0.1"]), b',');
        assert_eq!(Dialect::of(&["'a','b'", "'1','2'"]).quote, b'\'');
    }
}
