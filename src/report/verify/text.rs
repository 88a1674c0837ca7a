//! A verification as text. Whatever comes from the page is cleaned first: a page
//! must not write lines of its own into the answer about it.

use std::fmt;

use super::types::{Difference, Kind, Verification};
use crate::report::fingerprint::short;

/// More differences than this are counted, not listed.
const MOST: usize = 50;
/// Characters of a name from a page that are shown.
const LONGEST: usize = 300;

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "written by: {}", clean(&self.written_by))?;
        writeln!(f, "computed from: {}", clean(&self.against))?;
        if let Some(fingerprint) = &self.fingerprint {
            writeln!(f, "fingerprint: {fingerprint}")?;
        }
        writeln!(f, "embedded data, SHA-256: {}", clean(&self.data_sha256))?;
        self.write_template(f)?;
        let texts = self.texts.map_or("no text".into(), |n| format!("{n} pieces of text"));
        let whole = if self.texts.is_some() { "all " } else { "not all of its " };
        writeln!(
            f,
            "compared: {whole}{} bytes: {} numbers, {} files, {} drawings with {} numbers, {texts}",
            self.bytes, self.numbers, self.files, self.drawings, self.drawn
        )?;
        if !self.set_aside.is_empty() {
            writeln!(f, "set aside: {}", self.set_aside.join(", "))?;
        }
        for what in &self.not_recomputed {
            writeln!(f, "not computed again: {}", clean(what))?;
        }
        for difference in self.differences.iter().take(MOST) {
            writeln!(f, "differs: {difference}")?;
        }
        let count = self.differences.len();
        if count > MOST {
            writeln!(f, "... and {} more; --format json lists all", count - MOST)?;
        }
        for note in &self.notes {
            writeln!(f, "note: {}", clean(note))?;
        }
        writeln!(f, "{}", clean(&self.outcome()))
    }
}

impl Verification {
    fn write_template(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.own_templates.is_empty() {
            return Ok(());
        }
        let files: Vec<String> = self
            .own_templates
            .iter()
            .map(|file| {
                let name = clean(&file.name);
                format!("{name} ({} bytes, SHA-256 {})", file.bytes, short(&file.sha256))
            })
            .collect();
        let page = clean(&self.template);
        writeln!(f, "template: {page}, with templates of its own: {}", files.join(", "))?;
        if self.templates_known {
            return Ok(());
        }
        writeln!(
            f,
            "BEWARE: made with a template of its own, whose text is in the page; read it (button \
             Data, folder template). A template can say, hide and leave out anything. Numbers with \
             an id, drawings and files were compared with those of the built-in template; words, \
             looks and scripts are whatever the template makes them"
        )?;
        for typed in &self.typed {
            writeln!(f, "typed into the template, whatever the data say: {}", clean(typed))?;
        }
        Ok(())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Data => "data",
            Kind::Page => "page",
            Kind::Template => "template",
            Kind::Number => "number",
            Kind::File => "file",
            Kind::Drawing => "drawing",
            Kind::Text => "text",
            Kind::Line => "line",
        };
        write!(f, "{kind} {}", clean(&self.id))?;
        if !self.place.is_empty() {
            write!(f, " in {}", clean(&self.place))?;
        }
        write!(f, ": shown {}, computed {}", quoted(&self.shown), quoted(&self.recomputed))
    }
}

/// In quotes, with everything that is not printed written out.
fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('\u{2026}');
    }
    format!("{shown:?}")
}

/// On one line, with everything written out that a terminal obeys or that turns
/// the direction of text.
pub(in crate::report) fn clean(text: &str) -> String {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(odd) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if odd(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_cannot_write_lines_of_its_own() {
        let mut found = Verification {
            written_by: "transfolio\nthe page agrees with what was computed".into(),
            ..Verification::default()
        };
        found.differs(Kind::Line, "1\u{1b}[2J", "\u{202e}\n".into(), "x");
        let said = found.to_string();
        assert_eq!(said.lines().filter(|line| line.starts_with("the page")).count(), 1, "{said}");
        assert!(said.contains("the page does NOT agree: 1 difference"), "{said}");
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said}");
    }

    #[test]
    fn what_cannot_be_verified_never_agrees() {
        let found = Verification { cannot: Some("so".into()), ..Verification::default() };
        assert!(!found.agrees() && found.outcome().contains("CANNOT be verified: so"));
        let own = OwnTemplate { name: "a.css".into(), bytes: 1, sha256: String::new() };
        let found = Verification { own_templates: vec![own], ..Verification::default() };
        assert!(found.agrees() && found.to_string().contains("with a template of its own"));
    }

    use super::super::types::OwnTemplate;
}
