//! What copies to AWS need: who we are, where the Region takes them, and over what.

use std::time::{Duration, SystemTime};

use vpcprobe::aws::{Credentials, Scrubber, Source};
use vpcprobe::catalog::{self, Site};
use vpcprobe::edge::{self, Environment as _, ProcessEnvironment};
use vpcprobe::inputs::Inputs;
use vpcprobe::net::live::{Client, Live, Outgoing};
use vpcprobe::report::Report;
use vpcprobe::sink::{Answer, Https, Remote, Request};

/// A little less than a copy may take, so that what failed is known when its time is up.
const LIMIT: Duration = Duration::from_secs(9);

/// Carries the sinks' requests.
pub(crate) struct Carrier(Client);

impl Https for Carrier {
    async fn send(&self, request: Request) -> Result<Answer, String> {
        let Request { method, host, path_and_query, headers, body } = request;
        let answer = self.0.send(Outgoing { method, host, path_and_query, headers, body }, LIMIT).await?;
        Ok(Answer { status: answer.status, headers: answer.headers, body: answer.body })
    }
}

/// Everything that copies of this report to AWS need.
pub(crate) async fn surroundings(report: &Report, net: &Live) -> Remote<Carrier> {
    let nameservers = edge::vantage_without_network(&ProcessEnvironment).nameservers;
    let credentials = credentials().await;
    let (logs_host, s3_host) = hosts(&report.inputs);
    Remote {
        https: Carrier(net.client(&nameservers)),
        scrubber: Scrubber::new(credentials.iter().flat_map(Credentials::secrets)),
        credentials,
        region: report.inputs.region.to_string(),
        logs_host,
        s3_host,
        run_id: report.run.id.clone(),
        at: SystemTime::now(),
    }
}

async fn credentials() -> Result<Credentials, String> {
    match Source::read(|name| ProcessEnvironment.get(name)) {
        Some(source) => source.fetch().await.map_err(|why| why.to_string()),
        None => Err("there are no credentials: neither the environment nor a task role gives any".to_owned()),
    }
}

/// Where the examined Region takes log events and objects.
fn hosts(inputs: &Inputs) -> (String, String) {
    let site = Site { region: &inputs.region, account: "", fips: inputs.fips, dual_stack: inputs.dual_stack };
    let host = |id| catalog::find(id).expect("the catalog has what the sinks write to").host(&site);
    let bucket = host("s3");
    // The catalog's host of S3 is a bucket's; its name is the first label.
    (host("logs"), bucket.split_once('.').map_or(bucket.clone(), |(_, rest)| rest.to_owned()))
}

#[cfg(test)]
mod tests {
    use vpcprobe::inputs::{RawInputs, Vantage, accept};

    use super::*;

    #[test]
    fn copies_go_to_the_hosts_that_clients_so_configured_connect_to() {
        let table = [
            ("eu-west-1", false, false, "logs.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"),
            ("eu-west-1", false, true, "logs.eu-west-1.api.aws", "s3.dualstack.eu-west-1.amazonaws.com"),
            ("us-east-1", true, false, "logs-fips.us-east-1.amazonaws.com", "s3-fips.us-east-1.amazonaws.com"),
            ("cn-north-1", false, false, "logs.cn-north-1.amazonaws.com.cn", "s3.cn-north-1.amazonaws.com.cn"),
        ];
        for (region, fips, dual_stack, logs, s3) in table {
            let flag = |is_set: bool| Some(is_set.to_string());
            let raw = RawInputs {
                region: Some(region.to_owned()),
                fips: flag(fips),
                dual_stack: flag(dual_stack),
                ..RawInputs::default()
            };
            let inputs = accept(&raw, &Vantage::default()).unwrap();
            assert_eq!(hosts(&inputs), (logs.to_owned(), s3.to_owned()), "{region}");
        }
    }
}
