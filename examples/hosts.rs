//! Our hosts as data, for `scripts/check-catalog`: a JSON object a line for every service, Region and form.
//!
//! `cargo run --example hosts -- ap-northeast-1 us-east-1`

use std::io::{self, Write};

use serde_json::json;
use vpcprobe::catalog::{Service, Site, all};
use vpcprobe::inputs::Region;

const FORMS: [(&str, bool, bool); 4] =
    [("plain", false, false), ("dual-stack", false, true), ("fips", true, false), ("fips-dual-stack", true, true)];

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for name in std::env::args().skip(1) {
        let region =
            Region::parse(&name).ok_or_else(|| io::Error::other(format!("region {name}: fits no partition")))?;
        for service in all().iter().filter(|service| service.is_in(&region)) {
            write_forms(&mut out, service, &region)?;
        }
    }
    Ok(())
}

fn write_forms(out: &mut impl Write, service: &Service, region: &Region) -> io::Result<()> {
    for (form, fips, dual_stack) in FORMS {
        let site = Site { region, account: "000000000000", fips, dual_stack };
        let row = json!({
            "service": service.id,
            "region": region.as_str(),
            "form": form,
            "host": service.exact_host(&site),
            "endpoint_service": service.endpoint_service(&site),
        });
        writeln!(out, "{row}")?;
    }
    Ok(())
}
