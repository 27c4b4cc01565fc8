//! Endpoints that somebody asked for by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Route;

/// `HOST[:PORT][=ROUTE]`, with `tcp://` before it where TLS is not spoken.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Endpoint {
    /// The host or the address.
    pub host: String,
    /// The port; 443 unless given.
    pub port: u16,
    /// What is spoken there.
    pub transport: Transport,
    /// The route that is asserted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
}

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// TLS.
    Tls,
    /// Nothing that we know: a connection is enough.
    Tcp,
}
