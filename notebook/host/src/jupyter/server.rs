//! The sockets of a kernel and who listens to them.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};

use tokio::runtime::{Builder, Handle};
use zeromq::{PubSocket, RepSocket, RouterRecvHalf, RouterSocket, SocketRecv, SocketSend};

use super::connection::Connection;
use super::control;
use super::evaluator::Evaluator;
use super::message::Message;
use super::outbox::Outbox;
use super::streams::Streams;
use crate::{cell, errors};

/// Runs the kernel of a connection file until a client ends it.
pub fn serve(file: &Path) -> Result<(), String> {
    let connection = Connection::read(file)?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the threads of the kernel: {error}"))?;
    let served = runtime.block_on(run(&connection, runtime.handle().clone()));
    // A cell may still run: its process ends when this one does.
    runtime.shutdown_background();
    served
}

async fn run(connection: &Connection, handle: Handle) -> Result<(), String> {
    let heartbeat: RepSocket = connection.bind("hb_port").await?;
    let shell: RouterSocket = connection.bind("shell_port").await?;
    let control: RouterSocket = connection.bind("control_port").await?;
    let input: RouterSocket = connection.bind("stdin_port").await?;
    let published: PubSocket = connection.bind("iopub_port").await?;
    tokio::spawn(beat(heartbeat));
    let key = connection.key.clone();
    let outbox = Outbox::new(published, key.clone());
    let started = tokio::task::spawn_blocking(cell::context).await;
    let (context, outputs) = started
        .map_err(|error| format!("the kernel cannot start: {error}"))?
        .map_err(|error| told(&error))?;
    let cells = context.process_handle();
    let streams = Streams::default();
    streams.pass_on(outputs, &outbox);
    let (shell, requests_in) = shell.split();
    let (sender, requests) = channel();
    tokio::spawn(listen(requests_in, key.clone(), sender));
    let mut evaluator =
        Evaluator { context, streams, outbox, shell, input, handle, key: key.clone(), count: 0 };
    // A thread of its own: cells take as long as they take.
    std::thread::spawn(move || evaluator.serve(&requests));
    control::serve(control, &key, &cells).await;
    Ok(())
}

fn told(error: &evcxr::Error) -> String {
    let (_, messages) = errors::of(error);
    let texts: Vec<&str> = messages.iter().filter_map(|message| message["text"].as_str()).collect();
    texts.join("\n")
}

/// Says back what it hears, by which clients know that the kernel lives.
async fn beat(mut socket: RepSocket) {
    loop {
        match socket.recv().await {
            Ok(heard) => {
                let _ = socket.send(heard).await;
            }
            // A client that left; the next one is listened to as before.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
}

/// Hands on what comes on the shell channel.
async fn listen(mut socket: RouterRecvHalf, key: String, requests: Sender<Message>) {
    loop {
        match socket.recv().await.map(|frames| Message::of_frames(frames, &key)) {
            Ok(Ok(request)) => {
                if requests.send(request).is_err() {
                    return;
                }
            }
            Ok(Err(error)) => eprintln!("shell channel: {error}"),
            Err(error) => {
                eprintln!("the shell channel is gone: {error}");
                return;
            }
        }
    }
}
