//! What `:help` says first: what a cell of this kernel has.

/// The prelude by its purposes.
pub const HELP: &str = r#"A cell is Rust; its last expression is shown. Without any `use` there are

  results   Study::open("study.toml")?.run()?   .compare("random")?   .table("tests")?   figures::roc(&study)?
  tables    Table::read("a.csv")?   .describe()?   .filter("site", "a")?   .group("site")?.mean("auc")?
            .wide("seed", "arm", "auc")?   .join(&b, "case")?   .column("auc")?
  tests     paired_t(&a, &b)?   signed_rank(&a, &b)?   bootstrap(&a).run()?   auc(&scores, &labels)?
            compare_aucs(&a, &b, &labels)?   spearman(&a, &b)?   adjust(&p, "holm")?   sample_size(0.01, 0.02).run()?
  pictures  table.scatter("x", "y").by("arm")   .line   .bars   .boxes   .histogram   .heat_map
            :use plotters   then   figure(|area| { .. Ok(()) })?   figure_sized((800, 400), |area| { .. Ok(()) })?
  texts     bind("gain", 0.12)?   then   {{ gain }}   in a Markdown cell; //| label: fig-x   in a cell, then   [[fig-x]]
  cells     show!(a, b)   input("name? ")?   check_point() in long loops   println!("..")

Tab completes a name, Shift+Tab says what it is. Crates: `:use NAME` for those that were tried here (`:use` alone
lists them), `:dep NAME = "VERSION"` for any other. Notebooks to start from are in reports/ of the sources.

Commands:
"#;
