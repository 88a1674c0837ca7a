//! What goes to all clients: one task sends it, so that its order is the order
//! in which it was said, whoever said it.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeromq::{PubSocket, SocketSend};

use super::message::Message;

/// Takes messages for all clients.
#[derive(Clone)]
pub struct Outbox(UnboundedSender<Message>);

impl Outbox {
    pub fn new(socket: PubSocket, key: String) -> Self {
        let (sender, messages) = unbounded_channel();
        tokio::spawn(send_all(socket, key, messages));
        Self(sender)
    }

    pub fn put(&self, message: Message) {
        // The task ends with the process alone.
        let _ = self.0.send(message);
    }
}

async fn send_all(mut socket: PubSocket, key: String, mut messages: UnboundedReceiver<Message>) {
    while let Some(message) = messages.recv().await {
        let sent = match message.frames(&key) {
            Ok(frames) => socket.send(frames).await.map_err(|error| error.to_string()),
            Err(error) => Err(error),
        };
        // One client that is gone must not keep the others from hearing.
        if let Err(error) = sent {
            eprintln!("a message to the clients was lost: {error}");
        }
    }
}
