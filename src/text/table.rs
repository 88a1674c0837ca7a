//! A table of finished strings.

/// A table of finished strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Column heads.
    pub head: Vec<String>,
    /// Rows, as long as the head.
    pub rows: Vec<Vec<String>>,
    /// Which columns hold numbers.
    pub numeric: Vec<bool>,
}

impl Table {
    /// An empty table; a head that starts with `#` marks a column of numbers.
    pub fn new(head: &[&str]) -> Self {
        Self {
            head: head.iter().map(|h| h.trim_start_matches('#').into()).collect(),
            numeric: head.iter().map(|h| h.starts_with('#')).collect(),
            rows: Vec::new(),
        }
    }

    /// Aligned columns for a terminal.
    pub fn aligned(&self) -> String {
        let lines = || std::iter::once(&self.head).chain(&self.rows);
        let length =
            |line: &Vec<String>, column| line.get(column).map_or(0, |f: &String| f.chars().count());
        let width = |column: usize| lines().map(|line| length(line, column)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
        let mut out = String::new();
        for line in lines() {
            let fields: Vec<String> = line
                .iter()
                .enumerate()
                .map(|(i, field)| {
                    let width = widths.get(i).copied().unwrap_or(0);
                    if self.numeric.get(i) == Some(&true) {
                        format!("{field:>width$}")
                    } else {
                        format!("{field:width$}")
                    }
                })
                .collect();
            out += fields.join("  ").trim_end();
            out.push('\n');
        }
        out
    }

    /// The place of a column.
    pub fn column(&self, head: &str) -> Option<usize> {
        self.head.iter().position(|known| known == head)
    }
}
