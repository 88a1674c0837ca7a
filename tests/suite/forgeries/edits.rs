//! What somebody can do to a page who wants it to say something else.

/// An edit: its name, and the page after it; nothing where a page has no such
/// place.
pub(super) type Edit = (&'static str, fn(&str) -> Option<String>);

fn swap(page: &str, from: &str, to: &str) -> Option<String> {
    page.contains(from).then(|| page.replacen(from, to, 1))
}

fn before(page: &str, place: &str, what: &str) -> Option<String> {
    swap(page, place, &format!("{what}{place}"))
}

fn after(page: &str, place: &str, what: &str) -> Option<String> {
    swap(page, place, &format!("{place}{what}"))
}

/// The range of the first piece between two marks, marks included.
fn piece(page: &str, from: &str, to: &str) -> Option<std::ops::Range<usize>> {
    let start = page.find(from)?;
    let length = page[start..].find(to)? + to.len();
    Some(start..start + length)
}

fn without(page: &str, from: &str, to: &str) -> Option<String> {
    let range = piece(page, from, to)?;
    Some(format!("{}{}", &page[..range.start], &page[range.end..]))
}

/// Two pieces change places, numbers and ids and all.
fn exchanged(page: &str, from: &str, to: &str) -> Option<String> {
    let first = piece(page, from, to)?;
    let rest = piece(&page[first.end..], from, to)?;
    let second = first.end + rest.start..first.end + rest.end;
    let (a, b) = (&page[first.clone()], &page[second.clone()]);
    (a != b).then(|| {
        let between = &page[first.end..second.start];
        format!("{}{b}{between}{a}{}", &page[..first.start], &page[second.end..])
    })
}

/// The text of the first number in a table's cell.
fn number(page: &str) -> Option<std::ops::Range<usize>> {
    // Cells of the map are links; a number stands in its cell.
    let table = page.find("id=\"tab-summary\"")?;
    let cell = table + page[table..].find("<tbody>")?;
    let value = cell + page[cell..].find(" data-v")?;
    let from = value + page[value..].find('>')? + 1;
    Some(from..from + page[from..].find('<')?)
}

/// The same number in the digits of another script.
fn full_width(text: &str) -> String {
    let wide = |c: char| match c.to_digit(10) {
        Some(digit) => char::from_u32(0xff10 + digit).unwrap_or(c),
        None => c,
    };
    text.chars().map(wide).collect()
}

fn at_number(page: &str, change: impl FnOnce(&str) -> String) -> Option<String> {
    let range = number(page)?;
    let text = change(&page[range.clone()]);
    Some(format!("{}{text}{}", &page[..range.start], &page[range.end..]))
}

const END: &str = "</main>";
const HEAD: &str = "<title>";
const CELL: &str = "<td class=\"n\"";
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\"";

pub(super) const EDITS: &[Edit] = &[
    // What readers of HTML that are no browsers take for comments.
    ("a comment that ends at once", |p| before(p, END, "<!-->p = 0.001<!-- -->")),
    ("a comment of three dashes", |p| before(p, END, "<!--->p = 0.001<!-- -->")),
    ("a comment that ends with a bang", |p| before(p, END, "<!-- --!>p = 0.001<!-- -->")),
    ("a comment in a number", |p| at_number(p, |text| format!("<!-->9<!-- -->{text}"))),
    ("a comment that hides", |p| swap(p, "<section", "<!-- <section")),
    ("a hidden note", |p| before(p, END, "<!-- nobody sees this -->")),
    ("a section of character data", |p| before(p, END, "<![CDATA[0.99]]>")),
    ("a processing instruction", |p| before(p, END, "<?0.99?>")),
    ("a second doctype", |p| before(p, END, "<!doctype html>")),
    ("a stray quote", |p| before(p, END, "<p title=\"a\"\"b>0.99</p>")),
    ("a quote that opens", |p| before(p, END, "<p a='>0.99</p>")),
    ("an attribute without blanks", |p| before(p, END, "<p title=\"a\"hidden>0.99</p>")),
    ("a slash for a blank", |p| before(p, END, "<p/hidden/>")),
    ("a tag that is never closed", |p| before(p, END, "<p")),
    ("an end that nothing opened", |p| before(p, END, "</section>")),
    ("an end in capitals", |p| {
        after(p, "data-packed=\"deflate-raw\">", "</SCRIPT><p>0.99</p><script type=\"text/plain\">")
    }),
    ("an end with attributes", |p| {
        after(
            p,
            "data-packed=\"deflate-raw\">",
            "</script foo><p>0.99</p><script type=\"text/plain\">",
        )
    }),
    // Whatever runs.
    ("a script", |p| before(p, END, "<script>document.title='0.99'</script>")),
    ("a script in capitals", |p| before(p, END, "<SCRIPT>document.title='0.99'</SCRIPT>")),
    ("a script in the head", |p| before(p, HEAD, "<script>0</script>")),
    ("a script from elsewhere", |p| {
        before(p, END, "<script src=\"https://a.invalid/x.js\"></script>")
    }),
    ("a module", |p| before(p, END, "<script type=\"module\">0</script>")),
    ("a line in the page's own script", |p| before(p, "</script>\n</body>", ";document.title='0'")),
    ("a handler of the body", |p| swap(p, "<body ", "<body onload=\"document.title=0\" ")),
    ("a handler of a cell", |p| {
        swap(p, CELL, "<td onmouseover=\"this.textContent=0\" class=\"n\"")
    }),
    ("a handler of a drawing", |p| swap(p, "<svg ", "<svg onload=\"document.title=0\" ")),
    ("a handler of a picture", |p| before(p, END, "<img src=x onerror=\"document.title=0\">")),
    ("a link that runs", |p| before(p, END, "<a href=\"javascript:0\">0.99</a>")),
    // Whatever looks different.
    ("a style", |p| before(p, END, "<style>td{color:transparent}</style>")),
    ("a style in capitals", |p| before(p, END, "<STYLE>td{display:none}</STYLE>")),
    ("generated content", |p| before(p, HEAD, "<style>td::after{content:\"9\"}</style>")),
    ("a rule in the page's own style", |p| before(p, "</style>", "td{font-size:0}")),
    ("a style of a cell", |p| swap(p, CELL, "<td style=\"display:none\" class=\"n\"")),
    ("another class", |p| swap(p, CELL, "<td class=\"n skip\"")),
    ("a style sheet from elsewhere", |p| {
        before(p, HEAD, "<link rel=\"stylesheet\" href=\"https://a.invalid/x.css\">")
    }),
    ("a template", |p| before(p, END, "<template><p>0.99</p></template>")),
    ("a template around a section", |p| swap(p, "<section", "<template><section")),
    ("something hidden", |p| swap(p, "<section", "<section hidden")),
    ("a hidden row", |p| swap(p, "<tr data-row", "<tr hidden data-row")),
    ("something inert", |p| swap(p, "<section", "<section inert")),
    ("letters from right to left", |p| at_number(p, |text| format!("<bdo dir=rtl>{text}</bdo>"))),
    ("a sign that turns letters round", |p| at_number(p, |text| format!("\u{202e}{text}"))),
    // Numbers.
    ("another number", |p| at_number(p, |_| "0.9999".into())),
    ("a digit more", |p| at_number(p, |text| format!("{text}1"))),
    ("a digit as an entity", |p| at_number(p, |text| format!("{text}&#49;"))),
    ("a raised digit", |p| at_number(p, |text| format!("{text}<sup>9</sup>"))),
    ("a lowered digit", |p| at_number(p, |text| format!("{text}<sub>9</sub>"))),
    ("a struck number", |p| at_number(p, |text| format!("<del>{text}</del>0.99"))),
    ("a mark of the best", |p| at_number(p, |text| format!("<strong>{text}</strong>"))),
    ("a number in other digits", |p| at_number(p, full_width)),
    ("a blank of no width", |p| at_number(p, |text| format!("{text}\u{200b}"))),
    ("a NUL", |p| at_number(p, |text| format!("{text}\0"))),
    ("a picture over a number", |p| {
        at_number(p, |text| {
            format!(
                "{text}<img style=\"position:absolute\" src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\">"
            )
        })
    }),
    ("a field over a number", |p| {
        at_number(p, |text| format!("<input value=\"0.99\" title=\"{text}\">"))
    }),
    ("a ruby over a number", |p| at_number(p, |text| format!("<ruby>{text}<rt>0.99</rt></ruby>"))),
    ("a number in a dialog", |p| at_number(p, |text| format!("{text}<dialog open>0.99</dialog>"))),
    ("rows that change places", |p| exchanged(p, "<tr data-row=\"cells.", "</tr>")),
    ("rows of any table that change places", |p| exchanged(p, "<tr data-row", "</tr>")),
    ("numbers of a text that change places", |p| exchanged(p, "<data class=\"v\"", "</data>")),
    ("drawings that change places", |p| exchanged(p, "<svg ", "</svg>")),
    ("sections that change places", |p| exchanged(p, "<section", "</section>")),
    ("a full value", |p| swap(p, " data-v=\"0.", " data-v=\"0.9")),
    ("a method", |p| swap(p, " data-how=\"", " data-how=\"twice ")),
    ("an n", |p| swap(p, " data-n=\"", " data-n=\"9")),
    ("a seed", |p| swap(p, " data-seed=\"", " data-seed=\"9")),
    ("a column's name", |p| swap(p, " data-col=\"", " data-col=\"x")),
    ("an id", |p| swap(p, " data-row=\"", " data-row=\"x")),
    ("cells joined", |p| swap(p, CELL, "<td colspan=\"2\" class=\"n\"")),
    // Parts that come, go, and stand twice.
    ("a row lost", |p| without(p, "<tr data-row", "</tr>\n")),
    ("a figure lost", |p| without(p, "<figure", "</figure>")),
    ("a drawing lost", |p| without(p, "<svg ", "</svg>")),
    ("a paragraph lost", |p| without(p, "<p>", "</p>")),
    ("a caption changed", |p| after(p, "<figcaption", " title=\"x\"")),
    ("a sentence more", |p| before(p, END, "<p>All of this was replicated.</p>")),
    ("a word", |p| swap(p, "<p>", "<p>Clearly, ")),
    ("a heading", |p| swap(p, "</h1>", ", final</h1>")),
    ("a title", |p| swap(p, "</title>", ", final</title>")),
    ("words in a drawing", |p| before(p, "</svg>", "<text x=\"9\" y=\"9\">p = 0.001</text>")),
    ("a foreign part of a drawing", |p| {
        before(p, "</svg>", "<foreignObject><p>0.99</p></foreignObject>")
    }),
    ("a mark moved", |p| swap(p, "<path d=\"M", "<path d=\"M1")),
    ("a frame", |p| before(p, END, "<iframe srcdoc=\"0.99\"></iframe>")),
    ("an object", |p| before(p, END, "<object data=\"data:text/html,0.99\"></object>")),
    ("a form", |p| {
        before(p, END, "<form action=\"https://a.invalid\"><button>Data</button></form>")
    }),
    ("a sound", |p| before(p, END, "<audio src=\"https://a.invalid/x\" autoplay></audio>")),
    ("nothing but a blank", |p| before(p, END, " ")),
    ("something before the page", |p| Some(format!("<b>{p}"))),
    ("something after the page", |p| Some(format!("{p}0.99"))),
    ("a second page", |p| Some(format!("{p}{p}"))),
    ("half of the page", |p| {
        p.char_indices().nth(p.chars().count() / 2).map(|(at, _)| p[..at].into())
    }),
    // Files.
    ("a download that stands twice", |p| {
        let file = piece(p, "<script type=\"text/plain\" id=\"tab-", "</script>")?;
        Some(format!("{}{}{}", &p[..file.end], &p[file.clone()], &p[file.end..]))
    }),
    ("another download of the same id before it", |p| {
        let file = piece(p, "<script type=\"text/plain\" id=\"tab-", "</script>")?;
        let other = p[file.clone()].replacen("data-packed=\"deflate-raw\">", ">AAAA", 1);
        Some(format!("{}{other}{}", &p[..file.start], &p[file.start..]))
    }),
    ("data that stand twice", |p| {
        let file = piece(p, "<script type=\"text/plain\" id=\"data-zip\"", "</script>")?;
        Some(format!("{}{}{}", &p[..file.start], &p[file.clone()], &p[file.start..]))
    }),
    ("no data", |p| without(p, "<script type=\"text/plain\" id=\"data-zip\"", "</script>")),
    ("no files", |p| without(p, "<script type=\"text/plain\"", "</script>")),
    ("another name of a file", |p| swap(p, " data-name=\"", " data-name=\"x")),
    ("another type of a file", |p| swap(p, " data-mime=\"text/csv\"", " data-mime=\"text/html\"")),
    ("a file that is another", |p| {
        let file = piece(p, "<script type=\"text/plain\" id=\"tab-", ">")?;
        let id = p[file.clone()].replacen("id=\"tab-", "id=\"fig-", 1);
        Some(format!("{}{id}{}", &p[..file.start], &p[file.end..]))
    }),
    ("the hash of the data", |p| swap(p, " data-sha256=\"", " data-sha256=\"0")),
    ("damaged data", |p| swap(p, "\">UEsDB", "\">UEsDC")),
    ("data that are no base64", |p| swap(p, "\">UEsDB", "\">?EsDB")),
    // What the page says of itself.
    ("templates said to be the user's", |p| swap(p, " built-in\">", " own\">")),
    ("another template", |p| {
        let names = ["paper", "ranking", "card"];
        let name = names.iter().find(|name| p.contains(&format!("\"{name} ")))?;
        let other = if *name == "card" { "paper" } else { "card" };
        swap(p, &format!("\"{name} "), &format!("\"{other} "))
    }),
    ("another version", |p| swap(p, "\"transfolio 0.", "\"transfolio 9.")),
    ("another program", |p| swap(p, "content=\"transfolio ", "content=\"transfolio-plus ")),
    ("no policy", |p| without(p, POLICY, ">\n")),
    ("a wider policy", |p| swap(p, "default-src 'none'", "default-src *")),
    ("a refresh", |p| {
        before(p, HEAD, "<meta http-equiv=\"refresh\" content=\"0;url=https://a.invalid\">")
    }),
    ("another base", |p| before(p, HEAD, "<base href=\"https://a.invalid/\">")),
    ("another encoding", |p| swap(p, "<meta charset=\"utf-8\">", "<meta charset=\"utf-7\">")),
    ("another language", |p| swap(p, "lang=\"en\"", "lang=\"la\"")),
    ("no doctype", |p| without(p, "<!doctype html>", "\n")),
    ("a link that leads elsewhere", |p| swap(p, "href=\"#", "href=\"https://a.invalid/#")),
    ("a link to another place", |p| swap(p, "href=\"#tab-", "href=\"#fig-")),
    ("a label", |p| swap(p, "id=\"tab-", "id=\"tab-x")),
    ("a button", |p| swap(p, " data-file=\"", " data-file=\"x")),
];
