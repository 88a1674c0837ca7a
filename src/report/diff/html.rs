//! A diff as a page of its own.

use super::text::{LISTED, overlap_words};
use super::types::{Diff, RULE, Weight};
use crate::report::escape::escape;

const STYLE: &str = include_str!("../../../templates/report.css");

impl Diff {
    /// One HTML page that loads nothing.
    pub fn html(&self) -> String {
        let names = self.sides.each_ref().map(|side| escape(&side.name));
        let title = format!("{} against {}", names[0], names[1]);
        let mut body = format!(
            "<header><h1>{title}</h1><p class=\"subtitle\">{} numbers compared</p></header>\n\
             <main class=\"page\" style=\"display:block\">\n",
            self.compared
        );
        body += "<table><thead><tr><th>Page</th><th>Written by</th><th>Data, SHA-256</th></tr>\
                 </thead><tbody>";
        for side in &self.sides {
            let cells = [&side.name, &side.written_by, &side.data_sha256];
            body += &row(&cells.map(|text| escape(text)));
        }
        body += "</tbody></table>\n";
        for side in &self.sides {
            if let Some(why) = &side.unverified {
                let name = escape(&side.name);
                body += &format!("<p><strong>{name}: {}.</strong></p>\n", escape(why));
            }
        }
        body += &self.told();
        for weight in LISTED.into_iter().chain([Weight::Noise]) {
            body += &self.changes_of(weight);
        }
        for (title, ids) in
            [("Added", &self.added), ("Removed", &self.removed), ("Redrawn figures", &self.figures)]
        {
            if !ids.is_empty() {
                let items: String =
                    ids.iter().map(|id| format!("<li><code>{}</code></li>", escape(id))).collect();
                body += &format!("<h2>{title}</h2><ul>{items}</ul>\n");
            }
        }
        body += &format!("<p class=\"subtitle\">{}.</p></main>", escape(RULE));
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'; img-src data:\"><link rel=\"icon\" href=\"data:,\">\
             <title>{title}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
        )
    }

    /// Everything in words: paragraphs, with a list under those that have entries.
    fn told(&self) -> String {
        let mut out = String::new();
        let mut inside = false;
        // The first line names the pages, which the title does.
        for line in self.digest(true).iter().skip(1).filter(|line| !line.contains("BEWARE")) {
            let inner = line.starts_with("  ");
            if inner != inside {
                out += if inner { "<ul>" } else { "</ul>" };
                inside = inner;
            }
            let element = if inner { "li" } else { "p" };
            out += &format!("<{element}>{}</{element}>", escape(line.trim_start()));
        }
        out + if inside { "</ul>\n" } else { "\n" }
    }

    fn changes_of(&self, weight: Weight) -> String {
        let rows: String = self
            .changes
            .iter()
            .filter(|change| change.weight == weight)
            .map(|change| {
                let overlap = overlap_words(change);
                let cells = [&change.id, &change.old, &change.new, &overlap];
                row(&cells.map(|text| escape(text)))
            })
            .collect();
        if rows.is_empty() {
            return String::new();
        }
        let table = format!(
            "<table><thead><tr><th>Number</th><th>Old</th><th>New</th><th>Intervals</th></tr>\
             </thead><tbody>{rows}</tbody></table>"
        );
        let title = weight.title();
        if weight == Weight::Noise {
            return format!("<details><summary>{title}</summary>{table}</details>\n");
        }
        format!("<h2>{title}</h2>{table}\n")
    }
}

fn row<const N: usize>(cells: &[String; N]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
    format!("<tr>{cells}</tr>")
}
