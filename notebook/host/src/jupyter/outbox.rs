//! What goes to all clients: one task sends it, so that its order is the order
//! in which it was said, whoever said it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use zeromq::{PubSocket, SocketSend};

use super::message::Message;

/// Messages that wait to be sent; whoever prints faster waits too.
const WAITING: usize = 128;

/// Bytes of text that are gathered into one message.
const GATHERED: usize = 1 << 19;

/// Takes messages for all clients; not to be used on the runtime's own threads.
#[derive(Clone)]
pub struct Outbox(Sender<Item>);

enum Item {
    Message(Box<Message>),
    /// Answered when all before it was sent.
    Flush(oneshot::Sender<()>),
}

impl Outbox {
    pub fn new(socket: PubSocket, key: String) -> Self {
        let (sender, items) = channel(WAITING);
        tokio::spawn(send_all(socket, key, items));
        Self(sender)
    }

    pub fn put(&self, message: Message) {
        // The task ends with the process alone.
        let _ = self.0.blocking_send(Item::Message(Box::new(message)));
    }

    /// Sends them in their order, when those before are on their way.
    pub async fn hand_on<const N: usize>(self, messages: [Message; N]) {
        for message in messages {
            let _ = self.0.send(Item::Message(Box::new(message))).await;
        }
    }

    /// Returns when everything was sent.
    pub fn flush(&self) {
        let (sender, sent) = oneshot::channel();
        if self.0.blocking_send(Item::Flush(sender)).is_ok() {
            let _ = sent.blocking_recv();
        }
    }
}

async fn send_all(mut socket: PubSocket, key: String, mut items: Receiver<Item>) {
    let mut pace = Pace::of_environment();
    let mut next = None;
    loop {
        let item = match next.take() {
            Some(item) => Some(item),
            None => items.recv().await,
        };
        let message = match item {
            None => return,
            Some(Item::Message(message)) => message,
            Some(Item::Flush(sender)) => {
                let _ = sender.send(());
                continue;
            }
        };
        let message = gathered(message, &mut items, &mut next);
        let (kind, idle) = (message.kind().to_owned(), message.text("execution_state") == "idle");
        let sent = match message.frames(&key) {
            Ok(frames) => {
                let bytes: usize = frames.iter().map(|frame| frame.len()).sum();
                if let Some(pace) = &mut pace {
                    pace.wait(&kind, idle, bytes).await;
                }
                socket.send(frames).await.map_err(|error| error.to_string())
            }
            Err(error) => Err(error),
        };
        // One client that is gone must not keep the others from hearing.
        if let Err(error) = sent {
            eprintln!("a message to the clients was lost: {error}");
        }
    }
}

/// A text with what follows it on the same stream: a browser draws all of an
/// output anew with each message, which takes long where they are many.
fn gathered(
    mut message: Box<Message>,
    items: &mut Receiver<Item>,
    next: &mut Option<Item>,
) -> Box<Message> {
    while message.kind() == "stream" && message.text("text").len() < GATHERED {
        match items.try_recv() {
            Ok(Item::Message(more)) if message.continues(&more) => message.append(&more),
            Ok(other) => {
                *next = Some(other);
                break;
            }
            Err(_) => break,
        }
    }
    message
}

/// The pace that Jupyter's server allows: what comes faster it throws away, so
/// that the end of a long output would be missing in JupyterLab.
struct Pace {
    /// When messages leave the window, and their bytes.
    window: VecDeque<(Instant, usize)>,
    bytes: usize,
}

/// The server's defaults are 1 MB and 1000 messages a second over a window of
/// 3 s, counted when it comes to read them: half of that leaves room for a
/// server that was busy meanwhile, and finds two windows at once.
const WINDOW: Duration = Duration::from_millis(3100);
const BYTES: usize = 1_400_000;
const MESSAGES: usize = 1_400;

impl Pace {
    /// Other clients have no limit; the server names the notebook to its kernels.
    fn of_environment() -> Option<Self> {
        std::env::var_os("JPY_SESSION_NAME").map(|_| Self { window: VecDeque::new(), bytes: 0 })
    }

    async fn wait(&mut self, kind: &str, idle: bool, bytes: usize) {
        // The server counts as it does here, and begins anew with each cell.
        if matches!(kind, "status" | "comm_open" | "execute_input") {
            if idle {
                self.window.clear();
                self.bytes = 0;
            }
            return;
        }
        let bytes = if kind == "stream" { bytes } else { 0 };
        loop {
            let now = Instant::now();
            while self.window.front().is_some_and(|(leaves, _)| *leaves <= now) {
                self.bytes -= self.window.pop_front().map_or(0, |(_, bytes)| bytes);
            }
            let Some((leaves, _)) = self.window.front() else { break };
            if self.bytes + bytes <= BYTES && self.window.len() < MESSAGES {
                break;
            }
            tokio::time::sleep(*leaves - now).await;
        }
        self.window.push_back((Instant::now() + WINDOW, bytes));
        self.bytes += bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_window_holds_more_than_the_server_takes() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        runtime.expect("a runtime").block_on(async {
            let mut pace = Pace { window: VecDeque::new(), bytes: 0 };
            let begun = Instant::now();
            for _ in 0..14 {
                pace.wait("stream", false, 100_000).await;
            }
            assert!(begun.elapsed() < Duration::from_secs(1));
            pace.wait("status", true, 100).await;
            assert_eq!((pace.bytes, pace.window.len()), (0, 0));
            for _ in 0..15 {
                pace.wait("stream", false, 100_000).await;
            }
            assert!(begun.elapsed() > Duration::from_secs(2));
            assert!(pace.bytes <= BYTES);
        });
    }
}
