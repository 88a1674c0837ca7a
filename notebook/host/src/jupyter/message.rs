//! Messages of Jupyter's protocol, on the wire and in hand.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use zeromq::ZmqMessage;

/// Between the addresses and the message.
const DELIMITER: &[u8] = b"<IDS|MSG>";
/// Version of the protocol.
pub const PROTOCOL: &str = "5.3";

/// A message.
#[derive(Clone, Debug)]
pub struct Message {
    addresses: Vec<Vec<u8>>,
    header: Value,
    parent: Value,
    /// What it says.
    pub content: Value,
    /// Whether the user can be asked something.
    pub may_ask: bool,
}

impl Message {
    pub fn kind(&self) -> &str {
        self.header["msg_type"].as_str().unwrap_or_default()
    }

    pub fn text(&self, field: &str) -> &str {
        self.content[field].as_str().unwrap_or_default()
    }

    /// A message that follows from this one.
    pub fn child(&self, kind: &str, content: Value) -> Self {
        let header = json!({
            "msg_id": uuid::Uuid::new_v4().to_string(),
            "session": self.header["session"],
            "username": "kernel",
            "date": chrono::Utc::now().to_rfc3339(),
            "msg_type": kind,
            "version": PROTOCOL,
        });
        Self { addresses: Vec::new(), header, parent: self.header.clone(), content, may_ask: false }
    }

    /// The answer to this one, to whoever sent it.
    pub fn reply(&self, content: Value) -> Self {
        self.addressed(&self.kind().replace("_request", "_reply"), content)
    }

    /// Whether another text is of the same stream of the same cell.
    pub fn continues(&self, other: &Self) -> bool {
        other.kind() == "stream"
            && self.parent == other.parent
            && self.content["name"] == other.content["name"]
    }

    /// With the text of another behind its own.
    pub fn append(&mut self, other: &Self) {
        if let Value::String(text) = &mut self.content["text"] {
            text.push_str(other.text("text"));
        }
    }

    /// The same message without what it says.
    pub fn without_content(&self) -> Self {
        Self { content: Value::Null, ..self.clone() }
    }

    /// A message to whoever sent this one.
    pub fn addressed(&self, kind: &str, content: Value) -> Self {
        Self { addresses: self.addresses.clone(), ..self.child(kind, content) }
    }

    /// A message from its frames; its signature must be right.
    pub fn of_frames(frames: ZmqMessage, key: &str) -> Result<Self, String> {
        let frames: Vec<Vec<u8>> = frames.into_vec().iter().map(|frame| frame.to_vec()).collect();
        let at = frames
            .iter()
            .position(|frame| frame == DELIMITER)
            .ok_or("a message without a delimiter")?;
        let (addresses, rest) = frames.split_at(at);
        let [_, signature, parts @ ..] = rest else {
            return Err("a message without a signature".into());
        };
        let [header, parent, metadata, content, ..] = parts else {
            return Err(format!("a message of {} parts, expected 4", parts.len()));
        };
        if !key.is_empty() {
            let mut mac = mac(key)?;
            for part in parts {
                mac.update(part);
            }
            let given = unhex(signature).ok_or("a message whose signature is not hexadecimal")?;
            mac.verify_slice(&given).map_err(|_| "a message with a wrong signature")?;
        }
        let value = |part: &[u8]| {
            serde_json::from_slice::<Value>(part)
                .map_err(|error| format!("a message that is not JSON: {error}"))
        };
        let _ = metadata;
        let content = value(content)?;
        Ok(Self {
            addresses: addresses.to_vec(),
            header: value(header)?,
            parent: value(parent)?,
            may_ask: content["allow_stdin"] == true,
            content,
        })
    }

    /// The signed frames of the message.
    pub fn frames(&self, key: &str) -> Result<ZmqMessage, String> {
        let parts = [&self.header, &self.parent, &json!({}), &self.content].map(Value::to_string);
        let mut signature = String::new();
        if !key.is_empty() {
            let mut mac = mac(key)?;
            for part in &parts {
                mac.update(part.as_bytes());
            }
            for byte in mac.finalize().into_bytes() {
                signature += &format!("{byte:02x}");
            }
        }
        let mut frames = self.addresses.clone();
        frames.push(DELIMITER.to_vec());
        frames.push(signature.into_bytes());
        frames.extend(parts.map(String::into_bytes));
        let frames: Vec<bytes::Bytes> = frames.into_iter().map(Into::into).collect();
        ZmqMessage::try_from(frames).map_err(|_| "a message without frames".into())
    }
}

fn mac(key: &str) -> Result<Hmac<Sha256>, String> {
    Hmac::new_from_slice(key.as_bytes()).map_err(|error| format!("the key of signatures: {error}"))
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    text.chunks(2).map(|two| (two.len() == 2).then(|| pair(two)).flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Message {
        let header = json!({ "msg_id": "1", "session": "s", "msg_type": "execute_request" });
        let content = json!({ "code": "1 + 1" });
        Message {
            addresses: vec![vec![0, 159]],
            header,
            parent: json!({}),
            content,
            may_ask: false,
        }
    }

    #[test]
    fn what_is_sent_is_what_is_read() {
        let read = Message::of_frames(request().frames("key").expect("frames"), "key");
        let read = read.expect("a message");
        assert_eq!(read.text("code"), "1 + 1");
        let reply = read.reply(json!({ "status": "ok" }));
        assert_eq!(reply.kind(), "execute_reply");
        assert_eq!(reply.addresses, vec![vec![0, 159]]);
        assert_eq!(reply.parent["msg_id"], "1");
        assert!(read.child("stream", json!({})).addresses.is_empty());
    }

    #[test]
    fn a_message_that_someone_else_signed_is_refused() {
        let frames = request().frames("another key").expect("frames");
        let error = Message::of_frames(frames, "key").expect_err("refused");
        assert!(error.contains("wrong signature"), "{error}");
        let frames = ZmqMessage::from("nothing");
        assert!(Message::of_frames(frames, "").expect_err("refused").contains("delimiter"));
    }
}
