//! The numbers, files and drawings of a page.

use std::collections::BTreeMap;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::tokens::{Token, attribute, tokens, unescape};
use crate::report::downloads::{MOST_INFLATED, inflate};
use crate::report::table_html::split;

/// What a page shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::report) struct PageFacts {
    /// `transfolio 0.1.0`.
    pub(in crate::report) generator: String,
    /// Name of the template and whether its files were `built-in` or `own`.
    pub(in crate::report) template: (String, String),
    /// Every bound number, in the order of the page.
    pub(in crate::report) values: Vec<Shown>,
    /// Files inside the page by id: their bytes and the hash stated for them.
    pub(in crate::report) files: BTreeMap<String, PageFile>,
    /// Inline drawings, in order.
    pub(in crate::report) drawings: Vec<Drawing>,
    /// The words of the page outside of numbers, drawings and tables' bodies,
    /// piece by piece.
    pub(in crate::report) words: Vec<Words>,
    /// Bytes that what else it holds may inflate to.
    pub(in crate::report) room: u64,
}

/// An inline drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::report) struct Drawing {
    /// The label of its figure.
    pub(in crate::report) label: String,
    /// The whole element.
    pub(in crate::report) svg: String,
    /// Its place in the page.
    pub(in crate::report) range: Range<usize>,
}

/// A piece of text.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Words {
    /// As a reader sees it.
    pub(in crate::report) text: String,
    /// Its place in the page.
    pub(in crate::report) range: Range<usize>,
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// A number as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::report) struct Shown {
    /// What it is.
    pub(in crate::report) id: String,
    /// As a reader sees it.
    pub(in crate::report) text: String,
    /// At full precision.
    pub(in crate::report) value: String,
    /// Method, inputs, n and seed, as the page says them.
    pub(in crate::report) origin: [String; 4],
    /// The section, figure or table it stands in.
    pub(in crate::report) place: String,
    /// Its element in the page; empty for numbers of drawings.
    pub(in crate::report) range: Range<usize>,
}

/// A file inside a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::report) struct PageFile {
    /// Its content; `None` where it cannot be decoded.
    pub(in crate::report) bytes: Option<Vec<u8>>,
    /// SHA-256 that the page states; empty where it states none.
    pub(in crate::report) sha256: String,
    /// Its element in the page.
    pub(in crate::report) range: Range<usize>,
}

/// The attributes that say where a number comes from.
const ORIGIN: [&str; 4] = ["data-how", "data-of", "data-n", "data-seed"];

impl PageFacts {
    /// Reads a page.
    pub(in crate::report) fn read(page: &str) -> Self {
        Self::within(page, MOST_INFLATED)
    }

    /// Reads a page whose files may inflate to so many bytes.
    fn within(page: &str, room: u64) -> Self {
        let mut reader = Reader::default();
        reader.facts.room = room;
        let tokens = tokens(page);
        let mut at = 0;
        while at < tokens.len() {
            at = reader.step(page, &tokens, at);
        }
        reader.facts
    }

    /// The text and value of each id where it stands first.
    pub(in crate::report) fn by_id(&self) -> BTreeMap<&str, &Shown> {
        let mut out = BTreeMap::new();
        for shown in &self.values {
            out.entry(shown.id.as_str()).or_insert(shown);
        }
        out
    }
}

#[derive(Default)]
struct Reader {
    facts: PageFacts,
    place: String,
    /// Column names and methods of the table that is read.
    columns: Vec<(String, String)>,
    in_head: bool,
    row: String,
    row_origin: [String; 4],
    column: usize,
}

impl Reader {
    /// Takes the token at a place, and all it encloses where that is one
    /// thing; gives the next place.
    fn step(&mut self, page: &str, tokens: &[Token<'_>], at: usize) -> usize {
        match tokens[at] {
            Token::Open { name, attributes, at: from } => {
                self.open(page, tokens, at, name, attributes, from)
            }
            Token::Close { name, .. } => {
                if name == "thead" {
                    self.in_head = false;
                }
                at + 1
            }
            Token::Text(text) => {
                self.words(page, text);
                at + 1
            }
        }
    }

    fn open(
        &mut self,
        page: &str,
        tokens: &[Token<'_>],
        at: usize,
        name: &str,
        attributes: &str,
        from: usize,
    ) -> usize {
        match name {
            "meta" => self.meta(attributes),
            "section" | "figure" => {
                self.place = attribute(attributes, "id").unwrap_or_default();
            }
            "thead" => {
                self.columns.clear();
                self.in_head = true;
            }
            "tr" => {
                // Heads in groups: the last row names the columns.
                if self.in_head {
                    self.columns.clear();
                }
                self.column = 0;
                self.row = attribute(attributes, "data-row").unwrap_or_default();
                self.row_origin =
                    ORIGIN.map(|name| attribute(attributes, name).unwrap_or_default());
            }
            "th" if self.in_head => {
                let text = |name| attribute(attributes, name).unwrap_or_default();
                self.columns.push((text("data-col"), text("data-how")));
            }
            "svg" => {
                let (end, next) = closing(page, tokens, at, "svg");
                let svg = page[from..end].to_string();
                let label = self.place.clone();
                self.facts.drawings.push(Drawing { label, svg, range: from..end });
                return next;
            }
            "script" => {
                if let Some(id) = attribute(attributes, "id")
                    && let Some(Token::Text(text)) = tokens.get(at + 1)
                {
                    let file = PageFile {
                        range: from..start(page, text) + text.len(),
                        ..self.file(attributes, text)
                    };
                    self.facts.files.insert(id, file);
                }
                return at + 2;
            }
            "style" => return at + 2,
            "td" => {
                let (end, next) = closing(page, tokens, at, "td");
                self.cell(page, attributes, &tokens[at..next], from..end);
                self.column += 1;
                return next;
            }
            "data" if attribute(attributes, "data-id").is_some() => {
                let (end, next) = closing(page, tokens, at, "data");
                let text = |name| attribute(attributes, name).unwrap_or_default();
                self.facts.values.push(Shown {
                    id: text("data-id"),
                    text: text_of(&tokens[at..next]),
                    value: text("value"),
                    origin: ORIGIN.map(text),
                    place: self.place.clone(),
                    range: from..end,
                });
                return next;
            }
            _ => {}
        }
        at + 1
    }

    /// The file of a script element; one that is the same as an earlier one
    /// only names it.
    fn file(&mut self, attributes: &str, text: &str) -> PageFile {
        let same = attribute(attributes, "data-same");
        let packed = attribute(attributes, "data-packed").is_some();
        let bytes = match same {
            Some(first) => self.again(&first),
            None => STANDARD.decode(text.trim()).ok().and_then(|bytes| {
                if packed { inflate(&bytes, &mut self.facts.room) } else { Some(bytes) }
            }),
        };
        PageFile {
            bytes,
            sha256: attribute(attributes, "data-sha256").unwrap_or_default(),
            range: 0..0,
        }
    }

    /// The content of an earlier file, which takes room like any other: a short element
    /// could name a large one many times.
    fn again(&mut self, first: &str) -> Option<Vec<u8>> {
        let bytes = self.facts.files.get(first)?.bytes.as_ref()?;
        self.facts.room = self.facts.room.checked_sub(bytes.len() as u64)?;
        Some(bytes.clone())
    }

    fn meta(&mut self, attributes: &str) {
        let content = attribute(attributes, "content").unwrap_or_default();
        match attribute(attributes, "name").as_deref() {
            Some("generator") => self.facts.generator = content,
            Some("transfolio-template") => {
                let (page, files) = content.split_once(' ').unwrap_or((&content, ""));
                self.facts.template = (page.to_string(), files.to_string());
            }
            _ => {}
        }
    }

    fn cell(&mut self, page: &str, attributes: &str, tokens: &[Token<'_>], range: Range<usize>) {
        let none = (String::new(), String::new());
        let (column, how) = self.columns.get(self.column).unwrap_or(&none);
        let Some(value) = attribute(attributes, "data-v") else {
            for token in tokens {
                if let Token::Text(text) = token {
                    self.words(page, text);
                }
            }
            return;
        };
        let text = &text_of(tokens);
        let own = attribute(attributes, "data-id");
        let id = own.unwrap_or_else(|| format!("{}.{column}", self.row));
        let mut origin = self.row_origin.clone();
        origin[0].clone_from(how);
        for (slot, name) in origin.iter_mut().zip(ORIGIN) {
            if let Some(text) = attribute(attributes, name) {
                *slot = text;
            }
        }
        let value = if value.is_empty() { text.clone() } else { value };
        let place = self.place.clone();
        self.facts.values.push(Shown { id, text: text.clone(), value, origin, place, range });
    }

    fn words(&mut self, page: &str, text: &str) {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !words.is_empty() {
            let at = start(page, text);
            let range = at..at + text.len();
            self.facts.words.push(Words { text: unescape(&words), range });
        }
    }
}

/// Where a part of a page begins.
fn start(page: &str, part: &str) -> usize {
    part.as_ptr() as usize - page.as_ptr() as usize
}

/// Where the element that opens at a place ends: in the page, and the next
/// token.
fn closing(page: &str, tokens: &[Token<'_>], at: usize, wanted: &str) -> (usize, usize) {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Open { name, .. } if *name == wanted => depth += 1,
            Token::Close { name, end } if *name == wanted => {
                depth -= 1;
                if depth == 0 {
                    return (*end, index + 1);
                }
            }
            _ => {}
        }
    }
    (page.len(), tokens.len())
}

/// The text of an element; marks raised behind a number are not part of it.
fn text_of(tokens: &[Token<'_>]) -> String {
    let mut out = String::new();
    let mut raised = 0;
    for token in tokens {
        match token {
            Token::Open { name: "sup", .. } => raised += 1,
            Token::Close { name: "sup", .. } => raised -= 1,
            Token::Text(text) if raised == 0 => out.push_str(&unescape(text)),
            _ => {}
        }
    }
    out
}

impl Shown {
    /// The row of its id.
    pub(in crate::report) fn row(&self) -> &str {
        split(&self.id).0
    }

    /// The column of its id.
    pub(in crate::report) fn column(&self) -> &str {
        split(&self.id).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<meta name=generator content='transfolio 9'>\
        <meta name=transfolio-template content='paper built-in'>\
        <section id=s><p>Of <data class=v data-id=a.b value=0.51 data-how=H data-n='5 seeds'>0.5\
        </data> all &amp; more.</p></section>\
        <figure id=tab-t><table><thead><tr class=over><td></td>\
        <th colspan=2>Both</th></tr><tr><th>Name</th><th data-col=mean data-how=mean>Mean</th>\
        <th data-col=sd>SD</th></tr></thead><tbody><tr data-row=c.x data-of=runs data-seed=7>\
        <td>x</td><td data-v=0.123>0.12<sup class=mark>=</sup></td>\
        <td data-id=other data-v data-how='own'><strong>3</strong></td></tr></tbody></table></figure>\
        <figure id=fig-f><svg viewBox=0><svg></svg><text>0.9</text></svg></figure>\
        <script id=data-zip data-sha256=ab>QUI=</script>";

    #[test]
    fn numbers_files_and_drawings_are_read_back() {
        let facts = PageFacts::read(PAGE);
        assert_eq!(
            (facts.generator.as_str(), facts.template.0.as_str()),
            ("transfolio 9", "paper")
        );
        let got: Vec<[&str; 4]> = facts
            .values
            .iter()
            .map(|v| [v.id.as_str(), v.text.trim(), v.value.as_str(), v.place.as_str()])
            .collect();
        assert_eq!(
            got,
            [
                ["a.b", "0.5", "0.51", "s"],
                ["c.x.mean", "0.12", "0.123", "tab-t"],
                ["other", "3", "3", "tab-t"],
            ]
        );
        assert_eq!(facts.values[1].origin, ["mean", "runs", "", "7"]);
        assert_eq!(facts.values[2].origin[0], "own");
        assert_eq!(facts.files["data-zip"].bytes.as_deref(), Some(&b"AB"[..]));
        assert_eq!(facts.drawings.len(), 1);
        assert!(facts.drawings[0].svg.ends_with("<text>0.9</text></svg>"));
        assert!(facts.words.iter().any(|words| words.text == "all & more."));
        assert_eq!((facts.values[1].row(), facts.values[1].column()), ("c.x", "mean"));
    }
    /// Files and those that only name them share what a page may inflate to, and what
    /// fails takes of it too.
    #[test]
    fn a_page_has_room_for_so_much() {
        const ROOM: u64 = 2 << 20;
        use std::io::Write;
        let mut deflated =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        deflated.write_all(&vec![0; 1 << 20]).expect("written");
        let half = STANDARD.encode(deflated.finish().expect("closed"));
        let cut = &half[..half.len() / 8 * 4];
        let file = |id: &str, text: &str| {
            format!("<script id={id} data-packed=deflate-raw data-sha256=a>{text}</script>")
        };
        // Cut in its middle, it is damaged, and half of the half is gone all the same.
        let page = file("a", cut) + &file("b", &half) + &file("c", &half) + &file("d", "S0wEAA==");
        let facts = PageFacts::within(&page, ROOM);
        let there = |id: &str| facts.files[id].bytes.is_some();
        assert_eq!(["a", "b", "c", "d"].map(there), [false, true, false, false]);
        assert_eq!(facts.room, 0);
        let same = |id: &str| format!("<script id={id} data-same=b data-sha256=a></script>");
        let page = file("b", &half) + &same("c") + &same("d") + &same("e");
        let facts = PageFacts::within(&page, ROOM);
        assert_eq!(facts.files.values().filter(|file| file.bytes.is_some()).count(), 2);
    }
}
