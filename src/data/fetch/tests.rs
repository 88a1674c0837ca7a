use std::io::Cursor;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::download::plain_agent;
use crate::download::server::{Manners, Server};
use crate::spec::card;

/// A card with files on a server of this machine.
fn with(files: &[(&str, &str)], server: &Server) -> Card {
    let file = |(name, md5): &(&str, &str)| CardFile {
        name: (*name).to_owned(),
        url: format!("{}/{name}", server.address),
        md5: (*md5).to_owned(),
        sha256: String::new(),
        on_demand: *name == "large.bin",
    };
    Card { files: files.iter().map(file).collect(), ..card("shenzhen").expect("a card").clone() }
}

fn fetch(card: &Card, names: &[&str], folder: &Path) -> Result<Vec<CardFetched>, CardFetchError> {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    fetch_with(&plain_agent(), card, &names, (folder, Duration::ZERO), &mut |_, _| {})
}

const BODY: &[u8] = b"0123456789abcdef";
/// `md5sum` of it.
const MD5: &str = "4032af8d61035123906e58e067140cc5";

fn served(name: &str, body: &[u8], manners: Manners) -> Server {
    Server::start(vec![(format!("/{name}"), body.to_vec())], manners)
}

#[test]
fn a_file_is_fetched_once_and_verified() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = served("a.bin", BODY, Manners::default());
    let card = with(&[("a.bin", MD5), ("large.bin", "")], &server);
    let first = fetch(&card, &[], folder.path()).expect("fetched");
    assert_eq!(first.len(), 1, "the other is fetched where it is named");
    assert!(first[0].published && !first[0].known && first[0].unpacked.is_none());
    assert_eq!(fs::read(&first[0].path).expect("read"), BODY);
    let again = fetch(&card, &[], folder.path()).expect("there");
    assert!(again[0].known && again[0].sha256 == first[0].sha256);
    assert_eq!(server.asked().len(), 1);
    fs::write(&first[0].path, b"changed").expect("written");
    let error = fetch(&card, &[], folder.path()).expect_err("changed").to_string();
    assert!(
        error.contains("has MD5") && error.contains(&format!("expected {MD5} (published)")),
        "{error}"
    );
    assert!(first[0].path.is_file(), "what a user has is not deleted");
}

#[test]
fn a_broken_transfer_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let manners = Manners { breaks_after: Some(6), ..Manners::default() };
    let server = served("a.bin", BODY, manners);
    let fetched = fetch(&with(&[("a.bin", MD5)], &server), &[], folder.path()).expect("fetched");
    assert_eq!(fs::read(&fetched[0].path).expect("read"), BODY);
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn what_is_not_what_was_published_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = served("a.bin", b"a page that asks for a login", Manners::default());
    let card = with(&[("a.bin", MD5)], &server);
    let error = fetch(&card, &[], folder.path()).expect_err("wrong").to_string();
    assert!(error.contains("(published)"), "{error}");
    let left: Vec<_> = fs::read_dir(folder.path()).expect("list").flatten().collect();
    assert!(left.is_empty(), "{left:?}");
    // Without a published checksum the first download is what is meant.
    let card = with(&[("a.bin", "")], &server);
    let first = fetch(&card, &[], folder.path()).expect("fetched");
    assert!(!first[0].published);
    fs::remove_file(&first[0].path).expect("removed");
    let other = served("a.bin", BODY, Manners::default());
    let error = fetch(&with(&[("a.bin", "")], &other), &[], folder.path()).expect_err("another");
    assert!(error.to_string().contains("noted at the first download"), "{error}");
}

#[test]
fn archives_are_unpacked_and_none_leads_out() {
    let archive = |entry: &str| {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["Set/CXR_png/CHNCXR_0001_0.png", entry] {
            zip.start_file(name, SimpleFileOptions::default()).expect("begun");
            zip.write_all(b"x").expect("written");
        }
        zip.finish().expect("closed").into_inner()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let server = served("a.zip", &archive("Set/readme.txt"), Manners::default());
    let card = with(&[("a.zip", "")], &server);
    let fetched = fetch(&card, &[], folder.path()).expect("fetched");
    assert_eq!(fetched[0].unpacked, Some(2));
    assert!(card.layout_of(folder.path()).is_some(), "the layout of the card is there");
    let folder = tempfile::tempdir().expect("a folder");
    let server = served("a.zip", &archive("../evil"), Manners::default());
    let error = fetch(&with(&[("a.zip", "")], &server), &[], &folder.path().join("in"));
    let error = error.expect_err("leads out").to_string();
    assert!(error.contains("\"../evil\", which leads out of the folder"), "{error}");
    assert!(!folder.path().join("evil").exists());
}

#[test]
fn what_cannot_be_fetched_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let by_hand = card("chexpert").expect("a card");
    let error = fetch(by_hand, &[], folder.path()).expect_err("by hand").to_string();
    assert!(error.contains("register on the page") && error.contains(&by_hand.page), "{error}");
    let server = served("a.bin", BODY, Manners::default());
    let card = with(&[("a.bin", ""), ("b.bin", "")], &server);
    let error = fetch(&card, &["c.bin"], folder.path()).expect_err("unknown").to_string();
    assert!(error.contains("no file \"c.bin\"; it has a.bin, b.bin"), "{error}");
    let error = fetch(&card, &["b.bin"], folder.path()).expect_err("missing").to_string();
    assert!(error.contains("b.bin could not be fetched") && error.contains("404"), "{error}");
}
