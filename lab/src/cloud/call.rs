//! One request, and what it is to AWS: which service, which operation, on what.

use std::time::SystemTime;

use serde_json::Value;

use super::sigv4;
use crate::catalog::{self, Wire};
use crate::http::{Request, request_id};
use crate::scenario::Act;
use crate::world::Site;

/// One request, and what it is to AWS.
#[derive(Debug)]
pub struct Call<'a> {
    /// As it came.
    pub request: &'a Request,
    /// The host that it names, in lower case and without a port.
    pub host: String,
    /// What the server speaks.
    pub wire: Wire,
    /// The service's id, in the scenario's region only.
    pub service: Option<String>,
    /// The service whose VPC endpoint it came by, where that has a policy of its own.
    pub endpoint: Option<String>,
    /// The region in the host's name.
    pub region: String,
    /// The service's name in a signature.
    pub signing: String,
    /// The API operation, or the HTTP method.
    pub action: String,
    /// The time at the service.
    pub now: SystemTime,
    /// What is broken about it.
    pub acts: Vec<&'a Act>,
}

impl<'a> Call<'a> {
    /// Reads what a request means at a server; `asked` is the name in the handshake.
    pub fn read(request: &'a Request, site: &Site, asked: Option<&str>, home: &str) -> Self {
        let named = request.header("host").or(asked).unwrap_or_default().to_ascii_lowercase();
        let host = named.split(':').next().unwrap_or_default().to_owned();
        let found = catalog::service_of(&host);
        let global = host.ends_with("amazonaws.com");
        let region = match (&found, global) {
            (Some((region, _)), _) => region.clone(),
            (None, true) => catalog::region_in(&host).unwrap_or("us-east-1").to_owned(),
            (None, false) => home.to_owned(),
        };
        let id = found.map_or_else(String::new, |(_, service)| service.id);
        Self {
            wire: site.wire,
            service: site.service.clone(),
            endpoint: site.endpoint.clone(),
            region,
            signing: signing_name(&id, &host, site.wire),
            action: action(request, site.wire),
            host,
            request,
            now: SystemTime::now(),
            acts: Vec::new(),
        }
    }

    /// A new request id, in the way of its service.
    pub fn id(&self) -> String {
        let id = request_id();
        match self.wire {
            Wire::S3 => id.replace('-', "").to_ascii_uppercase()[..16].to_owned(),
            _ => id,
        }
    }

    /// The body as JSON; an object without fields where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.request.body).unwrap_or_else(|_| Value::Object(serde_json::Map::new()))
    }

    /// Whether something is broken about it.
    pub fn has(&self, wanted: impl Fn(&Act) -> bool) -> bool {
        self.acts.iter().any(|act| wanted(act))
    }

    /// How it says who asks.
    pub fn authorization(&self) -> &'static str {
        let header = self.request.header("authorization").unwrap_or_default();
        let scheme = header.split(' ').next().unwrap_or_default().to_ascii_lowercase();
        match scheme.as_str() {
            "" if self.request.query().contains("X-Amz-Signature=") => "presigned",
            "" => "none",
            "basic" => "basic",
            "bearer" => "bearer",
            _ => "sigv4",
        }
    }

    /// Whether AWS's signature is on it, in a header or in the address.
    pub fn is_signed(&self) -> bool {
        ["presigned", "sigv4"].contains(&self.authorization())
    }

    /// A value of the query.
    pub fn query(&self, name: &str) -> Option<String> {
        sigv4::pairs(self.request.query()).find(|(own, _)| own == name).map(|(_, value)| value)
    }
}

fn signing_name(id: &str, host: &str, wire: Wire) -> String {
    let name = match wire {
        Wire::S3 => "s3",
        _ if id.is_empty() => host.split('.').next().unwrap_or_default(),
        _ => id.split('.').next().unwrap_or_default(),
    };
    name.trim_end_matches("-fips").to_owned()
}

fn action(request: &Request, wire: Wire) -> String {
    let named = match wire {
        Wire::Json => request.header("x-amz-target").and_then(|target| target.rsplit('.').next()).map(str::to_owned),
        Wire::Query => {
            let body = String::from_utf8_lossy(&request.body);
            let found = sigv4::pairs(&body).chain(sigv4::pairs(request.query())).find(|(name, _)| name == "Action");
            found.map(|(_, value)| value)
        }
        _ => None,
    };
    named.unwrap_or_else(|| request.method.clone())
}
