use super::*;
use crate::check::tests::{STUDY, finished, finished_of};

#[test]
fn a_folder_that_was_taken_away_is_told_by_the_study() {
    let (_folder, dir, runs) = finished();
    let study = dir.read_study().expect("a study");
    let planned = Planned::of(&study);
    for spec in &runs {
        fs::remove_dir_all(dir.run(&spec.id()).root()).expect("removed");
        let found = find(&dir, &spec.id(), &planned, Depth::Usual).expect("found");
        assert_eq!((&found.spec, found.has_spec), (spec, false));
        assert!(found.record.is_none() && found.faults.is_empty());
        assert_eq!(found.believed(), (spec.clone(), None));
    }
    let unknown = RunId("0123456789abcdef".into());
    assert!(find(&dir, &unknown, &planned, Depth::Usual).is_err());
}

/// A list in another order, as another version might write it, names the same runs.
#[test]
fn runs_are_found_whatever_the_order_of_their_list() {
    let (_folder, dir, runs) = finished();
    let mut study = dir.read_study().expect("a study");
    let found = |study: &StudyRecord| {
        let planned = Planned::of(study);
        runs.iter().all(|run| planned.spec(&run.id()).as_ref() == Some(run))
    };
    assert!(found(&study));
    study.runs.reverse();
    assert!(found(&study));
    study.runs.pop();
    assert!(found(&study), "a list that is too short");
    study.runs.clear();
    assert!(found(&study));
}

#[test]
fn names_of_files_in_a_record_lead_out_of_no_folder() {
    let (_folder, dir, runs) = finished();
    let run = dir.run(&runs[0].id());
    let mut record = run.read_record().expect("read").expect("a record");
    let mark = FileMark { bytes: 1, sha256: "x".into() };
    record.files = Some([("../../../etc/hostname".to_owned(), mark)].into());
    run.write_record(&record).expect("written");
    let study = dir.read_study().expect("a study");
    let found = find(&dir, &runs[0].id(), &Planned::of(&study), Depth::Full).expect("found");
    assert_eq!(found.faults[0].path, run.root().join("hostname"));
    assert_eq!(found.faults[0].to_string(), "hostname is missing");
}

#[test]
fn weights_are_read_in_full_where_that_is_asked_for() {
    let (_folder, dir, runs) = finished();
    let weights = dir.run(&runs[0].id()).weights();
    let mut bytes = fs::read(&weights).expect("read");
    bytes[20] ^= 1;
    fs::write(&weights, bytes).expect("written");
    let study = dir.read_study().expect("a study");
    let faults = |depth| {
        let found = find(&dir, &runs[0].id(), &Planned::of(&study), depth);
        found.expect("found").faults.len()
    };
    assert_eq!((faults(Depth::Usual), faults(Depth::Full)), (0, 1));
}

/// Prints what reading a run costs; `TRANSFOLIO_RUNS` says how many there are.
#[test]
#[ignore = "a bench: makes thousands of runs"]
fn many_records_are_read_in_seconds() {
    use rayon::prelude::*;
    let wanted: usize =
        std::env::var("TRANSFOLIO_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(4000);
    let (_, _, few) = finished();
    let study: toml::Table = STUDY.parse().expect("TOML");
    let per_seed = few.len() / study["study"]["seeds"].as_array().expect("seeds").len();
    let seeds: Vec<String> = (0..wanted / per_seed).map(|seed| seed.to_string()).collect();
    let line = STUDY.lines().find(|line| line.starts_with("seeds")).expect("a line");
    let text = STUDY.replace(line, &format!("seeds = [{}]", seeds.join(", ")));
    let (_folder, dir, runs) = finished_of(&text);
    for _ in 0..3 {
        let begun = std::time::Instant::now();
        let study = dir.read_study().expect("a study");
        let planned = Planned::of(&study);
        let found: Vec<Found> = (study.runs.par_iter())
            .map(|id| find(&dir, id, &planned, Depth::Usual).expect("found"))
            .collect();
        assert!(found.iter().all(|found| found.record.is_some() && found.faults.is_empty()));
        let seconds = begun.elapsed().as_secs_f64();
        let each = seconds / runs.len() as f64;
        eprintln!("{} runs in {seconds:.2} s; 100,000 would take {:.1} s", runs.len(), each * 1e5);
    }
}
