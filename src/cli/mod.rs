//! The command line: one subcommand per file, errors turned into messages and exit codes.
