//! Inputs and catalog to a plan. Same inputs, same plan.

use super::Plan;
use crate::inputs::{Inputs, Vantage};

/// An input that no plan can be made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error(pub String);

/// Plan a run.
pub fn plan(inputs: &Inputs, vantage: &Vantage) -> Result<Plan, Error> {
    let _ = (inputs, vantage);
    Err(Error("not written".to_owned()))
}
