use super::*;
use crate::check::tests::finished;

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
