//! A table as LaTeX with booktabs.

use crate::text::latex_text;

/// Text cells longer than this make their column a paragraph.
const WRAPPED: usize = 40;
/// Width of such a column.
const PARAGRAPH: &str = "p{5cm}";

/// A cell: text, whether it is the best, and a mark behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatexCell<'a> {
    /// Plain text.
    pub text: &'a str,
    /// Set in bold.
    pub best: bool,
    /// A raised mark, plain text.
    pub mark: &'a str,
}

/// A table of plain texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatexTable<'a> {
    /// Head and whether the column holds numbers.
    pub head: Vec<(&'a str, bool)>,
    /// Rows, as long as the head.
    pub rows: Vec<Vec<LatexCell<'a>>>,
}

impl LatexTable<'_> {
    /// A `tabular`: needs booktabs.
    pub fn tabular(&self) -> String {
        format!(
            "\\begin{{tabular}}{{{}}}\n\\toprule\n{}\\midrule\n{}\\bottomrule\n\\end{{tabular}}\n",
            self.columns(),
            self.head_line(),
            self.body()
        )
    }

    /// A `longtable` over pages, with its caption and label: needs longtable,
    /// booktabs and, where it is wide, lscape. `caption` is LaTeX.
    pub fn longtable(&self, caption: &str, label: &str) -> String {
        let head = self.head_line();
        let table = format!(
            "\\begin{{longtable}}{{{}}}\n\\caption{{{caption}}}\\label{{{label}}}\\\\\n\\toprule\n\
             {head}\\midrule\n\\endfirsthead\n\\toprule\n{head}\\midrule\n\\endhead\n\\bottomrule\n\
             \\endfoot\n{}\\end{{longtable}}\n",
            self.columns(),
            self.body()
        );
        match self.width() {
            0..=80 => table,
            81..=100 => format!("{{\\footnotesize\n{table}}}\n"),
            101..=120 => format!("{{\\scriptsize\\setlength{{\\tabcolsep}}{{3pt}}\n{table}}}\n"),
            _ => format!(
                "\\begin{{landscape}}\n{{\\tiny\\setlength{{\\tabcolsep}}{{2pt}}\n{table}}}\n\
                 \\end{{landscape}}\n"
            ),
        }
    }

    fn columns(&self) -> String {
        let column = |(index, (_, numeric)): (usize, &(&str, bool))| {
            if *numeric {
                "r"
            } else if self.longest(index) > WRAPPED {
                PARAGRAPH
            } else {
                "l"
            }
        };
        self.head.iter().enumerate().map(column).collect()
    }

    fn longest(&self, column: usize) -> usize {
        let texts = self.rows.iter().filter_map(|row| row.get(column));
        texts.map(|cell| cell.text.chars().count()).max().unwrap_or(0)
    }

    /// Width in characters.
    fn width(&self) -> usize {
        let column = |(index, (head, numeric)): (usize, &(&str, bool))| {
            let most = if *numeric { usize::MAX } else { WRAPPED };
            self.longest(index).min(most).max(head.chars().count()) + 2
        };
        self.head.iter().enumerate().map(column).sum()
    }

    fn head_line(&self) -> String {
        let heads: Vec<String> = self.head.iter().map(|(text, _)| latex_text(text)).collect();
        format!("{} \\\\\n", heads.join(" & "))
    }

    fn body(&self) -> String {
        self.rows
            .iter()
            .map(|row| {
                let cells: Vec<String> = row.iter().map(cell).collect();
                format!("{} \\\\\n", cells.join(" & "))
            })
            .collect()
    }
}

fn cell(cell: &LatexCell<'_>) -> String {
    let mut out = latex_text(cell.text);
    if cell.best {
        out = format!("\\textbf{{{out}}}");
    }
    if !cell.mark.is_empty() {
        out += &format!("\\textsuperscript{{{}}}", latex_text(cell.mark));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_rules_wrapped_columns_and_marks() {
        let long = "word ".repeat(9);
        let plain = |text| LatexCell { text, best: false, mark: "" };
        let best = LatexCell { text: "0.9", best: true, mark: "\u{2020}" };
        let table = LatexTable {
            head: vec![("A_1", false), ("Mean", true)],
            rows: vec![vec![plain(&long), best], vec![plain("[x]"), plain("1")]],
        };
        let text = table.tabular();
        assert!(
            text.starts_with("\\begin{tabular}{p{5cm}r}\n\\toprule\nA\\_1 & Mean \\\\\n"),
            "{text}"
        );
        assert!(
            text.contains(" & \\textbf{0.9}\\textsuperscript{\\textdagger{}} \\\\\n"),
            "{text}"
        );
        assert!(text.contains("\n{[}x{]} & 1 \\\\\n\\bottomrule"), "{text}");
        let long = table.longtable("A caption", "tab-x");
        assert!(long.contains("\\caption{A caption}\\label{tab-x}"), "{long}");
    }
}
