//! What texts under cells refer to: bound values and the numbers of labelled cells.
//!
//! A cell that begins with `//| label: fig-gain` and `//| caption: …` has a numbered
//! caption below its output, and Markdown that a cell shows is filled in: `{{ gain }}`
//! with the value of that name, `[[fig-gain]]` with `Figure 1`. The page that
//! `transfolio render` writes says the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::{Map, Value};

/// Media types of bound values: `…value.NAME+json`.
const VALUE: &str = "application/vnd.transfolio.value.";
const MARKDOWN: &str = "text/markdown";

/// What cells have given so far.
#[derive(Clone, Default)]
pub struct Texts(Arc<Mutex<Known>>, Arc<OnceLock<bool>>);

#[derive(Default)]
struct Known {
    values: BTreeMap<String, String>,
    /// Labels in the order of their cells' first runs.
    labels: Vec<String>,
}

impl Texts {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its extension starts kernels in its own environment; a Jupyter server names the
    /// notebook to its own.
    fn in_vs_code(&self) -> bool {
        *self.1.get_or_init(|| {
            let named = |name: &str| std::env::vars_os().any(|(k, _)| k == name);
            ["VSCODE_PID", "VSCODE_CWD", "VSCODE_IPC_HOOK"].into_iter().any(named)
                && !named("JPY_SESSION_NAME")
        })
    }

    /// The caption below a cell, as Markdown; none of a cell that asks for none.
    pub fn caption(&self, code: &str) -> Option<String> {
        let (mut label, mut caption) = (String::new(), String::new());
        for line in code.lines().map_while(|line| line.strip_prefix("//|")) {
            match line.split_once(':') {
                Some((key, value)) if key.trim() == "label" => label = value.trim().to_owned(),
                Some((key, value)) if key.trim() == "caption" => caption = value.trim().to_owned(),
                _ => {}
            }
        }
        let mut known = self.known();
        if label.is_empty() {
            return (!caption.is_empty()).then(|| known.filled(&caption));
        }
        if !known.labels.contains(&label) {
            known.labels.push(label.clone());
        }
        let name = known.name(&label).unwrap_or(label);
        Some(format!("**{name}.** {}", known.filled(&caption)).trim_end().to_owned())
    }

    /// Remembers a value, and fills in Markdown.
    pub fn shown(&self, data: &mut Map<String, Value>) {
        let mut known = self.known();
        for (mime, value) in data.iter().filter(|(mime, _)| mime.starts_with(VALUE)) {
            let name = mime[VALUE.len()..].trim_end_matches("+json").to_owned();
            known.values.insert(name, value["text"].as_str().unwrap_or_default().to_owned());
        }
        // VS Code says under the cell that it has no renderer for a value alone.
        if self.in_vs_code() && data.keys().all(|mime| mime.starts_with(VALUE)) {
            data.insert("text/html".into(), "".into());
        }
        let Some(Value::String(text)) = data.get(MARKDOWN).cloned() else { return };
        let filled = known.filled(&text);
        // The same words are what a console shows.
        if data.get("text/plain") == Some(&Value::String(text)) {
            data.insert("text/plain".into(), filled.clone().into());
        }
        data.insert(MARKDOWN.into(), filled.into());
    }
}

impl Known {
    /// `Figure 1`, `Table 2`: each kind is counted by itself.
    fn name(&self, label: &str) -> Option<String> {
        let is_table = |label: &str| label.starts_with("tab");
        let at = self.labels.iter().position(|known| known == label)?;
        let before = self.labels[..at].iter();
        let number = before.filter(|other| is_table(other) == is_table(label)).count() + 1;
        Some(format!("{} {number}", if is_table(label) { "Table" } else { "Figure" }))
    }

    fn filled(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        loop {
            let next = [("{{", "}}"), ("[[", "]]")]
                .into_iter()
                .filter_map(|(open, close)| {
                    let from = rest.find(open)?;
                    let to = from + rest[from..].find(close)?;
                    Some((from, to, open))
                })
                .min_by_key(|(from, _, _)| *from);
            let Some((from, to, open)) = next else { break };
            let name = rest[from + 2..to].trim();
            out += &rest[..from];
            let found = if open == "{{" { self.values.get(name).cloned() } else { self.name(name) };
            out += &found
                .unwrap_or_else(|| format!("**{}** (no cell gave it yet)", &rest[from..to + 2]));
            rest = &rest[to + 2..];
        }
        out + rest
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(texts: &Texts, data: Value) -> Map<String, Value> {
        let mut data = data.as_object().cloned().unwrap_or_default();
        texts.shown(&mut data);
        data
    }

    #[test]
    fn markdown_is_filled_in_with_what_cells_gave() {
        let texts = Texts::default();
        let text = "{{ gain }} in [[fig-a]] of {{ p }}";
        let before = shown(&texts, json!({ "text/markdown": text }));
        assert_eq!(
            before["text/markdown"],
            "**{{ gain }}** (no cell gave it yet) in **[[fig-a]]** (no cell gave it yet) of \
             **{{ p }}** (no cell gave it yet)"
        );
        shown(&texts, json!({ "application/vnd.transfolio.value.gain+json": { "text": "0.1" } }));
        shown(&texts, json!({ "application/vnd.transfolio.value.p+json": { "text": "< 0.001" } }));
        assert_eq!(
            texts.caption("//| label: fig-a\n//| caption: Gains *{{ gain }}*\nx").as_deref(),
            Some("**Figure 1.** Gains *0.1*")
        );
        let after = shown(&texts, json!({ "text/markdown": text, "text/plain": text }));
        assert_eq!(after["text/markdown"], "0.1 in Figure 1 of < 0.001");
        assert_eq!(after["text/plain"], after["text/markdown"]);
    }

    #[test]
    fn labels_keep_their_numbers_and_kinds_are_counted_apart() {
        let texts = Texts::default();
        let caption =
            |label: &str| texts.caption(&format!("//| label: {label}\n1")).unwrap_or_default();
        assert_eq!(caption("fig-a"), "**Figure 1.**");
        assert_eq!(caption("tab-a"), "**Table 1.**");
        assert_eq!(caption("fig-b"), "**Figure 2.**");
        assert_eq!(caption("fig-a"), "**Figure 1.**");
        assert_eq!(texts.caption("let a = 1;\n//| label: no"), None);
        assert_eq!(texts.caption("//| caption: alone").as_deref(), Some("alone"));
    }
}
