//! One request for a file or the rest of it.

use std::time::Duration;

use ureq::http::{HeaderMap, StatusCode};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, TcpConnector};
use ureq::{Agent, Body, Proxy, ProxyProtocol};

use super::error::TransferError;
use super::tls::TlsConnector;

/// A server that says nothing for this long is given up.
const SILENCE: Duration = Duration::from_mins(1);

/// The client; proxies come from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and
/// `NO_PROXY`.
pub(crate) fn agent() -> Result<Agent, TransferError> {
    client(Proxy::try_from_env(), TlsConnector::default())
}

fn client(proxy: Option<Proxy>, tls: TlsConnector) -> Result<Agent, TransferError> {
    let config = Agent::config_builder()
        .proxy(proxy)
        .http_status_as_error(false)
        .user_agent(concat!("transfolio/", env!("CARGO_PKG_VERSION")))
        // Compressed transfers have no ranges.
        .accept_encoding("identity")
        .max_redirects(10)
        .timeout_resolve(Some(SILENCE))
        .timeout_connect(Some(SILENCE))
        .timeout_recv_response(Some(SILENCE))
        .timeout_per_read(Some(SILENCE))
        .build();
    let is_http =
        |proxy: &Proxy| matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https);
    if config.proxy().is_some_and(|proxy| !is_http(proxy)) {
        let reason = "SOCKS proxies are not supported: set HTTPS_PROXY to an HTTP proxy".into();
        return Err(TransferError::Connection { reason });
    }
    let connector =
        ().chain(ConnectProxyConnector::default()).chain(TcpConnector::default()).chain(tls);
    Ok(Agent::with_parts(config, connector, DefaultResolver::default()))
}

/// A client without a proxy, for servers of tests.
#[cfg(test)]
pub(crate) fn plain_agent() -> Agent {
    trusting_agent(rustls::RootCertStore::empty())
}

/// A client that trusts certain certificates only.
#[cfg(test)]
pub(crate) fn trusting_agent(roots: rustls::RootCertStore) -> Agent {
    client(None, TlsConnector::trusting(roots)).expect("a client")
}

/// A client that goes through a proxy.
#[cfg(test)]
pub(crate) fn agent_through(proxy: &str) -> Agent {
    let proxy = Proxy::new(proxy).expect("a proxy");
    client(Some(proxy), TlsConnector::trusting(rustls::RootCertStore::empty())).expect("a client")
}

/// What a server answered.
pub(super) enum Answer {
    /// Bytes from a position on; how many the whole file has; what identifies
    /// this version of it.
    Body { start: u64, total: Option<u64>, version: String, body: Body },
    /// There is nothing from that position on; the length of the file.
    Beyond(Option<u64>),
}

/// Asks for a file from byte `start` on, unless it has changed since `version`.
pub(super) fn get(agent: &Agent, url: &str, start: u64, version: &str) -> Result<Answer, String> {
    let mut request = agent.get(url);
    if start > 0 {
        request = request.header("Range", format!("bytes={start}-")).header("If-Range", version);
    }
    let response = request.call().map_err(|error| error.to_string())?;
    let (parts, body) = response.into_parts();
    let total = || text(&parts.headers, "content-length").and_then(|n| n.parse().ok());
    match parts.status {
        StatusCode::OK => {
            Ok(Answer::Body { start: 0, total: total(), version: version_of(&parts.headers), body })
        }
        StatusCode::PARTIAL_CONTENT => {
            let range = text(&parts.headers, "content-range").unwrap_or_default();
            let (first, total) = content_range(range)
                .ok_or_else(|| format!("the server sent a range it calls `{range}`"))?;
            let start = first.ok_or("the server sent a part without a place")?;
            Ok(Answer::Body { start, total, version: version_of(&parts.headers), body })
        }
        StatusCode::RANGE_NOT_SATISFIABLE if start > 0 => {
            let range = text(&parts.headers, "content-range").unwrap_or_default();
            Ok(Answer::Beyond(content_range(range).and_then(|(_, total)| total)))
        }
        status => Err(format!("the server answered {status}")),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A strong tag or a date; without one, a file is not resumed.
fn version_of(headers: &HeaderMap) -> String {
    let tag = text(headers, "etag").filter(|tag| !tag.starts_with("W/"));
    tag.or_else(|| text(headers, "last-modified")).unwrap_or_default().to_string()
}

/// `bytes 100-199/200`, `bytes */200`: first byte and length.
fn content_range(text: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let first = range.split_once('-').and_then(|(first, _)| first.parse().ok());
    Some((first, total.parse().ok()))
}
