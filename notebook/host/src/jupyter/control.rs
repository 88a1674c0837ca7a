//! The control channel: shutting down and interrupting, whatever a cell does.

use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use zeromq::{RouterSocket, SocketRecv, SocketSend};

use super::evaluator::kernel_info;
use super::message::Message;
use super::outbox::Outbox;

/// Answers until the kernel is to end.
pub async fn serve(
    mut socket: RouterSocket,
    key: &str,
    cells: Option<&Arc<Mutex<Child>>>,
    outbox: &Outbox,
) {
    loop {
        let request = match socket.recv().await {
            Ok(frames) => Message::of_frames(frames, key),
            Err(error) => {
                eprintln!("the control channel is gone: {error}");
                return;
            }
        };
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                eprintln!("control channel: {error}");
                continue;
            }
        };
        let ends = request.kind() == "shutdown_request";
        let content = match request.kind() {
            "kernel_info_request" => kernel_info(),
            "shutdown_request" => {
                json!({ "status": "ok", "restart": request.content["restart"] == true })
            }
            "interrupt_request" => {
                cells.inspect(|cells| interrupt(cells));
                json!({ "status": "ok" })
            }
            _ => continue,
        };
        let sent = match request.reply(content).frames(key) {
            Ok(frames) => socket.send(frames).await.map_err(|error| error.to_string()),
            Err(error) => Err(error),
        };
        if let Err(error) = sent {
            eprintln!("control channel: {error}");
        }
        // A client takes a request for done when it hears of the end of it here.
        let states = ["busy", "idle"]
            .map(|state| request.child("status", json!({ "execution_state": state })));
        tokio::spawn(outbox.clone().hand_on(states));
        if ends {
            // The answer needs a moment on its way.
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            return;
        }
    }
}

/// The warden knows what an interrupt means for what it watches, and the worker for the
/// study that it runs: both are in this group where the supervisor has made one.
pub fn interrupt(cells: &Arc<Mutex<Child>>) {
    if crate::own_group() {
        if let Err(error) =
            rustix::process::kill_current_process_group(rustix::process::Signal::INT)
        {
            eprintln!("the interrupt did not reach the cells: {error}");
        }
        return;
    }
    let id = cells.lock().unwrap_or_else(PoisonError::into_inner).id();
    let sent = Command::new("kill").arg("-INT").arg(id.to_string()).status();
    if !sent.is_ok_and(|status| status.success()) {
        eprintln!("the interrupt did not reach the cells");
    }
}
