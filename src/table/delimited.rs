//! Text with separators: CSV and its kin.

use std::borrow::Cow;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::dialect::{Dialect, count};
use super::error::TableError;
use super::names;
use super::sheet::{Sheet, SheetBuilder};
use crate::table::missing::missing;

/// Lines that the separator is told from.
const HEAD: usize = 200;
/// Lines of title that may stand above a header.
const TITLES: usize = 20;

pub(super) fn read(path: &Path, text: &str, mut how: Vec<String>) -> Result<Sheet, TableError> {
    let (text, stated) = without_sep_line(text);
    let uncommented = without_comments(&text);
    let lines: Vec<&str> =
        uncommented.text.lines().filter(|line| !line.trim().is_empty()).take(HEAD).collect();
    let mut dialect = Dialect::of(titled(&lines));
    if let Some(separator) = stated {
        dialect.separator = separator;
    }
    let text = divided(&uncommented.text, dialect);
    how.insert(0, dialect.words().into());
    let mut reader = ReaderBuilder::new()
        .delimiter(if dialect.separator == b' ' { b'\t' } else { dialect.separator })
        .quote(dialect.quote)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    let mut record = StringRecord::new();
    let mut reading = Reading::default();
    while reader
        .read_record(&mut record)
        .map_err(|error| TableError::file(path, format!("is no CSV table: {error}")))?
    {
        let line = lines.of(&record);
        reading.record(path, line, &record, dialect)?;
    }
    reading.finish(path, how, uncommented.count)
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    titles: Vec<u64>,
    header: Option<Header>,
    /// A first row of a single cell: a title, or the header of a single column.
    perhaps: Option<(u64, StringRecord)>,
    blank: usize,
    repeated: usize,
}

struct Header {
    line: u64,
    names: Vec<String>,
    /// Names of rows stand before the first column and have no name themselves.
    shifted: Option<bool>,
    rows: SheetBuilder,
}

impl Reading {
    fn record(
        &mut self,
        path: &Path,
        line: u64,
        record: &StringRecord,
        dialect: Dialect,
    ) -> Result<(), TableError> {
        let filled = record.iter().filter(|cell| !cell.trim().is_empty()).count();
        if filled == 0 {
            self.blank += usize::from(self.header.is_some());
            return Ok(());
        }
        let Some(header) = &mut self.header else {
            self.begin(line, record, filled);
            return Ok(());
        };
        let same = record.len() == header.names.len()
            && record.iter().zip(&header.names).all(|(cell, name)| names::clean(cell) == *name);
        if same {
            self.repeated += 1;
            return Ok(());
        }
        header.push(path, line, record, dialect)
    }

    /// A row before the header is known: it is the header, unless it may be a title.
    fn begin(&mut self, line: u64, record: &StringRecord, filled: usize) {
        if filled > 1 {
            self.titles.extend(self.perhaps.take().map(|(line, _)| line));
            self.header = Some(Header::new(line, record));
        } else if self.titles.len() < TITLES {
            match self.perhaps.take() {
                // Two single cells: a table of one column.
                Some((first, header)) if record.len() == 1 && header.len() == 1 => {
                    let mut header = Header::new(first, &header);
                    header.rows.push(line as u32, record);
                    self.header = Some(header);
                }
                before => {
                    self.titles.extend(before.map(|(line, _)| line));
                    self.perhaps = Some((line, record.clone()));
                }
            }
        }
    }

    fn finish(
        mut self,
        path: &Path,
        how: Vec<String>,
        comments: usize,
    ) -> Result<Sheet, TableError> {
        if let (None, Some((line, record))) = (&self.header, &self.perhaps) {
            self.header = Some(Header::new(*line, record));
        }
        let Some(header) = self.header else {
            return Err(TableError::file(
                path,
                "is empty and has no rows, expected a header and a row for each result",
            ));
        };
        header.check_names(path)?;
        let mut sheet = header.rows.finish(path, header.names, how);
        if header.shifted == Some(true) {
            sheet.note("the first column has no name in the header: it holds names of rows, as R writes them, and is not used".into());
        }
        let lines =
            |count: usize| if count == 1 { "1 line".into() } else { format!("{count} lines") };
        if !self.titles.is_empty() {
            sheet
                .note(format!("{} above the header left out as a title", lines(self.titles.len())));
        }
        if comments > 0 {
            sheet.note(format!("{} with # left out as a comment", lines(comments)));
        }
        if self.repeated > 0 {
            sheet.note(format!(
                "the header stands {} more times; these lines are no rows",
                self.repeated
            ));
        }
        Ok(sheet)
    }
}

impl Header {
    fn new(line: u64, record: &StringRecord) -> Self {
        let mut names: Vec<String> =
            record.iter().map(|name| names::clean(name).into_owned()).collect();
        while names.len() > 1 && names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        let rows = SheetBuilder::stored(names.len());
        Self { line, names, shifted: None, rows }
    }

    fn push(
        &mut self,
        path: &Path,
        line: u64,
        record: &StringRecord,
        dialect: Dialect,
    ) -> Result<(), TableError> {
        if self.rows.is_full() {
            return Err(TableError::file(
                path,
                "holds more than 4 GB of text; write it as Parquet",
            ));
        }
        let width = self.names.len();
        // Cells without content at the end are no cells.
        let filled = record.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty());
        let extra = filled.last().map_or(0, |(at, _)| at + 1).saturating_sub(width);
        let shifted = *self.shifted.get_or_insert(extra == 1 && record.len() == width + 1);
        if shifted && record.len() == width + 1 {
            self.rows.push(line as u32, record.iter().skip(1));
        } else if !shifted && extra == 0 && record.len() >= width {
            self.rows.push(line as u32, record);
        } else {
            return Err(TableError::line(path, line, self.ragged(record, dialect)));
        }
        Ok(())
    }

    fn ragged(&self, record: &StringRecord, dialect: Dialect) -> String {
        let width = self.names.len() + usize::from(self.shifted == Some(true));
        let cells =
            |count: usize| if count == 1 { "1 cell".into() } else { format!("{count} cells") };
        let found = format!(
            "has {}, the header in line {} has {}",
            cells(record.len()),
            self.line,
            cells(width)
        );
        let way = if record.iter().any(|cell| cell.contains('\n')) {
            "a quotation mark that is opened in this line is not closed in it; close it, or double it where it is part of a name"
        } else if dialect.separator == b',' && decimals_apart(record) {
            "if its commas are decimal commas, put these numbers in quotation marks or separate the columns by semicolons"
        } else if record.len() > width {
            "put a name that holds the separator in quotation marks"
        } else {
            "add the missing cells, empty where there is nothing"
        };
        format!("{found}; {way}")
    }

    fn check_names(&self, path: &Path) -> Result<(), TableError> {
        for (at, name) in self.names.iter().enumerate() {
            let before = self.names[..at].iter().position(|known| known == name);
            if let Some(first) = before.filter(|_| !name.is_empty()) {
                let reason = format!(
                    "names column {name:?} twice (columns {} and {}); rename one",
                    first + 1,
                    at + 1
                );
                return Err(TableError::line(path, self.line, reason));
            }
        }
        Ok(())
    }
}

/// Whether a comma seems to have divided a number: `0` beside `7020`.
fn decimals_apart(record: &StringRecord) -> bool {
    let cells: Vec<&str> = record.iter().map(str::trim).collect();
    let digits = |cell: &str| !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit());
    cells.windows(2).any(|two| digits(two[0]) && digits(two[1]))
}

/// The lines from the first that is no title: titles have no separator, the lines
/// under them have some.
fn titled<'a, 'b>(lines: &'a [&'b str]) -> &'a [&'b str] {
    let divides = |line: &str| {
        b",;\t|".iter().any(|separator| {
            let line = line.trim_end_matches(|c| c as u32 == u32::from(*separator));
            count(line, *separator, b'"') > 0
        })
    };
    let first = lines.iter().take(TITLES).position(|line| divides(line));
    &lines[first.unwrap_or(0)..]
}

/// Excel's `sep=;` in the first line; a blank line takes its place, so that lines keep
/// their numbers.
fn without_sep_line(text: &str) -> (Cow<'_, str>, Option<u8>) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = first.trim_end_matches('\r').trim_matches('"');
    let separator = line
        .strip_prefix("sep=")
        .or_else(|| line.strip_prefix("SEP="))
        .map(|mark| if mark.is_empty() { b'\t' } else { mark.as_bytes()[0] });
    match separator {
        Some(mark) if mark.is_ascii() => (format!("\n{rest}").into(), Some(mark)),
        _ => (text.into(), None),
    }
}

struct Uncommented<'a> {
    text: Cow<'a, str>,
    count: usize,
}

/// Blanks lines that begin with `#`, outside of quotes; not those that begin with a
/// word for a missing value (`#N/A`), and not a header that NumPy wrote after `# `.
fn without_comments(text: &str) -> Uncommented<'_> {
    if !text.starts_with('#') && !text.contains("\n#") {
        return Uncommented { text: text.into(), count: 0 };
    }
    let header = numpy_header(text);
    let (mut out, mut count, mut quoted) = (String::with_capacity(text.len()), 0, false);
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let first = line.split([',', ';', '\t', '|', '\n', '\r']).next().unwrap_or_default();
        if header == Some(at) {
            out.push_str(line.trim_start_matches('#').trim_start());
        } else if !quoted && line.starts_with('#') && missing(first).is_none() && first != "#" {
            count += 1;
            out.push_str(if line.ends_with('\n') { "\n" } else { "" });
        } else {
            quoted ^= line.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
            out.push_str(line);
        }
    }
    Uncommented { text: out.into(), count }
}

/// The line of a header that stands behind `#`: the last of the comments at the head,
/// where it has as many names as the first row has numbers and other cells.
fn numpy_header(text: &str) -> Option<usize> {
    let head: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
    let last = head.last()?.trim_start_matches('#').trim();
    let row = text.lines().nth(head.len())?;
    let dialect = Dialect::of(&[last, row]);
    let parts = |line: &str| count(line.trim(), dialect.separator, dialect.quote);
    let mark = dialect.separator as char;
    let is_number = |cell: &str| cell.trim().parse::<f64>().is_ok();
    let fits = parts(last) > 0
        && parts(last) == parts(row)
        && !last.split(mark).any(is_number)
        && row.split(mark).any(is_number);
    fits.then(|| head.len() - 1)
}

/// A text whose columns stand apart by blanks, with a tab for each run of them; any
/// other without the blanks between a separator and a quotation mark, behind which the
/// mark would be a letter.
fn divided(text: &str, dialect: Dialect) -> Cow<'_, str> {
    if dialect.separator != b' ' {
        return unspaced(text, dialect);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let (mut quoted, mut gap) = (false, false);
        for letter in line.trim().chars() {
            quoted ^= letter as u32 == u32::from(dialect.quote);
            if !quoted && (letter == ' ' || letter == '\t') {
                gap = true;
                continue;
            }
            if std::mem::take(&mut gap) {
                out.push('\t');
            }
            out.push(letter);
        }
        out.push('\n');
    }
    out.into()
}

fn unspaced(text: &str, dialect: Dialect) -> Cow<'_, str> {
    let (separator, quote) = (dialect.separator as char, dialect.quote as char);
    if !text.contains(&format!("{separator} ")) || !text.contains(&format!(" {quote}")) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut after_separator) = (false, false);
    for letter in text.chars() {
        if letter == ' ' && after_separator {
            continue;
        }
        quoted ^= letter == quote;
        after_separator = !quoted && letter == separator;
        out.push(letter);
    }
    out.into()
}

/// Counts lines as records go by. The reader's own position is that of the blank
/// lines before a record.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line a record begins in, from 1; records come in order.
    fn of(&mut self, record: &StringRecord) -> u64 {
        let start = record.position().map_or(0, |position| position.byte() as usize);
        let start = start.clamp(self.at, self.text.len());
        let blank = self.text[start..].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let passed = &self.text[self.at..start + blank];
        self.line += passed.split(|byte| *byte == b'\n').skip(1).count() as u64;
        self.at = start + blank;
        self.line
    }
}
