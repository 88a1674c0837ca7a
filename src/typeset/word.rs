//! A Word document (.docx): paragraphs, native tables, pictures.
//!
//! The crate writes the file; what is here decides about measures and looks. Same
//! request in, same bytes out.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use docx_rs::{
    AlignmentType, BorderType, Docx, LineSpacing, PageMargin, Paragraph, Pic, Run, RunFonts, Style,
    StyleType, Table, TableBorder, TableBorderPosition, TableCell, TableCellBorder,
    TableCellBorderPosition, TableCellMargins, TableLayoutType, TableRow, WidthType,
};

use crate::protocol::{Outcome, Picture, WordBlock, WordCell, WordRequest, WordRun, WordStyle};

/// Twentieths of a point to a millimetre.
const TWIPS: f64 = 1440.0 / 25.4;
/// English metric units to a millimetre.
const EMU: f64 = 36_000.0;
/// A4 with these margins, in millimetres.
const PAGE: (f64, f64) = (210.0, 297.0);
const MARGIN: f64 = 20.0;
/// Width of the text, in millimetres.
const TEXT: f64 = PAGE.0 - 2.0 * MARGIN;
/// Pictures are not higher than this, in millimetres: a caption fits below.
const HIGHEST: f64 = 200.0;
/// The document; `pictures` are those that it names by their places.
pub(crate) fn word(request: &WordRequest, pictures: &[Outcome<Picture>]) -> Outcome<String> {
    let mut docx = styled(Docx::new());
    docx = docx.add_paragraph(paragraph(WordStyle::Title, &[WordRun::plain(&request.title)]));
    for block in &request.blocks {
        docx = match block {
            WordBlock::Heading { level, text } => {
                let id = format!("Heading{}", (*level).clamp(1, 3));
                docx.add_paragraph(set(Paragraph::new(), &[WordRun::plain(text)], None).style(&id))
            }
            WordBlock::Paragraph { style, runs } => docx.add_paragraph(paragraph(*style, runs)),
            WordBlock::Table { head, rows } => docx.add_table(table(head, rows)),
            WordBlock::Pictures { panels } => {
                let drawn: Vec<(&str, Option<Pic>)> = panels
                    .iter()
                    .map(|panel| {
                        let width = if panels.len() == 1 { TEXT * 0.8 } else { TEXT / 2.0 - 4.0 };
                        (panel.title.as_str(), pic(pictures.get(panel.picture), width))
                    })
                    .collect();
                if let [(_, picture)] = &drawn[..] {
                    docx.add_paragraph(of_picture(picture.clone()))
                } else {
                    docx.add_table(grid(drawn))
                }
            }
        };
    }
    let mut bytes = Cursor::new(Vec::new());
    match docx.build().pack(&mut bytes) {
        Ok(()) => Outcome::Done(STANDARD.encode(bytes.into_inner())),
        Err(error) => Outcome::Failed(format!("cannot write the document: {error}")),
    }
}

fn twips(millimetres: f64) -> u32 {
    (millimetres * TWIPS).round() as u32
}

/// Page, font and styles; those of headings have the names that Word knows.
fn styled(docx: Docx) -> Docx {
    let edge = twips(MARGIN) as i32;
    let margin = PageMargin::new().top(edge).bottom(edge).left(edge).right(edge);
    let heading = |n: usize, size: usize| {
        Style::new(format!("Heading{n}"), StyleType::Paragraph)
            .name(format!("heading {n}"))
            .based_on("Normal")
            .next("Normal")
            .size(size)
            .bold()
            .outline_lvl(n - 1)
            .line_spacing(LineSpacing::new().before(240).after(80))
    };
    let of = |id: &str, name: &str, size: usize, after: u32| {
        Style::new(id, StyleType::Paragraph)
            .name(name)
            .based_on("Normal")
            .size(size)
            .line_spacing(LineSpacing::new().after(after))
    };
    docx.page_size(twips(PAGE.0), twips(PAGE.1))
        .page_margin(margin)
        .default_fonts(RunFonts::new().ascii("Calibri").hi_ansi("Calibri").cs("Calibri"))
        .default_size(21)
        .add_style(of("Title", "Title", 36, 120).bold())
        .add_style(heading(1, 28))
        .add_style(heading(2, 24))
        .add_style(heading(3, 22))
        .add_style(of("Body", "Body Text", 21, 120))
        .add_style(of("Lead", "Lead", 24, 160).bold())
        .add_style(of("Note", "Note", 19, 80).italic())
        .add_style(of("Caption", "caption", 19, 120))
        .add_style(of("Bibliography", "Bibliography", 19, 60))
}

fn paragraph(style: WordStyle, runs: &[WordRun]) -> Paragraph {
    let id = match style {
        WordStyle::Title => "Title",
        WordStyle::Lead => "Lead",
        WordStyle::Body => "Body",
        WordStyle::Note => "Note",
        WordStyle::Caption | WordStyle::CaptionAbove => "Caption",
        WordStyle::Reference => "Bibliography",
    };
    let paragraph = set(Paragraph::new(), runs, None).style(id);
    paragraph.keep_next(style == WordStyle::CaptionAbove)
}

/// Adds runs of text, in a size of their own where one is given.
fn set(paragraph: Paragraph, runs: &[WordRun], size: Option<usize>) -> Paragraph {
    runs.iter().fold(paragraph, |paragraph, run| {
        let mut out = Run::new().add_text(allowed(&run.text));
        if run.bold {
            out = out.bold();
        }
        if run.italic {
            out = out.italic();
        }
        if run.code {
            out = out.fonts(RunFonts::new().ascii("Consolas").hi_ansi("Consolas"));
        }
        if let Some(size) = size {
            out = out.size(size);
        }
        paragraph.add_run(out)
    })
}

/// Without the characters that XML has no way to write.
fn allowed(text: &str) -> String {
    let is_allowed = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().map(|c| if is_allowed(c) { c } else { ' ' }).collect()
}

/// A table with a line above, one below its head and one at its end, in a print that
/// its words have room in.
fn table(head: &[WordCell], rows: &[Vec<WordCell>]) -> Table {
    let width = twips(TEXT) as usize;
    let measure = Measure::of(head, rows, width);
    let size = measure.size();
    let line = |position| TableBorder::new(position).border_type(BorderType::Single).size(8);
    let top = head.iter().map(|cell| {
        let below = TableCellBorder::new(TableCellBorderPosition::Bottom)
            .border_type(BorderType::Single)
            .size(4);
        table_cell(cell, size, true).set_border(below)
    });
    let top = TableRow::new(top.collect()).cant_split();
    let body = rows.iter().map(|row| {
        TableRow::new(row.iter().map(|cell| table_cell(cell, size, false)).collect()).cant_split()
    });
    Table::without_borders(std::iter::once(top).chain(body).collect())
        .set_grid(measure.widths())
        .margins(TableCellMargins::new().margin(0, PADDING, 0, PADDING))
        .layout(TableLayoutType::Autofit)
        .width(width, WidthType::Dxa)
        .set_border(line(TableBorderPosition::Top))
        .set_border(line(TableBorderPosition::Bottom))
}

/// Left and right of a cell's text, in twentieths of a point.
const PADDING: usize = 35;
/// Twentieths of a point that a character takes for each half point of its size.
const CHARACTER: f64 = 6.6;
/// Sizes of print in tables, in half points.
const SIZES: (usize, usize) = (9, 17);

/// What the columns of a table need, in characters.
struct Measure {
    /// Longest word of each column.
    words: Vec<usize>,
    /// What its longest text needs beyond that, up to a line.
    more: Vec<usize>,
    /// Width of the table, in twentieths of a point.
    all: usize,
}

impl Measure {
    fn of(head: &[WordCell], rows: &[Vec<WordCell>], all: usize) -> Self {
        const WORD: usize = 16;
        const LINE: usize = 32;
        let texts = |at: usize| {
            let own = rows.iter().filter_map(move |row| row.get(at)).chain(head.get(at));
            own.map(|cell| cell.text.as_str())
        };
        let longest = |text: &str| text.split_whitespace().map(|w| w.chars().count()).max();
        let word = |at| texts(at).filter_map(longest).max().unwrap_or(1).clamp(3, WORD);
        let line = |at| texts(at).map(|text| text.chars().count()).max().unwrap_or(1).min(LINE);
        let words: Vec<usize> = (0..head.len()).map(word).collect();
        let more = (0..head.len()).map(|at| line(at).saturating_sub(words[at])).collect();
        Self { words, more, all }
    }

    /// Room for text without what stands left and right of it.
    fn room(&self) -> usize {
        self.all.saturating_sub(2 * PADDING * self.words.len())
    }

    /// The print in which all words have room, as far as there is one.
    fn size(&self) -> usize {
        let least = self.words.iter().sum::<usize>().max(1);
        let size = self.room() as f64 / least as f64 / CHARACTER;
        (size.floor() as usize).clamp(SIZES.0, SIZES.1)
    }

    /// Every column has room for its longest word; what is left goes to those whose
    /// texts are longer.
    fn widths(&self) -> Vec<usize> {
        let least = self.words.iter().sum::<usize>().max(1);
        let wanted: usize = self.more.iter().sum();
        let per = (self.size() as f64 * CHARACTER) as usize;
        let per = per.min(self.room() / least).max(1);
        let left = self.room().saturating_sub(per * least);
        let of = |(word, more): (&usize, &usize)| {
            2 * PADDING
                + match wanted {
                    0 => self.room() * word / least,
                    wanted => per * word + left * more / wanted,
                }
        };
        self.words.iter().zip(&self.more).map(of).collect()
    }
}

fn table_cell(cell: &WordCell, size: usize, head: bool) -> TableCell {
    let run = WordRun { bold: cell.bold || head, ..WordRun::plain(&cell.text) };
    let align = if cell.right { AlignmentType::Right } else { AlignmentType::Left };
    let text = set(Paragraph::new(), &[run], Some(size)).align(align);
    TableCell::new().add_paragraph(text.line_spacing(LineSpacing::new().before(20).after(20)))
}

/// A picture as wide as it may be; none where it could not be drawn.
fn pic(picture: Option<&Outcome<Picture>>, width: f64) -> Option<Pic> {
    let Some(Outcome::Done(picture)) = picture else { return None };
    let png = STANDARD.decode(&picture.png).ok()?;
    let (w, h) = size_of(&png)?;
    let ratio = f64::from(h) / f64::from(w);
    let width = width.min(HIGHEST / ratio);
    let emu = |millimetres: f64| (millimetres * EMU).round() as u32;
    Some(Pic::new_with_dimensions(png, w, h).size(emu(width), emu(width * ratio)))
}

/// Width and height that a PNG states.
fn size_of(png: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(png.get(at..at + 4)?.try_into().ok()?));
    let (width, height) = (number(16)?, number(20)?);
    (width > 0 && height > 0).then_some((width, height))
}

fn of_picture(picture: Option<Pic>) -> Paragraph {
    let run = match picture {
        Some(picture) => Run::new().add_image(picture),
        None => Run::new().add_text("(this panel could not be drawn)").italic(),
    };
    Paragraph::new().add_run(run).align(AlignmentType::Center).keep_next(true)
}

/// Panels two by two, each under its title.
fn grid(panels: Vec<(&str, Option<Pic>)>) -> Table {
    let cells: Vec<TableCell> = panels
        .into_iter()
        .map(|(title, picture)| {
            let title = set(Paragraph::new(), &[WordRun::plain(title)], Some(17));
            TableCell::new()
                .add_paragraph(title.align(AlignmentType::Center).keep_next(true))
                .add_paragraph(of_picture(picture))
        })
        .collect();
    let half = twips(TEXT / 2.0) as usize;
    let rows = cells
        .chunks(2)
        .map(|pair| {
            let mut row = pair.to_vec();
            while row.len() < 2 {
                row.push(TableCell::new().add_paragraph(Paragraph::new()));
            }
            TableRow::new(row).cant_split()
        })
        .collect();
    Table::without_borders(rows).set_grid(vec![half, half]).width(2 * half, WidthType::Dxa)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture;
    use crate::protocol::{PictureRequest, WordPanel};

    fn request() -> WordRequest {
        let cell = |text: &str| WordCell { text: text.into(), ..WordCell::default() };
        WordRequest {
            title: "A & <B>".into(),
            blocks: vec![
                WordBlock::Heading { level: 1, text: "Results".into() },
                WordBlock::Paragraph {
                    style: WordStyle::Lead,
                    runs: vec![WordRun::plain("fine\u{0} wins \u{2265} 1 ]]>")],
                },
                WordBlock::Table {
                    head: vec![cell("Init"), cell("Mean")],
                    rows: vec![vec![cell("<img src=x>"), cell("0.7\"")]],
                },
                WordBlock::Pictures { panels: vec![WordPanel { title: "one".into(), picture: 0 }] },
                WordBlock::Pictures {
                    panels: (0..3)
                        .map(|picture| WordPanel { title: format!("p{picture}"), picture })
                        .collect(),
                },
            ],
        }
    }

    fn drawn() -> Vec<Outcome<Picture>> {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60\" height=\"20\" \
                   viewBox=\"0 0 60 20\"><rect width=\"9\" height=\"9\"/></svg>";
        let of = |svg: &str| PictureRequest { svg: svg.into(), scale: 1.0 };
        picture::all(&[of(svg), of("<svg")])
    }

    /// That it is the same twice is tested from outside: the crate counts its parts
    /// from the start of the program.
    #[test]
    fn a_document_is_an_archive() {
        let bytes = match word(&request(), &drawn()) {
            Outcome::Done(text) => STANDARD.decode(text).expect("base64"),
            Outcome::Failed(why) => panic!("{why}"),
        };
        assert!(bytes.starts_with(b"PK"), "a zip archive");
    }

    #[test]
    fn pictures_keep_their_shape_and_a_missing_one_is_said() {
        let drawn = drawn();
        let wide = pic(drawn.first(), 60.0).expect("a picture");
        assert_eq!(wide.size, (60 * 36_000, 20 * 36_000));
        assert!(pic(drawn.get(1), 60.0).is_none() && pic(drawn.get(2), 60.0).is_none());
        assert_eq!(size_of(b"no PNG"), None);
    }

    #[test]
    fn columns_share_the_width_of_the_text() {
        let cell = |text: &str| WordCell { text: text.into(), ..WordCell::default() };
        let rows = [vec![cell("xx"), cell(&"a word ".repeat(9))]];
        let of = |head: &[WordCell], rows: &[Vec<WordCell>]| {
            let measure = Measure::of(head, rows, 9000);
            (measure.size(), measure.widths())
        };
        let (size, found) = of(&[cell("a"), cell("b")], &rows);
        assert_eq!((size, found.iter().sum::<usize>()), (17, 9000));
        assert!(found[0] < 450 && found[1] > 8500, "{found:?}");
        // Many words: smaller print, in which each has its room.
        let wide: Vec<WordCell> = (0..12).map(|_| cell("imagenet21k")).collect();
        let (size, found) = of(&wide, &[]);
        assert!((9..12).contains(&size), "{size}");
        assert!(found.iter().all(|width| *width == 750), "{found:?}");
    }
}
