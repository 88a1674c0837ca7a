//! Pages, their files and the data inside of them.
//!
//! To render a page takes thousands of times as long as to read one. So most inputs
//! are short: the head of a page, some of its pieces, and damaged data that lead to
//! an error before anything is rendered; one in some thousands goes all the way.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use transfolio::compare::CompareOptions;
use transfolio::frame::{Reading, Results};
use transfolio::report::{Against, Templates, load, render, verify};

use crate::damage::{Dice, Members, archive, damage, members};
use crate::harness::{Target, folder, golden};

/// One input in so many is a whole page.
const WHOLE: usize = 4000;

const CSV: &str = "task,model,init,seed,metric,value\na,n,x,1,auc,0.5\na,n,y,1,auc,0.75\n\
                   a,n,x,2,auc,0.6\na,n,y,2,auc,0.8\na,n,x,3,auc,0.55\na,n,y,3,auc,0.7\n";

/// A page and the members of its data.
struct Seed {
    page: String,
    /// From the doctype to where the body begins, without styles.
    head: String,
    members: Members,
}

impl Seed {
    fn of(path: &Path) -> Self {
        let results = Results::open(path, &Reading::default()).expect("results");
        let input = load(&results, &CompareOptions::default(), &[]).expect("computed");
        let page = render(&input, &Templates::default()).expect("a page");
        let at = page.find("id=\"data-zip\"").or(page.find("id=data-zip")).expect("data");
        let from = at + page[at..].find('>').expect("an element") + 1;
        let to = from + page[from..].find('<').expect("its end");
        let data = STANDARD.decode(page[from..to].trim()).expect("base64");
        let metas = page.split_inclusive('>').filter(|tag| tag.trim_start().starts_with("<meta"));
        let head = format!("<!DOCTYPE html><html><head>{}</head><body>", metas.collect::<String>());
        Self { members: members(&data), head, page }
    }

    /// A few pieces of the page, from the beginning of one element on.
    fn pieces(&self, dice: &mut Dice) -> String {
        let mut out = String::new();
        for _ in 0..dice.below(4) {
            let mut from = dice.below(self.page.len());
            while !self.page.is_char_boundary(from) {
                from += 1;
            }
            let rest = &self.page[from..];
            let rest = rest.find('<').map_or("", |at| &rest[at..]);
            let mut length = dice.below(600).min(rest.len());
            while !rest.is_char_boundary(length) {
                length -= 1;
            }
            out += &rest[..length];
        }
        out
    }

    fn data(&self, others: &[Vec<u8>], dice: &mut Dice) -> String {
        let mut members = self.members.clone();
        let at = dice.below(members.len());
        let words = ["null", "-1", "1e999", "{}", "[]", "\"\"", "99999999999999999999", "true"];
        damage(&mut members[at].1, others, &words, dice);
        if let Some((_, table)) = members.iter_mut().find(|(name, _)| name == "results.csv") {
            // Nothing to compute with, and refused as that.
            table.truncate(30);
        } else if dice.one_in(2) {
            members.truncate(members.len() - 1);
        }
        let mut data = archive(&members, !dice.one_in(3));
        if dice.one_in(3) {
            damage(&mut data, others, &[], dice);
        }
        let mut text = STANDARD.encode(data);
        if dice.one_in(20) {
            text.insert(dice.below(text.len() + 1), '=');
        }
        text
    }
}

#[test]
fn pages() {
    let folder = folder();
    let csv = folder.path().join("r.csv");
    std::fs::write(&csv, CSV).expect("written");
    let seeds = [Seed::of(&csv), Seed::of(&golden("study-0.1.0"))];
    let others: Vec<Vec<u8>> =
        seeds.iter().flat_map(|seed| &seed.members).map(|(_, bytes)| bytes.clone()).collect();
    let tags = [
        "<!--",
        "-->",
        "<!-->",
        "<script>",
        "</script>",
        "<svg>",
        "</svg>",
        "data-v=",
        "<td",
        "colspan=99999999999",
        "&#x110000;",
        "&amp",
        "'",
        "\"",
        "<style>",
        "\u{feff}",
        "\r",
        "value=1e999",
        "data-id=",
        "data-row=",
    ];
    Target {
        name: "pages",
        inputs: 1000,
        bound: (96 << 20, 1100),
        least_read: 0.0,
        make: &|dice| {
            if dice.one_in(WHOLE) {
                let mut bytes = seeds[0].page.clone().into_bytes();
                damage(&mut bytes, &others, &tags, dice);
                return bytes;
            }
            let seed = &seeds[usize::from(dice.one_in(3))];
            let mut page = format!("{}{}", seed.head, seed.pieces(dice)).into_bytes();
            if !dice.one_in(3) {
                damage(&mut page, &others, &tags, dice);
            }
            if !dice.one_in(4) {
                page.extend(
                    b"<script type=\"application/zip\" id=\"data-zip\" data-name=\"data.zip\">",
                );
                page.extend(seed.data(&others, dice).bytes());
                page.extend(b"</script>");
            }
            page
        },
        read: &|bytes| {
            let found = verify(bytes, &Against::Embedded, None);
            // Nothing damaged agrees, but for bytes that came out as they were.
            found.is_ok_and(|found| found.agrees())
        },
    }
    .run(&[seeds[0].page.clone().into_bytes(), seeds[1].page.clone().into_bytes()]);
}
