//! The skeleton of a paper: the report's sections with its tables and figures,
//! made to compile with pdfLaTeX, XeLaTeX and LuaLaTeX from a plain TeX
//! distribution.

use super::figures::panel_name;
use super::folder::file_name;
use super::prose::latex;
use super::tables::is_long;
use crate::report::bibliography::{self, Cited};
use crate::report::document::{Block, Document, FigureBlock, NoteItem, Section, TableBlock};
use crate::report::numbering::Numbering;
use crate::text::{latex_text, unsupported};

const PREAMBLE: &str = r"\documentclass[11pt,a4paper]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
  \usepackage{textcomp}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\else
  \usepackage{fontspec}
\fi
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb,graphicx,booktabs,longtable,array,lscape}
\usepackage[hidelinks]{hyperref}
% A table as wide as the page at most.
\newsavebox{\fittedbox}
\newcommand{\fitted}[1]{\sbox{\fittedbox}{#1}%
  \ifdim\wd\fittedbox>\linewidth\resizebox{\linewidth}{!}{\usebox{\fittedbox}}\else\usebox{\fittedbox}\fi}
% A figure from its PNG; without one, its name.
\newcommand{\panel}[2][\linewidth]{\IfFileExists{figures/#2.png}%
  {\includegraphics[width=#1]{figures/#2.png}}{\fbox{\texttt{figures/\detokenize{#2}.svg}}}}
";

/// The text of `paper.tex`.
pub(super) fn paper(document: &Document, numbering: &Numbering, cited: &Cited) -> String {
    let mut body =
        format!("\\title{{{}}}\n\\author{{}}\n\\date{{}}\n", latex_text(&document.title));
    body += "\\begin{document}\n\\maketitle\n";
    body += &format!("\\noindent {}\n", latex_text(&document.subtitle));
    let mut writer = Writer { numbering, out: String::new() };
    for section in &document.sections {
        writer.section(section, 0);
    }
    body += &writer.out;
    body += &references(cited);
    body += "\\end{document}\n";
    format!("{PREAMBLE}{}{body}", stand_ins(document, &body))
}

/// What pdfTeX's fonts lack is shown by its code.
fn stand_ins(document: &Document, body: &str) -> String {
    let mut text = body.to_string();
    for table in document.blocks().filter_map(Block::table) {
        text += &latex_text(&table.full_caption());
        for value in table.grid.rows.iter().flatten() {
            text += &latex_text(&value.text);
        }
        for column in &table.grid.columns {
            text += &latex_text(&column.title);
        }
    }
    let missing = unsupported(&text);
    if missing.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "% Characters that pdfTeX may have no glyph for; XeLaTeX and LuaLaTeX take them from a font.\n\
         \\ifPDFTeX\n\\newcommand{\\standin}[2]{\\ifcsname u8:\\detokenize{#1}\\endcsname\\else\
         \\DeclareUnicodeCharacter{#2}{\\texttt{[U+#2]}}\\fi}\n",
    );
    for c in missing {
        out += &format!("\\standin{{{c}}}{{{:04X}}}\n", u32::from(c));
    }
    out + "\\fi\n"
}

struct Writer<'a> {
    numbering: &'a Numbering,
    out: String,
}

impl Writer<'_> {
    fn section(&mut self, section: &Section, level: usize) {
        if section.blocks.iter().all(|block| matches!(block, Block::References(_))) {
            return;
        }
        let command = ["section", "subsection", "subsubsection"][level.min(2)];
        let number = self.numbering.section(&section.id);
        self.out += &format!(
            "\n% {number}\n\\{command}{{{}}}\\label{{{}}}\n",
            latex_text(&section.heading),
            section.id
        );
        for block in &section.blocks {
            self.block(block);
        }
        for block in &section.blocks {
            if let Block::Section(inner) = block {
                self.section(inner, level + 1);
            }
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph { text } | Block::Lead { text } => {
                self.out += &format!("\n{}\n", latex(text));
            }
            Block::Note { text } => {
                self.out += &format!("\n\\begin{{quote}}\n{}\n\\end{{quote}}\n", latex(text));
            }
            Block::Notes { items, .. } => self.notes(items),
            Block::Equation(equation) => {
                self.out += &format!(
                    "\\begin{{equation}}\\label{{{}}}\n{}\n\\end{{equation}}\n",
                    equation.label, equation.maths
                );
            }
            Block::Figure(figure) => self.figure(figure),
            Block::Table(table) => self.table(table),
            // Code stays in the report; the list of references and inner
            // sections come after.
            Block::Preformatted { .. } | Block::References(_) | Block::Section(_) => {}
        }
    }

    /// Every note; of those alike the first, and how many follow it.
    fn notes(&mut self, items: &[NoteItem]) {
        self.out += "\n\\begin{itemize}\\small\n";
        for item in items {
            let alike = match item.alike.len() {
                0 => String::new(),
                n => format!(" ({n} more of the kind are in the report.)"),
            };
            self.out += &format!("\\item {}{alike}\n", latex(&item.text));
        }
        self.out += "\\end{itemize}\n";
    }

    fn table(&mut self, table: &TableBlock) {
        let name = file_name(&table.label);
        if is_long(table) {
            self.out += &format!("\n\\input{{tables/{name}-long}}\n");
            return;
        }
        self.out += &format!(
            "\n\\begin{{table}}[htbp]\n\\centering\\small\n\\caption{{{}}}\\label{{{}}}\n\
             \\fitted{{\\input{{tables/{name}}}}}\n\\end{{table}}\n",
            latex_text(&table.full_caption()),
            table.label
        );
    }

    /// Panels two by two, six to a float, so that none runs off the page.
    fn figure(&mut self, figure: &FigureBlock) {
        let width = if figure.panels.len() == 1 { "0.75" } else { "0.48" };
        for (page, panels) in figure.panels.chunks(6).enumerate() {
            self.out += "\n\\begin{figure}[htbp]\n\\centering\n";
            for (index, panel) in panels.iter().enumerate() {
                let name = panel_name(figure, page * 6 + index);
                self.out += &format!(
                    "\\begin{{minipage}}[t]{{{width}\\linewidth}}\\centering\\footnotesize {}\\\\{{}}\n\
                     \\panel{{{name}}}\\end{{minipage}}\n",
                    latex_text(&panel.title)
                );
            }
            let caption = latex_text(&figure.full_caption());
            self.out += &if page == 0 {
                format!("\\caption{{{caption}}}\\label{{{}}}\n", figure.label)
            } else {
                format!("\\par\\smallskip Figure~\\ref{{{}}}, continued.\n", figure.label)
            };
            self.out += "\\end{figure}\n";
        }
    }
}

/// The list as it stands in the report; `references.bib` has the entries for
/// another style.
fn references(cited: &Cited) -> String {
    if cited.references.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "\n% Or: \\bibliographystyle{plain}\\bibliography{references}\n\\begin{thebibliography}{99}\n",
    );
    for reference in &cited.references {
        out +=
            &format!("\\bibitem{{{}}} {}\n", reference.key, bibliography::latex(&reference.text));
    }
    out + "\\end{thebibliography}\n"
}
