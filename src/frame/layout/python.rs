//! Cells that hold a Python dictionary, as pandas writes what it got from an API:
//! `{'lr': 0.001, 'init': 'imagenet'}`.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::draft::Tidy;

/// Deeper than this is no record of a run.
const DEPTH: usize = 16;

/// Names and what they hold, as text; names of inner dictionaries joined by dots.
type Record = IndexMap<String, String>;

/// The dictionary in a cell.
fn dictionary(cell: &str) -> Option<Record> {
    let mut record = Record::new();
    let mut reader = Reader { rest: cell.trim() };
    reader.dictionary("", &mut record, 0)?;
    reader.rest.trim().is_empty().then_some(record)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, mark: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(mark)?;
        Some(())
    }

    fn begins(&self, mark: char) -> bool {
        self.rest.trim_start().starts_with(mark)
    }

    fn dictionary(&mut self, name: &str, record: &mut Record, depth: usize) -> Option<()> {
        self.take('{')?;
        loop {
            if self.take('}').is_some() {
                return Some(());
            }
            let key = self.scalar()?;
            self.take(':')?;
            let name = if name.is_empty() { key } else { format!("{name}.{key}") };
            self.value(&name, record, depth + 1)?;
            if self.take(',').is_none() {
                return self.take('}');
            }
        }
    }

    fn value(&mut self, name: &str, record: &mut Record, depth: usize) -> Option<()> {
        if depth > DEPTH {
            return None;
        }
        if self.begins('{') {
            return self.dictionary(name, record, depth);
        }
        let text = match [('[', ']'), ('(', ')')].into_iter().find(|(open, _)| self.begins(*open)) {
            Some((open, close)) => self.list(open, close, depth)?,
            None => self.scalar()?,
        };
        record.insert(name.into(), text);
        Some(())
    }

    /// The items of a list, joined.
    fn list(&mut self, open: char, close: char, depth: usize) -> Option<String> {
        self.take(open)?;
        let mut items = Record::new();
        loop {
            if self.take(close).is_some() {
                break;
            }
            self.value(&items.len().to_string(), &mut items, depth + 1)?;
            if self.take(',').is_none() {
                self.take(close)?;
                break;
            }
        }
        Some(items.values().cloned().collect::<Vec<_>>().join(" "))
    }

    /// A text, a number, a word.
    fn scalar(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let quote = self.rest.chars().next()?;
        if quote != '\'' && quote != '"' {
            let end = self.rest.find([',', ':', '}', ']', ')']).unwrap_or(self.rest.len());
            let (word, rest) = self.rest.split_at(end);
            self.rest = rest;
            let word = word.trim();
            return Some(if word == "None" { String::new() } else { word.into() });
        }
        let (mut text, mut escaped) = (String::new(), false);
        for (at, letter) in self.rest.char_indices().skip(1) {
            if escaped {
                text.push(if letter == 'n' || letter == 't' { ' ' } else { letter });
                escaped = false;
            } else if letter == '\\' {
                escaped = true;
            } else if letter == quote {
                self.rest = &self.rest[at + 1..];
                return Some(text);
            } else {
                text.push(letter);
            }
        }
        None
    }
}

impl Tidy {
    /// Columns of dictionaries become a column for each of their names: those of a
    /// `summary` under their own names, any other behind that of the column.
    pub(super) fn unfold(&mut self) {
        let holds = |column: &usize| {
            let mut cells = self.sheet.cells(*column).filter(|cell| !cell.is_empty()).peekable();
            cells.peek().is_some() && cells.all(|cell| cell.starts_with('{'))
        };
        let columns: Vec<usize> = (0..self.sheet.header().len()).filter(holds).collect();
        for column in columns.into_iter().rev() {
            self.unfold_column(column);
        }
    }

    fn unfold_column(&mut self, column: usize) {
        let read: Option<Vec<Record>> = self
            .sheet
            .cells(column)
            .map(|cell| if cell.is_empty() { Some(Record::new()) } else { dictionary(cell) })
            .collect();
        let Some(records) = read else { return };
        let name = self.name(column).to_string();
        let mut names: IndexMap<&str, String> = IndexMap::new();
        for key in records.iter().flat_map(Record::keys) {
            let full = match name.to_lowercase().as_str() {
                "summary" | "metrics" => key.clone(),
                _ => format!("{name}.{key}"),
            };
            names.entry(key).or_insert(full);
        }
        let old = &self.sheet;
        let taken: BTreeMap<&str, usize> =
            old.header().iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        names.retain(|_, full| !taken.contains_key(full.as_str()));
        let others: Vec<usize> = (0..old.header().len()).filter(|at| *at != column).collect();
        let mut header: Vec<String> = others.iter().map(|at| self.name(*at).to_string()).collect();
        header.extend(names.values().cloned());
        let made = old.with(header, |out| {
            for (row, record) in old.rows().zip(&records) {
                let cells = others.iter().map(|at| row.cell(*at));
                let further = names.keys().map(|key| record.get(*key).map_or("", String::as_str));
                out.push(row.line() as u32, cells.chain(further));
            }
        });
        self.sheet = made;
    }
}

#[cfg(test)]
mod tests {
    use super::super::draft::tests::{of, text};
    use super::*;

    #[test]
    fn dictionaries_are_read_as_python_writes_them() {
        let read = dictionary(
            "{'a': 1, \"it's\": 'x, \\'y\\'', 'b': {'c': [1, 2], 'd': None}, 'e': (1,), 'f': True, 'g': nan}",
        )
        .expect("a dictionary");
        let pairs: Vec<(&str, &str)> =
            read.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("a", "1"),
                ("it's", "x, 'y'"),
                ("b.c", "1 2"),
                ("b.d", ""),
                ("e", "1"),
                ("f", "True"),
                ("g", "nan")
            ]
        );
        let deep = format!("{}1{}", "{'a': ".repeat(1000), "}".repeat(1000));
        for bad in ["", "{", "{'a'}", "{'a': 1", "{'a': 'x}", "{'a': 1} x", deep.as_str()] {
            assert!(dictionary(bad).is_none(), "{bad:.20}");
        }
    }

    #[test]
    fn runs_from_an_api_are_unfolded() {
        let tidy = of("summary,config,name\n\
             \"{'_runtime': 10.5, 'test/auc': 0.7, '_wandb': {'runtime': 10}}\",\"{'init': 'random', 'seed': 0}\",a-1\n\
             \"{'_runtime': 11.5, 'test/auc': 0.8, '_wandb': {'runtime': 11}}\",\"{'init': 'mae', 'seed': 0}\",b-2\n");
        assert_eq!(tidy.kind, Some("Weights & Biases export"));
        assert_eq!(text(&tidy), "init,seed,metric,value\n2: random,0,auc,0.7\n3: mae,0,auc,0.8\n");
    }
}
