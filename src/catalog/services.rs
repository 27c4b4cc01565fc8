//! The list of services.

use super::Service;

/// Every service.
pub fn all() -> &'static [&'static Service] {
    &[]
}

/// A service by its id.
pub fn find(id: &str) -> Option<&'static Service> {
    all().iter().copied().find(|service| service.id == id)
}
