//! `tollgate fleet` and `--opening`.
