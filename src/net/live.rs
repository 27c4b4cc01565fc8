//! The real network.
