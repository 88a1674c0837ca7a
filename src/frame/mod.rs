//! Polars tables from records or from a CSV.
