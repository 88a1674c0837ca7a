//! Fewer rows and panels where a page would grow too large.
//!
//! What is left out is counted in the caption, which names where the rest is:
//! the CSV of the page holds every row until that, too, would be too large.

use super::document::{Block, Document, FigureBlock, TableBlock};

/// A page larger than this many bytes is thinned.
pub(super) const LARGEST: usize = 10_000_000;

/// One step of thinning; each takes more away than the one before it.
#[derive(Debug)]
pub(super) struct Step {
    /// Rows that a table shows at most.
    rows: usize,
    /// Panels that a figure shows at most.
    panels: usize,
    /// Bytes that a CSV has at most; larger ones are left out.
    csv: usize,
}

/// At first what the page's script can make from the rest (the SVG files of
/// drawings), which every step leaves out.
pub(super) const STEPS: [Step; 4] = [
    Step { rows: usize::MAX, panels: usize::MAX, csv: usize::MAX },
    Step { rows: 500, panels: 36, csv: usize::MAX },
    Step { rows: 200, panels: 12, csv: usize::MAX },
    Step { rows: 100, panels: 6, csv: 2_000_000 },
];

impl Step {
    /// What the page says of it.
    pub(super) fn notice(&self) -> String {
        let mut out = format!(
            "This page would be larger than {} MB, so it leaves out the SVG files of its figures; \
             their buttons make them from the drawings.",
            LARGEST / 1_000_000
        );
        if self.rows < usize::MAX {
            out += &format!(
                " Tables show {} rows at most and figures {} panels.",
                self.rows, self.panels
            );
        }
        if self.csv < usize::MAX {
            out += &format!(
                " CSV files of more than {} MB are left out; transfolio report --export writes them.",
                self.csv / 1_000_000
            );
        }
        out
    }
}

impl Document {
    /// Leaves out what a step leaves out.
    pub(super) fn thin(&mut self, step: &Step) {
        self.each_block(|block| match block {
            Block::Table(table) => {
                table.keep(step.rows);
                keep_csv(&mut table.csv, step);
            }
            Block::Figure(figure) => {
                if figure.panels.len() > step.panels {
                    figure.all = figure.all.max(figure.panels.len());
                    figure.panels.truncate(step.panels);
                }
                keep_csv(&mut figure.csv, step);
            }
            _ => {}
        });
    }
}

fn keep_csv(csv: &mut String, step: &Step) {
    if csv.len() > step.csv {
        csv.clear();
    }
}

impl TableBlock {
    /// Shows the first rows alone.
    pub(super) fn keep(&mut self, rows: usize) {
        if self.grid.rows.len() > rows {
            self.all = self.all.max(self.grid.rows.len());
            self.grid.rows.truncate(rows);
        }
    }

    /// The caption with what is left out.
    pub(super) fn full_caption(&self) -> String {
        said(&self.caption, self.grid.rows.len(), self.all, "shown", &self.csv)
    }
}

impl FigureBlock {
    /// The caption with what is left out.
    pub(super) fn full_caption(&self) -> String {
        said(&self.caption, self.panels.len(), self.all, "drawn", &self.csv)
    }
}

fn said(caption: &str, shown: usize, all: usize, verb: &str, csv: &str) -> String {
    if all <= shown {
        return caption.to_string();
    }
    let rest =
        if csv.is_empty() { "transfolio report --export writes all" } else { "the CSV has all" };
    format!("{caption} The first {shown} of {all} are {verb}; {rest}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::document::{Section, Value};
    use crate::text::Table;

    #[test]
    fn what_is_left_out_is_counted() {
        let table = TableBlock {
            caption: "All.".into(),
            grid: Table { columns: Vec::new(), rows: vec![vec![Value::text("1")]; 300] },
            csv: "x".repeat(3_000_000),
            ..TableBlock::default()
        };
        let blocks = vec![Block::Table(table)];
        let section = Section { blocks, ..Section::default() };
        let mut document = Document { sections: vec![section], ..Document::default() };
        let caption = |document: &Document| {
            document.blocks().find_map(Block::table).expect("a table").full_caption()
        };
        document.thin(&STEPS[1]);
        assert_eq!(caption(&document), "All.");
        document.thin(&STEPS[2]);
        assert_eq!(caption(&document), "All. The first 200 of 300 are shown; the CSV has all.");
        document.thin(&STEPS[3]);
        assert_eq!(
            caption(&document),
            "All. The first 100 of 300 are shown; transfolio report --export writes all."
        );
        assert!(STEPS[3].notice().contains("10 MB") && !STEPS[0].notice().contains("rows"));
    }
}
