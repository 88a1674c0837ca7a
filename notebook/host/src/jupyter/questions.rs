//! Questions of a cell to its user.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeromq::{RouterSocket, SocketRecv, SocketSend};

use super::message::Message;
use super::requests::Requests;
use crate::streams::Streams;

/// Takes questions; a task asks them one after the other.
#[derive(Clone)]
pub struct Questions {
    sender: UnboundedSender<Question>,
    waiting: Arc<Mutex<Option<UnboundedReceiver<Question>>>>,
}

struct Question {
    prompt: String,
    secret: bool,
}

impl Default for Questions {
    fn default() -> Self {
        let (sender, waiting) = unbounded_channel();
        Self { sender, waiting: Arc::new(Mutex::new(Some(waiting))) }
    }
}

impl Questions {
    pub fn put(&self, prompt: String, secret: bool) {
        // The task ends with the process alone.
        let _ = self.sender.send(Question { prompt, secret });
    }

    /// Begins to ask.
    pub fn serve(
        &self,
        mut socket: RouterSocket,
        key: String,
        streams: Streams,
        requests: Requests,
        handle: &Handle,
    ) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut waiting) = waiting else { return };
        handle.spawn(async move {
            while let Some(question) = waiting.recv().await {
                let answer = match requests.latest() {
                    Some(request) => ask(&mut socket, &key, &request, &question).await,
                    None => None,
                };
                // Nothing where no user is there.
                streams.answer(&answer.unwrap_or_default());
            }
        });
    }
}

async fn ask(
    socket: &mut RouterSocket,
    key: &str,
    request: &Message,
    question: &Question,
) -> Option<String> {
    if !request.may_ask {
        return None;
    }
    let content = json!({ "prompt": question.prompt, "password": question.secret });
    let frames = request.addressed("input_request", content).frames(key).ok()?;
    socket.send(frames).await.ok()?;
    let answer = socket.recv().await.ok()?;
    Some(Message::of_frames(answer, key).ok()?.text("value").to_owned())
}
