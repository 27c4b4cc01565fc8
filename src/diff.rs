//! What changed between two runs, and what that means.
