//! One table in many wrappings is one table.

use std::io::Write as _;
use std::path::Path;

use super::*;

const PLAIN: &str = "task,init,seed,value\nchest,random,0,0.7020\nchest,\"a, b\",1,0.75\n";

fn read(bytes: impl AsRef<[u8]>) -> Sheet {
    Sheet::read(Path::new("t.csv"), bytes.as_ref(), &SheetOptions::default()).expect("a table")
}

fn fault(bytes: impl AsRef<[u8]>) -> String {
    let read = Sheet::read(Path::new("t.csv"), bytes.as_ref(), &SheetOptions::default());
    read.expect_err("no table").to_string()
}

fn cells(sheet: &Sheet) -> Vec<Vec<String>> {
    let row = |row: Row<'_>| row.cells().map(String::from).collect();
    std::iter::once(sheet.header().to_vec()).chain(sheet.rows().map(row)).collect()
}

fn lines(sheet: &Sheet) -> Vec<u64> {
    sheet.rows().map(Row::line).collect()
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let unit = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn wrappings_do_not_matter() {
    let expected = cells(&read(PLAIN));
    assert_eq!(expected[2], ["chest", "a, b", "1", "0.75"]);
    let gz = |bytes: &[u8]| {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(bytes).expect("written");
        gz.finish().expect("closed")
    };
    let zip = |bytes: &[u8]| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("inner.csv", zip::write::SimpleFileOptions::default()).expect("started");
        zip.write_all(bytes).expect("written");
        zip.finish().expect("closed").into_inner()
    };
    let marked = format!("\u{feff}{PLAIN}");
    for (name, bytes) in [
        ("mark", marked.clone().into_bytes()),
        ("gzip", gz(PLAIN.as_bytes())),
        ("zstd", zstd::encode_all(PLAIN.as_bytes(), 1).expect("encoded")),
        ("zip", zip(PLAIN.as_bytes())),
        ("gzip in zip", zip(&gz(PLAIN.as_bytes()))),
        ("UTF-16 LE", utf16(&marked, false)),
        ("UTF-16 BE", utf16(&marked, true)),
        ("UTF-16 without mark", utf16(PLAIN, false)),
        ("Windows", PLAIN.replace('\n', "\r\n").into_bytes()),
        ("old Mac", PLAIN.replace('\n', "\r").into_bytes()),
        ("blank rows", PLAIN.replace("\nchest", "\n,,,\n\nchest").into_bytes()),
        (
            "comments",
            format!("# made by \"us\n{}", PLAIN.replace("\nchest", "\n# x, y\nchest")).into_bytes(),
        ),
        ("sep", format!("sep=,\r\n{PLAIN}").into_bytes()),
        ("title", format!("Table 1\n\n{PLAIN}").into_bytes()),
        ("trailing", PLAIN.replace('\n', ",,\n").into_bytes()),
        ("repeated header", format!("{PLAIN}task,init,seed,value\n").into_bytes()),
        ("blanks", PLAIN.replace(',', ", ").replace("a,  b", "a, b").into_bytes()),
        ("no last line end", PLAIN.trim_end().as_bytes().to_vec()),
    ] {
        assert_eq!(cells(&read(&bytes)), expected, "{name}");
    }
}

#[test]
fn separators_are_told() {
    let expected = cells(&read("a,b,c\nx,0.5,1\ny z,0.25,2\n"));
    for text in [
        "a;b;c\nx;0.5;1\ny z;0.25;2\n",
        "a\tb\tc\nx\t0.5\t1\ny z\t0.25\t2\n",
        "a|b|c\nx|0.5|1\ny z|0.25|2\n",
        "a  b c\nx 0.5    1\n\"y z\" 0.25 2\n",
        "\"a\" \"b\" \"c\"\n\"1\" \"x\" 0.5 1\n\"2\" \"y z\" 0.25 2\n",
        "'a','b','c'\n'x','0.5','1'\n'y z','0.25','2'\n",
        "# a b c\nx 0.5 1\n\"y z\" 0.25 2\n",
        "Unnamed: 0,a,b,c\n0,x,0.5,1\n1,y z,0.25,2\n",
        ",a,b,c\n0,x,0.5,1\n1,y z,0.25,2\n",
        "[{\"a\": \"x\", \"b\": 0.5, \"c\": 1},\n {\"a\": \"y z\", \"b\": 0.25, \"c\": 2}]",
        "{\"a\": \"x\", \"b\": 0.5, \"c\": 1}\n{\"a\": \"y z\", \"b\": 0.25, \"c\": 2}\n",
        "{\"a\": [\"x\", \"y z\"], \"b\": [0.5, 0.25], \"c\": [1, 2]}",
        "{\"a\": {\"0\": \"x\", \"1\": \"y z\"}, \"b\": {\"0\": 0.5, \"1\": 0.25}, \"c\": {\"0\": 1, \"1\": 2}}",
    ] {
        assert_eq!(cells(&read(text)), expected, "{text}");
    }
}

#[test]
fn lines_are_those_of_the_file() {
    assert_eq!(lines(&read(PLAIN)), [2, 3]);
    assert_eq!(lines(&read("sep=;\r\na;b\r\n\r\n1;2\r\n# no\r\n;\r\n3;4\r\n")), [4, 7]);
    assert_eq!(lines(&read("a,b\n\"x\ny\",1\nz,2\n")), [2, 4]);
    assert_eq!(lines(&read("a,b\r1,2\r\r3,4\r")), [2, 4]);
    assert_eq!(lines(&read("[\n{\"a\": 1},\n{\"a\":\n2}, {\"a\": 3}]")), [2, 3, 4]);
}

#[test]
fn letters_of_western_windows_are_read_and_said() {
    let sheet = read(b"init,value\nK\xf6ln,1\n");
    assert_eq!(sheet.row(0).cell(0), "Köln");
    assert!(sheet.how().contains("Windows-1252"), "{}", sheet.how());
    // UTF-8 with one broken letter is no Windows text.
    assert!(fault(b"init,value\nK\xc3\xb6ln,1\nM\xfcnchen,2\n").starts_with("t.csv:3: is UTF-8"));
}

#[test]
fn decimal_commas_are_told_from_thousands() {
    let style = |text: &str| read(text).style();
    assert_eq!(style("a;b\n0,5;1\n").parse("0,5"), Ok(0.5));
    assert_eq!(style("a;b\n0,5;1\n").parse("1,234"), Ok(1.234));
    assert_eq!(style("a,b\n\"1,234.5\",1\n").parse("1,234"), Ok(1234.0));
    assert_eq!(style("a;b\n1,234;1\n").parse("1,234"), Err(NumberFault::Ambiguous));
}

#[test]
fn what_is_no_table_is_named() {
    for (bytes, words) in [
        (&b""[..], "is empty"),
        (b" \n\n", "is empty"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"ARROW1\0\0", "Feather"),
        (b"\x80\x04\x95", "pickle"),
        (b"\x1f\x8b\x08\0\0", "damaged gzip"),
        (b"a,b\n1\0,2\n", "t.csv:2: holds a zero byte"),
        (b"a,a\n1,2\n", "names column \"a\" twice (columns 1 and 2)"),
        (b"a,b\n1,2,3\n4,5\n", "t.csv:3: has 2 cells, the header in line 1 has 3 cells"),
        (b"a,b\n1,2\n3\n", "t.csv:3: has 1 cell, the header in line 1 has 2 cells"),
        (b"a,b,c\nx,0,7020,1\ny,0,7040,1\n", "is not used"),
        (b"a,b,c\nx,0,7020\ny,0,70,1\n", "decimal commas"),
        (b"a,b\n\"x,1\ny,2\n", "quotation mark"),
        (b"[{\"a\": 1}, 2]", "t.csv:1: is no record"),
        (b"[{\"a\": 1}", "ends within"),
        (b"{\"a\": 1}\n{\"a\": }\n", "t.csv:2: is no JSON"),
    ] {
        if words == "is not used" {
            // Four cells under three names: names of rows, as R writes them.
            assert!(read(bytes).notes().join(" ").contains(words));
        } else {
            assert!(fault(bytes).contains(words), "{words}: {}", fault(bytes));
        }
    }
}

#[test]
fn nothing_panics() {
    use proptest::prelude::*;
    proptest!(|(bytes: Vec<u8>)| {
        let _ = Sheet::read(Path::new("t"), &bytes, &SheetOptions::default());
    });
    proptest!(|(text in "[a-c,;\t\"'#= \r\n0-9.{}\\[\\]:]{0,80}")| {
        let _ = Sheet::read(Path::new("t"), text.as_bytes(), &SheetOptions::default());
    });
}
