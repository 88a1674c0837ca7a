//! Fetching from a small server on this machine.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig};
use tch::{Device, nn};

use super::folder;
use super::writers::{Named, bundle};
use crate::download::server::{Manners, Server, proxy};
use crate::models::build;
use crate::spec::Backbone;
use crate::zoo::fetch::{agent_through, fetch_with, plain_agent, trusting_agent};
use crate::zoo::{
    Entry, FetchError, FetchEvent, FetchOptions, Fetched, find, read, save_safetensors,
};

/// A checkpoint that fits MobileNetV2.
fn weights() -> Vec<u8> {
    let dir = folder();
    let path = dir.path().join("w");
    let store = nn::VarStore::new(Device::Cpu);
    build(&store.root(), Backbone::MobilenetV2, 2);
    save_safetensors(&store, None, &path).expect("saved");
    std::fs::read(path).expect("read")
}

fn entry(urls: &[String]) -> Entry {
    let known = find("in1k_resnet50").expect("an entry").clone();
    let mut entry = Entry {
        id: "test".into(),
        backbone: "mobilenet_v2".into(),
        urls: urls.to_vec(),
        sha256: String::new(),
        ..known
    };
    entry.adapter.drop = vec!["classifier.".into()];
    entry
}

fn options(dir: &tempfile::TempDir) -> FetchOptions {
    FetchOptions { pause: Duration::ZERO, ..FetchOptions::new(dir.path()) }
}

fn get(entry: &Entry, options: &FetchOptions) -> Result<Fetched, FetchError> {
    fetch_with(Some(&plain_agent()), entry, options, &mut |_| {})
}

#[test]
fn a_model_is_fetched_verified_and_pinned() {
    let dir = folder();
    let server = Server::start(vec![("/w.pth?download=1".into(), weights())], Manners::default());
    // The query is part of the address, not of the name.
    let entry = entry(&[format!("{}/w.pth?download=1", server.address)]);
    let mut events = Vec::new();
    let fetched = fetch_with(Some(&plain_agent()), &entry, &options(&dir), &mut |event| {
        events.push(match event {
            FetchEvent::Trying(_) => "trying",
            FetchEvent::Begun { at: 0, total: Some(_), .. } => "begun",
            FetchEvent::At(_) => "at",
            FetchEvent::Checking => "checking",
            _ => "other",
        });
    })
    .expect("fetched");
    events.dedup();
    assert_eq!(events, ["trying", "begun", "at", "checking"]);
    assert_eq!(fetched.path, dir.path().join("test/w.pth"));
    assert!(fetched.pinned && !fetched.known);
    assert_eq!(fetched.sha256, read(&fetched.path).expect("read").sha256().expect("hashed"));
    let lock = std::fs::read_to_string(dir.path().join("zoo.lock")).expect("a lock file");
    assert!(lock.contains("[test]") && lock.contains(&fetched.sha256), "{lock}");
    assert!(!dir.path().join("test.partial").exists());
    // The second time nothing is asked for.
    assert!(get(&entry, &options(&dir)).expect("there").known);
    assert_eq!(server.asked().len(), 1);
    // A file that was changed on disk is noticed.
    std::fs::write(&fetched.path, b"other").expect("written");
    assert!(matches!(get(&entry, &options(&dir)), Err(FetchError::Changed { .. })));
}

#[test]
fn a_broken_transfer_goes_on_where_it_broke() {
    let dir = folder();
    let body = weights();
    let third = body.len() / 3 + 1;
    let manners = Manners { breaks_after: Some(third), ..Manners::default() };
    let server = Server::start(vec![("/w.pth".into(), body)], manners);
    let entry = entry(&[format!("{}/w.pth", server.address)]);
    let fetched = get(&entry, &options(&dir)).expect("fetched");
    assert_eq!(
        server.asked(),
        [
            "/w.pth ".to_string(),
            format!("/w.pth bytes={third}-"),
            format!("/w.pth bytes={}-", 2 * third)
        ]
    );
    assert!(read(&fetched.path).is_ok());
}

#[test]
fn a_later_start_goes_on_too_and_a_partial_file_is_never_the_model() {
    let dir = folder();
    let body = weights();
    let tenth = body.len() / 10;
    let manners = Manners { breaks_after: Some(tenth), ..Manners::default() };
    let server = Server::start(vec![("/w.pth".into(), body)], manners);
    let entry = entry(&[format!("{}/w.pth", server.address)]);
    // Five tenths, then the attempts are used up.
    let error = get(&entry, &options(&dir)).expect_err("broken").to_string();
    assert!(error.contains("/w.pth: "), "{error}");
    assert!(!dir.path().join("test").exists());
    let partial = dir.path().join("test.partial/w.pth");
    assert_eq!(partial.metadata().expect("partial").len(), 5 * tenth as u64);
    let mut first = None;
    let _ = fetch_with(Some(&plain_agent()), &entry, &options(&dir), &mut |event| {
        if let FetchEvent::Begun { at, .. } = event {
            first.get_or_insert(at);
        }
    });
    assert_eq!(first, Some(5 * tenth as u64));
}

#[test]
fn without_ranges_or_with_another_version_it_starts_anew() {
    for manners in [
        Manners { no_ranges: true, ..Manners::default() },
        Manners { restless: true, ..Manners::default() },
    ] {
        let dir = folder();
        let body = weights();
        let breaking = Manners { breaks_after: Some(1000), ..manners };
        let broken = Server::start(vec![("/w.pth".into(), body.clone())], breaking);
        let whole = Server::start(vec![("/w.pth".into(), body)], manners);
        let first = entry(&[format!("{}/w.pth", broken.address)]);
        assert!(get(&first, &options(&dir)).is_err());
        // Another address is another version.
        let second = entry(&[format!("{}/w.pth", whole.address)]);
        assert!(get(&second, &options(&dir)).is_ok(), "{manners:?}");
        assert_eq!(whole.asked(), ["/w.pth "]);
    }
}

#[test]
fn a_wrong_checksum_deletes_what_came() {
    let dir = folder();
    let server = Server::start(vec![("/w.pth".into(), weights())], Manners::default());
    let entry =
        Entry { sha256: "0123abcd".into(), ..entry(&[format!("{}/w.pth", server.address)]) };
    let error = get(&entry, &options(&dir)).expect_err("an error");
    assert!(matches!(error, FetchError::Checksum { .. }), "{error}");
    assert!(error.to_string().contains("0123abcd"), "{error}");
    assert!(!dir.path().join("test").exists() && !dir.path().join("test.partial").exists());
    assert!(!dir.path().join("zoo.lock").exists());
}

#[test]
fn what_was_pinned_is_not_replaced() {
    let dir = folder();
    let (first, second) = (weights(), weights());
    let server = Server::start(
        vec![("/a/w.pth".into(), first), ("/b/w.pth".into(), second)],
        Manners::default(),
    );
    let one = entry(&[format!("{}/a/w.pth", server.address)]);
    get(&one, &options(&dir)).expect("fetched");
    std::fs::remove_dir_all(dir.path().join("test")).expect("removed");
    let other = entry(&[format!("{}/b/w.pth", server.address)]);
    let error = get(&other, &options(&dir)).expect_err("another file").to_string();
    assert!(error.contains("pinned at the first download"), "{error}");
}

#[test]
fn a_login_page_is_not_pinned() {
    let dir = folder();
    let page = b"<html>please log in</html>".to_vec();
    let server = Server::start(vec![("/w.pth".into(), page)], Manners::default());
    let entry = entry(&[format!("{}/w.pth", server.address)]);
    let error = get(&entry, &options(&dir)).expect_err("an error").to_string();
    assert!(error.contains("web page"), "{error}");
    assert!(!dir.path().join("zoo.lock").exists() && !dir.path().join("test.partial").exists());
}

#[test]
fn mirrors_are_tried_in_turn() {
    let dir = folder();
    let files = vec![("/mirror/test/w.pth".into(), weights())];
    let server = Server::start(files, Manners::default());
    let gone = format!("{}/gone/w.pth", server.address);
    let error =
        get(&entry(std::slice::from_ref(&gone)), &options(&dir)).expect_err("gone").to_string();
    assert!(error.contains("404"), "{error}");
    let mirror = Some(format!("{}/mirror/", server.address));
    let options = FetchOptions { mirror, ..options(&dir) };
    get(&entry(&[gone]), &options).expect("fetched");
    let dir = folder();
    let good = format!("{}/mirror/test/w.pth", server.address);
    let bad = "http://127.0.0.1:1/w.pth".to_string();
    get(&entry(&[bad, good]), &self::options(&dir)).expect("the second address");
}

#[test]
fn a_checkpoint_of_several_files_is_fetched_whole() {
    let dir = folder();
    let (index, data) = bundle(&[Named::new("w", &[3])], false);
    let files = vec![("/m.index".to_string(), index), ("/m.data-00000-of-00001".to_string(), data)];
    let names: Vec<String> = files.iter().map(|(n, _)| n.trim_matches('/').to_string()).collect();
    let server = Server::start(files, Manners::default());
    // A backbone that no build has: only the reading is checked.
    let entry = Entry {
        files: names,
        nesting: vec!["m".into()],
        backbone: "any".into(),
        ..entry(std::slice::from_ref(&server.address))
    };
    let fetched = get(&entry, &options(&dir)).expect("fetched");
    assert_eq!(fetched.path, dir.path().join("test"));
    assert_eq!(read(&fetched.path).expect("read").tensors["w"].shape(), [3]);
    assert!(get(&entry, &options(&dir)).expect("there").known);
}

#[test]
fn a_file_downloaded_by_hand_is_verified_and_copied() {
    let dir = folder();
    let file = dir.path().join("download.pth");
    std::fs::write(&file, weights()).expect("written");
    let by_hand = Entry { urls: vec![], page: "https://example.org".into(), ..entry(&[]) };
    let error = fetch_with(None, &by_hand, &options(&dir), &mut |_| {}).expect_err("by hand");
    assert!(error.to_string().contains("--from FILE"), "{error}");
    // An earlier attempt is out of the way.
    std::fs::create_dir(dir.path().join("test.partial")).expect("a folder");
    std::fs::write(dir.path().join("test.partial/other"), b"half").expect("written");
    let options = FetchOptions { from: Some(file), ..options(&dir) };
    let fetched = fetch_with(None, &by_hand, &options, &mut |_| {}).expect("copied");
    assert_eq!(fetched.path, dir.path().join("test/download.pth"));
}

#[test]
fn one_process_fetches_at_a_time() {
    let dir = folder();
    let held = std::fs::File::create(dir.path().join("test.lock")).expect("a file");
    held.lock().expect("locked");
    let error = get(&entry(&["http://127.0.0.1:1/w".into()]), &options(&dir)).expect_err("busy");
    assert!(matches!(error, FetchError::Busy { .. }), "{error}");
}

/// A self-signed certificate for `localhost`, until 2125.
const CERTIFICATE: &str = include_str!("../../../tests/golden/zoo/localhost.pem");

#[test]
fn encrypted_connections_are_verified() {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).expect("one");
    let key = PrivateKeyDer::from_pem_slice(CERTIFICATE.as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .expect("a configuration");
    let files = vec![("/w.pth".into(), weights())];
    let server = Server::start_with(files, Manners::default(), Some(Arc::new(config)));
    let entry = entry(&[format!("{}/w.pth", server.address)]);
    let dir = folder();
    // Nobody vouches for the certificate.
    let strangers = trusting_agent(RootCertStore::empty());
    let error = fetch_with(Some(&strangers), &entry, &options(&dir), &mut |_| {});
    assert!(error.expect_err("an error").to_string().contains("certificate"));
    let mut roots = RootCertStore::empty();
    roots.add(certificate).expect("a root");
    let friends = trusting_agent(roots);
    fetch_with(Some(&friends), &entry, &options(&dir), &mut |_| {}).expect("fetched");
}

#[test]
fn a_proxy_is_asked_to_connect() {
    let dir = folder();
    let server = Server::start(vec![("/w.pth".into(), weights())], Manners::default());
    let entry = entry(&[format!("{}/w.pth", server.address)]);
    let agent = agent_through(&proxy());
    fetch_with(Some(&agent), &entry, &options(&dir), &mut |_| {}).expect("fetched");
    assert_eq!(server.asked().len(), 1);
    // The second connection finds the proxy gone, and goes no other way.
    std::fs::remove_dir_all(dir.path().join("test")).expect("removed");
    let agent = agent_through("http://127.0.0.1:1");
    assert!(fetch_with(Some(&agent), &entry, &options(&dir), &mut |_| {}).is_err());
    assert_eq!(server.asked().len(), 1);
}
