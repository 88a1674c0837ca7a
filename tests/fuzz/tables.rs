//! Tables of every container; made ones without damage are tested where they are read
//! (`src/table/fuzz.rs`).

use std::io::Write as _;
use std::path::Path;

use transfolio::table::{Sheet, SheetOptions};

use crate::damage::{Members, archive, damage, damaged_archive};
use crate::harness::Target;

/// A workbook of one sheet.
fn workbook() -> Members {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let of = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let rows = [["task", "seed", "value"], ["a", "1", "0.5"], ["a", "2", "0.75"]];
    let cells: String = (rows.iter().enumerate())
        .map(|(at, row)| {
            let cell = |(column, text): (usize, &&str)| {
                let name = ["A", "B", "C"][column];
                match text.parse::<f64>() {
                    Ok(_) => format!("<c r=\"{name}{}\"><v>{text}</v></c>", at + 1),
                    Err(_) => format!(
                        "<c r=\"{name}{}\" t=\"inlineStr\"><is><t>{text}</t></is></c>",
                        at + 1
                    ),
                }
            };
            let cells: String = row.iter().enumerate().map(cell).collect();
            format!("<row r=\"{}\">{cells}</row>", at + 1)
        })
        .collect();
    [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" \
                 Type=\"{of}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{of}\"><sheets><sheet name=\"s\" \
                 sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" \
                 Type=\"{of}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{cells}</sheetData></worksheet>"),
        ),
    ]
    .map(|(name, text)| (name.to_string(), text.into_bytes()))
    .to_vec()
}

const CSV: &str = "task,model,init,seed,metric,value\na,n,x,1,auc,0.5\na,n,y,1,auc,0.75\n\
                   a,n,x,2,auc,0.6\na,n,y,2,auc,\"0,8\"\n";

fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(CSV.as_bytes()).expect("written");
    let utf16: Vec<u8> = "\u{feff}a;b\n1;2,5\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("t.csv", CSV.into()),
        ("t.tsv", CSV.replace(',', "\t").into()),
        ("t.csv", utf16),
        ("t.json", br#"[{"a": 1, "b": "x", "c": {"d": [1, 2]}}, {"a": 2.5e3, "b": null}]"#.into()),
        ("t.jsonl", b"{\"a\": 1, \"b\": 2}\n{\"a\": 3, \"b\": \"4\"}\n".into()),
        ("t.csv.gz", gz.finish().expect("closed")),
        ("t.csv.zst", zstd::encode_all(CSV.as_bytes(), 1).expect("packed")),
        ("t.zip", archive(&vec![("t.csv".into(), CSV.into())], true)),
    ]
}

#[test]
fn tables() {
    let seeds = seeds();
    let plain: Vec<Vec<u8>> = seeds.iter().map(|(_, bytes)| bytes.clone()).collect();
    let book = [workbook()];
    let words = [
        ",",
        ";",
        "\t",
        "\r\n",
        "\"",
        "1,234",
        "1e999",
        "NaN",
        "\u{feff}",
        "{\"a\":",
        "[",
        "</row>",
        "r=\"XFD1048576\"",
        "r=\"ZZZZZZZ99999999999\"",
        "t=\"s\"",
        "<!DOCTYPE x [<!ENTITY a \"b\">]>",
        "&a;",
        "-",
        "0x1p3",
    ];
    // The first byte chooses the name.
    let named = |at: usize, bytes: &[u8]| [&[at as u8], bytes].concat();
    let mut whole: Vec<Vec<u8>> =
        seeds.iter().enumerate().map(|(at, (_, bytes))| named(at, bytes)).collect();
    whole.push(named(255, &archive(&book[0], true)));
    Target {
        name: "tables",
        inputs: 2000,
        bound: (16 << 20, 4096),
        least_read: 0.1,
        make: &|dice| {
            if dice.one_in(4) {
                return named(255, &damaged_archive(&book, &plain, &words, dice));
            }
            let at = dice.below(seeds.len());
            let mut bytes = seeds[at].1.clone();
            damage(&mut bytes, &plain, &words, dice);
            named(at, &bytes)
        },
        read: &|bytes| {
            let (name, bytes) = (bytes[0], &bytes[1..]);
            let name = seeds.get(usize::from(name)).map_or("t.xlsx", |(name, _)| name);
            Sheet::read(Path::new(name), bytes, &SheetOptions::default()).is_ok()
        },
    }
    .run(&whole);
}
