//! `vpcprobe` stands in a private subnet, in the place of a task that would not start, and says what is broken.
//!
//! ```text
//!  edge ─► inputs ─► plan ─► probe ─► observation ─► diagnosis ─► report ─► sink
//!  (I/O)   pure      pure    (I/O)    data           pure         pure      (I/O)
//!                     ▲        │
//!                  catalog    net  (the only sockets)
//!                   pure      (I/O)
//! ```
//!
//! `observation` is the waist: everything before it only writes down what was seen, everything after it is a pure
//! function of the plan and of what was seen.

pub mod app;
pub mod aws;
pub mod catalog;
pub mod cost;
pub mod diagnosis;
pub mod diff;
pub mod edge;
pub mod exit;
pub mod explain;
pub mod inputs;
pub mod json;
pub mod merge;
pub mod net;
pub mod observation;
pub mod order;
pub mod plan;
pub mod probe;
pub mod redact;
pub mod report;
pub mod sink;
pub mod vpc;
pub mod watch;
