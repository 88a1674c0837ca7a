//! A small HTTP server and a proxy on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How the server behaves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Manners {
    /// Each answer ends after so many bytes of the body.
    pub(crate) breaks_after: Option<usize>,
    /// Whether ranges are honoured.
    pub(crate) no_ranges: bool,
    /// Whether the file changes with every request.
    pub(crate) restless: bool,
}

pub(crate) struct Server {
    pub(crate) address: String,
    /// First lines and ranges of the requests.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(files: Vec<(String, Vec<u8>)>, manners: Manners) -> Self {
        Self::start_with(files, manners, None)
    }

    pub(crate) fn start_with(
        files: Vec<(String, Vec<u8>)>,
        manners: Manners,
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let scheme = if tls.is_some() { "https://localhost" } else { "http://127.0.0.1" };
        let address = format!("{scheme}:{}", listener.local_addr().expect("address").port());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let count = AtomicUsize::new(0);
        // Ends with the test process.
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let n = count.fetch_add(1, Ordering::Relaxed);
                let _ = match &tls {
                    None => answer(stream, &files, manners, n, &log),
                    Some(config) => {
                        let connection = ServerConnection::new(config.clone()).expect("TLS");
                        let stream = StreamOwned::new(connection, stream);
                        answer(stream, &files, manners, n, &log)
                    }
                };
            }
        });
        Self { address, asked }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the log").clone()
    }
}

fn answer(
    mut stream: impl Read + Write,
    files: &[(String, Vec<u8>)],
    manners: Manners,
    n: usize,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(&mut stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_string());
    }
    let path = head.first().and_then(|l| l.split(' ').nth(1)).unwrap_or_default().to_string();
    let header = |name: &str| {
        let found = head.iter().find(|l| l.to_lowercase().starts_with(&format!("{name}:")));
        found.and_then(|l| l.split_once(':')).map(|(_, v)| v.trim().to_string())
    };
    let range = header("range");
    log.lock().expect("the log").push(format!("{path} {}", range.clone().unwrap_or_default()));
    let Some((_, body)) = files.iter().find(|(name, _)| *name == path) else {
        // Without the last line a client may ask again on this connection, as it closes.
        let gone = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        return stream.write_all(gone);
    };
    let tag = if manners.restless { format!("\"{n}\"") } else { "\"one\"".into() };
    let same = header("if-range").is_none_or(|given| given == tag);
    let start: usize = range
        .filter(|_| same && !manners.no_ranges)
        .and_then(|r| r.trim_start_matches("bytes=").trim_end_matches('-').parse().ok())
        .unwrap_or(0);
    let total = body.len();
    let head = if start >= total && start > 0 {
        format!(
            "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{total}\r\nContent-Length: 0\r\n"
        )
    } else if start > 0 {
        format!(
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{}/{total}\r\nContent-Length: {}\r\n",
            total - 1,
            total - start
        )
    } else {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {total}\r\n")
    };
    stream.write_all(format!("{head}ETag: {tag}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let rest = body.get(start..).unwrap_or_default();
    stream.write_all(&rest[..manners.breaks_after.unwrap_or(usize::MAX).min(rest.len())])?;
    stream.flush()
}

/// Answers `CONNECT` once and passes bytes on in both directions.
pub(crate) fn proxy() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().expect("a client");
        let mut reader = BufReader::new(client.try_clone().expect("a copy"));
        let mut line = String::new();
        reader.read_line(&mut line).expect("a request");
        let target = line.split(' ').nth(1).expect("a target").to_string();
        while line.trim() != "" {
            line.clear();
            reader.read_line(&mut line).expect("a header");
        }
        let mut server = TcpStream::connect(target).expect("the server");
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("written");
        let mut back = (server.try_clone().expect("a copy"), client.try_clone().expect("a copy"));
        let answers = std::thread::spawn(move || std::io::copy(&mut back.0, &mut back.1));
        let _ = std::io::copy(&mut reader, &mut server);
        let _ = answers.join();
    });
    address
}
