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

    /// The place of a column.
    pub fn column(&self, head: &str) -> Option<usize> {
        self.head.iter().position(|known| known == head)
    }
}
