//! What pages say, for every kind of input: the answer stands first, and no sentence
//! has what the style guide bans (CONTRIBUTING.md, "Prose on a page").

use std::fmt::Write;

use crate::program::run;

const TASKS: [&str; 4] = ["chest", "skin", "retina", "bone"];

/// Scores with a gain per init, `noise` between runs that follows no pattern.
fn results(inits: &[(&str, f64)], tasks: &[&str], seeds: u32, fractions: &[f64]) -> String {
    let mut csv = String::from("task,model,init,label_fraction,seed,metric,value\n");
    let mut at = 0_u32;
    for task in tasks {
        for (init, gain) in inits {
            for fraction in fractions {
                for seed in 0..seeds {
                    at += 1;
                    let noise = f64::from(at.wrapping_mul(2_654_435_761) >> 20) / 4096.0 * 0.02;
                    let value = 0.7 + gain * (1.5 - fraction) + 0.05 * fraction + noise;
                    let _ = writeln!(csv, "{task},net,{init},{fraction},{seed},auc,{value:.5}");
                }
            }
        }
    }
    csv
}

const INITS: [(&str, f64); 3] = [("random", 0.0), ("coarse", 0.05), ("fine", 0.09)];

/// Name, table, and how the headline begins.
fn inputs() -> Vec<(&'static str, String, &'static str)> {
    let several = results(&INITS, &TASKS, 5, &[0.1, 1.0]);
    let lines = |csv: &str, f: &dyn Fn(&str) -> String| -> String {
        csv.lines()
            .enumerate()
            .map(|(at, l)| if at == 0 { format!("{l}\n") } else { f(l) })
            .collect()
    };
    let failed = lines(&results(&INITS, &["chest"], 3, &[1.0]), &|line| {
        format!("{},OOM\n", line.rsplit_once(',').map_or("", |(head, _)| head))
    });
    let losses = several.replace(",auc,", ",hd95,");
    let unknown = several.replace(",auc,", ",fid_like,");
    let mut cases = String::from("task,case,init,metric,value\n");
    for (at, task) in TASKS.iter().take(2).enumerate() {
        for case in 0..40_u32 {
            for (init, gain) in INITS {
                let mix = (case * 31 + at as u32 * 17 + init.len() as u32 * 7).wrapping_mul(40_503);
                let noise = f64::from(mix % 997) / 997.0 * 0.04;
                let _ = writeln!(cases, "{task},c{case},{init},dice,{:.5}", 0.8 + gain + noise);
            }
        }
    }
    let mut summary = String::from("task,init,metric,mean,sd,n\n");
    for (at, task) in TASKS.iter().enumerate() {
        for (init, gain) in INITS {
            let mean = 0.7 + gain + 0.003 * ((at * 5 + init.len()) % 4) as f64;
            let _ = writeln!(summary, "{task},{init},auc,{mean:.4},0.01,5");
        }
    }
    let two = [("random", 0.0), ("fine", 0.09)];
    vec![
        ("one task, two inits", results(&two, &["chest"], 5, &[1.0]), "fine is better than random"),
        ("several", several, "fine is the best of the 3 initialisations"),
        ("lower is better", losses, "random is the best of the 3 initialisations"),
        ("no direction", unknown, "fine is the highest of the 3 initialisations"),
        ("one seed", results(&INITS, &TASKS, 1, &[1.0]), "fine is the best of the 3"),
        ("one seed, one task", results(&INITS, &["chest"], 1, &[1.0]), "No difference in AUC"),
        ("summaries", summary, "fine is the best of the 3 initialisations"),
        ("cases", cases, "fine is the best of the 3 initialisations"),
        ("failed", failed, "No result has a value of AUC: all 9 are missing or failed"),
        ("one init", results(&two[..1], &TASKS, 3, &[1.0]), "Nothing is compared"),
    ]
}

/// What a reader sees of a page, a line per paragraph, cell or caption.
fn seen(page: &str) -> Vec<String> {
    let mut page = page.to_string();
    for hidden in ["script", "style", "svg", "math"] {
        let (from, to) = (format!("<{hidden}"), format!("</{hidden}>"));
        while let Some(start) = page.find(&from) {
            let end = page[start..].find(&to).expect("an end") + start + to.len();
            page.replace_range(start..end, "");
        }
    }
    let mut text = String::new();
    for part in page.split('<') {
        let (tag, words) = part.split_once('>').unwrap_or(("", part));
        let inline =
            ["data", "/data", "a ", "/a", "span", "/span", "strong", "/strong", "em", "/em"];
        if !inline.iter().any(|name| tag.starts_with(name)) {
            text.push('\n');
        }
        text += words;
    }
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    plain.lines().map(str::trim).filter(|line| !line.is_empty()).map(String::from).collect()
}

/// What no sentence has.
const BANNED: [&str; 13] = [
    "told apart",
    "tell apart",
    "as few as",
    "of the 1 ",
    "None of the 1",
    "[[",
    "]]",
    "{}",
    "NaN",
    "..",
    "up to 1 seeds",
    "0 tests in",
    "The 0 p-values",
];
/// What there is one of has no plural.
const PLURALS: [&str; 16] = [
    "tasks",
    "seeds",
    "cases",
    "pairs",
    "comparisons",
    "tests",
    "cells",
    "runs",
    "rows",
    "models",
    "notes",
    "epochs",
    "families",
    "initialisations",
    "results",
    "p-values",
];

/// What a line has that the style guide bans.
fn banned(line: &str) -> Option<String> {
    let plurals = PLURALS.iter().map(|plural| format!(" 1 {plural}"));
    let found = BANNED.iter().map(ToString::to_string).chain(plurals);
    found.into_iter().find(|words| format!(" {line}").contains(words.as_str()))
}

#[test]
fn the_answer_stands_first_and_no_sentence_is_banned() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut found: Vec<String> = Vec::new();
    for (name, csv, headline) in inputs() {
        std::fs::write(dir.path().join("r.csv"), csv).expect("written");
        run(dir.path(), &["report", "r.csv", "-o", "r.html"]).expect(0);
        let page = std::fs::read_to_string(dir.path().join("r.html")).expect("a page");
        let lines = seen(&page);
        let at = |wanted: &str| lines.iter().position(|line| line.starts_with(wanted));
        let lead = at(headline).unwrap_or_else(|| panic!("{name}: {headline}\n{lines:#?}"));
        let results = lines.iter().rposition(|line| line.ends_with(" Results")).expect("results");
        assert!(lead < results, "{name}: the answer comes late");
        let of = |line: &String| Some(format!("{name}: {:?} in {line:?}", banned(line)?));
        found.extend(lines.iter().filter_map(of));
        let has = |words: &str| lines.iter().any(|line| line.contains(words));
        match name {
            "failed" => {
                assert!(has("9 results have no value") && !has("Every row that counts"), "{name}");
                assert!(has("No difference between initialisations could be tested"), "{name}");
            }
            "one seed" | "one seed, one task" => {
                for absent in ["small marks are single", "error bars", "Brackets hold"] {
                    assert!(!has(absent), "{name}: {absent}");
                }
            }
            "summaries" => assert!(!has("small marks are single seeds"), "{name}"),
            "no direction" => assert!(!has(" is better than ") && !has("the best of"), "{name}"),
            _ => {}
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
