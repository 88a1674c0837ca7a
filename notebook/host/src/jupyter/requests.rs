//! Which request each cell answers to: what cells print and show goes there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::message::Message;
use super::outbox::Outbox;
use super::texts::Texts;

/// Requests that are remembered: a thread may print long after its cell.
const MOST: usize = 4096;

/// The requests of the cells, without their code.
#[derive(Clone, Default)]
pub struct Requests {
    asked: Arc<Mutex<BTreeMap<u32, Asked>>>,
    texts: Texts,
}

struct Asked {
    request: Message,
    count: u64,
}

impl Requests {
    fn all(&self) -> MutexGuard<'_, BTreeMap<u32, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the cell belongs to this request.
    pub fn begin(&self, cell: u32, request: &Message, count: u64) {
        let mut all = self.all();
        all.insert(cell, Asked { request: request.without_content(), count });
        while all.len() > MOST {
            all.pop_first();
        }
    }

    /// Text of a cell, to all clients.
    pub fn printed(&self, cell: u32, name: &str, text: String, outbox: &Outbox) {
        let all = self.all();
        let Some(asked) = all.get(&cell) else { return };
        let content = json!({ "name": name, "text": text });
        let message = asked.request.child("stream", content);
        drop(all);
        outbox.put(message);
    }

    /// What a cell shows, to all clients.
    pub fn shown(&self, cell: u32, result: bool, data: &Value, outbox: &Outbox) {
        let all = self.all();
        let Some(asked) = all.get(&cell) else { return };
        let data = data.as_object().cloned().unwrap_or_default();
        let mut data: Map<String, Value> =
            data.into_iter().map(|(mime, value)| (mime.clone(), content(&mime, value))).collect();
        self.texts.shown(&mut data);
        let mut shown = json!({ "data": data, "metadata": {} });
        let kind = if result { "execute_result" } else { "display_data" };
        if result {
            shown["execution_count"] = asked.count.into();
        } else {
            shown["transient"] = json!({});
        }
        let message = asked.request.child(kind, shown);
        drop(all);
        outbox.put(message);
    }

    /// The caption that a cell's first lines ask for, below what it shows.
    pub fn captioned(&self, cell: u32, code: &str, outbox: &Outbox) {
        if let Some(text) = self.texts.caption(code) {
            let data = json!({ "text/markdown": text, "text/plain": text.replace("**", "") });
            self.shown(cell, false, &data, outbox);
        }
    }

    /// The request of the latest cell.
    pub fn latest(&self) -> Option<Message> {
        self.all().last_key_value().map(|(_, asked)| asked.request.clone())
    }
}

/// JSON media types hold JSON, the others text.
fn content(mime: &str, value: Value) -> Value {
    let Some(text) = value.as_str() else { return value };
    let json = mime.ends_with("json").then(|| serde_json::from_str(text).ok()).flatten();
    json.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_json_and_what_only_looks_like_it_text() {
        assert_eq!(content("application/x+json", "{\"a\": 1}".into()), json!({ "a": 1 }));
        assert_eq!(content("application/json", "{".into()), json!("{"));
        assert_eq!(content("text/plain", "1".into()), json!("1"));
    }
}
