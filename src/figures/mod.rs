//! Paper-style figures as SVG: one figure per file, one theme.
