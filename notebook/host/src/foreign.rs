//! Content that other crates show as evcxr's documentation says: on standard
//! output, between `EVCXR_BEGIN_CONTENT type/subtype` and `EVCXR_END_CONTENT`,
//! each alone on its line. Whatever is not such a block to its end is text.

const BEGIN: &str = "EVCXR_BEGIN_CONTENT ";
const END: &str = "EVCXR_END_CONTENT";

/// Text, or a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Shown { mime: String, content: String },
}

/// The standard output of a cell, in pieces.
#[derive(Debug)]
pub struct Reader {
    /// What may still become a block.
    kept: String,
    line_start: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self { kept: String::new(), line_start: true }
    }
}

impl Reader {
    /// The parts that are known after a piece of text.
    pub fn read(&mut self, text: &str) -> Vec<Part> {
        let mut all = std::mem::take(&mut self.kept);
        all.push_str(text);
        let mut parts = Parts::default();
        let mut rest = all.as_str();
        while !rest.is_empty() {
            if !self.line_start {
                let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
                self.line_start = rest[..end].ends_with('\n');
                parts.text(&rest[..end]);
                rest = &rest[end..];
                continue;
            }
            match block(rest) {
                Block::No => self.line_start = false,
                Block::Begun => {
                    self.kept = rest.to_owned();
                    break;
                }
                Block::Whole { mime, content, length } => {
                    parts.0.push(Part::Shown { mime: mime.into(), content: content.into() });
                    rest = &rest[length..];
                }
            }
        }
        parts.0
    }

    /// What is left at the end of the cell: a block that was not ended is text.
    pub fn rest(&mut self) -> String {
        self.line_start = true;
        std::mem::take(&mut self.kept)
    }
}

#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.0.push(Part::Text(text.to_owned())),
        }
    }
}

enum Block<'a> {
    No,
    /// More is needed to know.
    Begun,
    Whole {
        mime: &'a str,
        content: &'a str,
        length: usize,
    },
}

/// A block at the beginning of a line?
fn block(text: &str) -> Block<'_> {
    let Some(rest) = text.strip_prefix(BEGIN) else {
        return if BEGIN.starts_with(text) { Block::Begun } else { Block::No };
    };
    let Some(head) = rest.find('\n') else {
        return if plausible(rest, false) { Block::Begun } else { Block::No };
    };
    let mime = rest[..head].trim_end_matches('\r');
    if !plausible(mime, true) {
        return Block::No;
    }
    let body = &rest[head + 1..];
    let mut at = 0;
    loop {
        let line = &body[at..];
        let end = line.find('\n');
        if line[..end.unwrap_or(line.len())].trim_end_matches('\r') == END {
            let Some(end) = end else { return Block::Begun };
            let content = body[..at].strip_suffix('\n').unwrap_or(&body[..at]);
            let length = BEGIN.len() + head + 1 + at + end + 1;
            return Block::Whole { mime, content, length };
        }
        match end {
            Some(end) => at += end + 1,
            None => return Block::Begun,
        }
    }
}

/// Whether a text is a media type, or, where it is not whole, may become one.
fn plausible(mime: &str, whole: bool) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+/".contains(c);
    let slashes = mime.matches('/').count();
    mime.chars().all(|c| part(c) || (!whole && c == '\r'))
        && slashes <= 1
        && (!whole || (slashes == 1 && !mime.starts_with('/') && !mime.ends_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, piece: usize) -> Vec<Part> {
        let mut reader = Reader::default();
        let mut parts = Parts::default();
        let bytes = text.as_bytes();
        for piece in bytes.chunks(piece) {
            for part in reader.read(std::str::from_utf8(piece).expect("ASCII")) {
                match part {
                    Part::Text(text) => parts.text(&text),
                    shown => parts.0.push(shown),
                }
            }
        }
        let rest = reader.rest();
        if !rest.is_empty() {
            parts.text(&rest);
        }
        parts.0
    }

    #[test]
    fn blocks_are_content_and_all_else_is_text_however_it_is_cut() {
        let text = |text: &str| Part::Text(text.into());
        let shown =
            |mime: &str, content: &str| Part::Shown { mime: mime.into(), content: content.into() };
        let block = "EVCXR_BEGIN_CONTENT text/html\n<b>\nx</b>\nEVCXR_END_CONTENT\n";
        for piece in [1, 2, 7, 1000] {
            assert_eq!(read(block, piece), [shown("text/html", "<b>\nx</b>")]);
            assert_eq!(
                read(&format!("a\n{block}b{block}"), piece),
                [text("a\n"), shown("text/html", "<b>\nx</b>"), text(&format!("b{block}"))]
            );
            for plain in [
                "EVCXR_BEGIN_CONTENT text/html\nno end\n",
                "EVCXR_BEGIN_CONTENT nothing\nEVCXR_END_CONTENT\n",
                "EVCXR_BEGIN_CONTENT a/b c\nEVCXR_END_CONTENT\n",
                " EVCXR_BEGIN_CONTENT a/b\nEVCXR_END_CONTENT\n",
                "EVCXR_END_CONTENT\nEVCXR_EXECUTION_COMPLETE\nEVCXR",
                "EVCXR_BEGIN_CONTENT ",
            ] {
                assert_eq!(read(plain, piece), [text(plain)], "{piece}");
            }
        }
    }
}
