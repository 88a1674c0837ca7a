//! Statistics: one method per file; slices in, plain structs out.
