//! The sockets of a kernel and who listens to them.

use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::runtime::{Builder, Handle};
use zeromq::{PubSocket, RepSocket, RouterRecvHalf, RouterSocket, SocketRecv, SocketSend};

use super::connection::Connection;
use super::control;
use super::evaluator::{Evaluator, Received};
use super::message::Message;
use super::outbox::Outbox;
use super::questions::Questions;
use super::requests::Requests;
use crate::cell::Cells;
use crate::lines::Lines;
use crate::streams::{Event, Streams};
use crate::{errors, places};

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
    let (requests_of, questions) = (Requests::default(), Questions::default());
    let begun = (requests_of.clone(), questions.clone(), outbox.clone());
    let refused = std::env::var(REFUSED).ok().filter(|reason| !reason.is_empty());
    let started = match refused {
        Some(reason) => Err(reason),
        None => match tokio::task::spawn_blocking(move || start(begun)).await {
            Ok(started) => started.map_err(|error| told(&error)),
            Err(error) => Err(format!("the kernel cannot start: {error}")),
        },
    };
    // A client learns nothing from a kernel that is gone: one that cannot start
    // answers every cell with the reason.
    let (cells, process) = match started {
        Ok((cells, streams)) => {
            questions.serve(input, key.clone(), streams, requests_of.clone(), &handle);
            let process = cells.context.process_handle();
            (Ok(cells), Some(process))
        }
        Err(reason) => {
            eprintln!("error: {reason}");
            (Err(reason), None)
        }
    };
    let (shell, requests_in) = shell.split();
    let (sender, requests) = channel();
    tokio::spawn(listen(requests_in, key.clone(), sender, process.clone()));
    let of_control = outbox.clone();
    let mut evaluator = Evaluator {
        cells,
        requests: requests_of,
        outbox,
        shell,
        handle,
        key: key.clone(),
        count: 0,
    };
    // A thread of its own: cells take as long as they take.
    std::thread::spawn(move || evaluator.serve(&requests));
    control::serve(control, &key, process.as_ref(), &of_control).await;
    Ok(())
}

/// Why no cells can be run, where whoever starts this kernel knows it.
const REFUSED: &str = "TRANSFOLIO_REFUSED";

type Begun = (Requests, Questions, Outbox);

fn start((requests, questions, outbox): Begun) -> Result<(Cells, Streams), evcxr::Error> {
    let lines = Lines::default();
    let path = places().map_err(|error| error.to_string())?.join("streams");
    let streams = Streams::listen(&path, lines.clone(), move |event| match event {
        Event::Text { cell, name, text } => requests.printed(cell, name, text, &outbox),
        Event::Shown { cell, result, data } => requests.shown(cell, result, &data, &outbox),
        Event::Question { prompt, secret } => questions.put(prompt, secret),
    })
    .map_err(|error| format!("cannot listen on {}: {error}", path.display()))?;
    Ok((Cells::start(streams.clone(), lines)?, streams))
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
async fn listen(
    mut socket: RouterRecvHalf,
    key: String,
    requests: Sender<Received>,
    cells: Option<Arc<Mutex<Child>>>,
) {
    loop {
        match socket.recv().await.map(|frames| Message::of_frames(frames, &key)) {
            Ok(Ok(request)) => {
                // Some clients ask for it here; behind the cell it would come too late.
                if request.kind() == "interrupt_request" {
                    cells.as_ref().inspect(|cells| control::interrupt(cells));
                }
                if requests.send(Received { request, at: Instant::now() }).is_err() {
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
