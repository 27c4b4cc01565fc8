//! What to do about a likely finding, with the commands that the report would give, as far as a text names their words.

mod elsewhere;

use super::facts::Facts;
use super::steps::Step;
use crate::catalog::{self, Reach};
use crate::diagnosis::{Fix, aws};
use crate::inputs::{self, Partition, RawInputs, Region, Vantage};
use crate::plan::{self, Plan};

/// More than this nobody reads.
const MOST: usize = 9;

/// What the commands are about.
pub(super) struct Site {
    plan: Plan,
    region: String,
    partition: &'static str,
    step: Step,
    facts: Facts,
    other_registry: bool,
    port: Option<u16>,
    /// Whether it is about a finding as such, and no text.
    general: bool,
}

impl Site {
    /// Nothing is known.
    pub(super) fn unknown() -> Self {
        Self { general: true, ..Self::new(Step::Unknown, Facts::default(), false, None) }
    }

    /// What a text names.
    pub(super) fn new(step: Step, facts: Facts, other_registry: bool, port: Option<u16>) -> Self {
        let known = facts.region.as_deref().and_then(Region::parse);
        let region = known.as_ref().map_or("$REGION".to_owned(), Region::to_string);
        let partition = known.as_ref().map_or("aws", |region| Partition::id(region.partition()));
        Self { plan: plan_of(&region), region, partition, step, facts, other_registry, port, general: false }
    }

    /// The endpoint service of a service of the catalog.
    fn service(&self, id: &str) -> String {
        match (Region::parse(&self.region), catalog::find(id)) {
            (Some(region), Some(service)) => {
                let account = "000000000000";
                service.endpoint_service(&catalog::Site { region: &region, account, fips: false, dual_stack: false })
            }
            _ => format!("com.amazonaws.{}.{id}", self.region),
        }
    }

    fn services(&self) -> Vec<&'static str> {
        let of_step = self.step.words().services;
        if of_step.is_empty() { vec!["$SERVICE"] } else { of_step.to_vec() }
    }

    /// The port that failed.
    fn port(&self) -> u16 {
        self.port.unwrap_or(if self.step == Step::Volumes { 2_049 } else { 443 })
    }

    /// Whether it is no VPC endpoint that has the private address.
    fn is_other_host(&self) -> bool {
        self.step == Step::Volumes || self.other_registry || self.port() != 443
    }

    /// A step of our own making, its placeholders filled with what the text names.
    fn run(&self, action: &str, command: &str) -> Fix {
        if command.is_empty() {
            return aws::step(action);
        }
        let given = |fact: &Option<String>, placeholder: &str| fact.clone().unwrap_or_else(|| placeholder.to_owned());
        let command = command
            .replace("$REPOSITORY", &given(&self.facts.repository, "$REPOSITORY"))
            .replace("$LOG_GROUP", &given(&self.facts.log_group, "$LOG_GROUP"))
            .replace("$SECRET", &given(&self.facts.secret, "$SECRET"))
            .replace("arn:aws:", &format!("arn:{}:", self.partition));
        aws::command(action, &self.region, command)
    }
}

/// A plan is what knows the words of commands; where no Region is known it writes a variable for it.
fn plan_of(region: &str) -> Plan {
    let known = Region::parse(region).map_or("us-east-1", |_| region);
    let raw = RawInputs { region: Some(known.to_owned()), ..RawInputs::default() };
    let vantage = Vantage::default();
    let accepted = inputs::accept(&raw, &vantage).expect("a Region alone is accepted");
    let mut plan = plan::plan(&accepted, &vantage).expect("a Region alone can be planned for");
    plan.place.own_region = Some(region.to_owned());
    plan
}

/// The fixes of several findings in order, each once.
pub(super) fn of_findings(ids: &[&str], site: &Site) -> Vec<Fix> {
    let mut fixes: Vec<Fix> = Vec::new();
    for fix in ids.iter().flat_map(|id| of_finding(id, site)) {
        if !fixes.contains(&fix) {
            fixes.push(fix);
        }
    }
    fixes.truncate(MOST);
    fixes
}

/// The steps of what no finding tells.
pub(super) fn of_steps(steps: &[(&str, &str)], site: &Site) -> Vec<Fix> {
    steps.iter().map(|(action, command)| site.run(action, command)).collect()
}

/// What to do about a finding.
pub(super) fn of_finding(id: &str, site: &Site) -> Vec<Fix> {
    if site.other_registry
        && let Some(fixes) = elsewhere::of_finding(id, site)
    {
        return fixes;
    }
    match id {
        "vpc-resolver-silent"
        | "custom-resolver-silent"
        | "custom-resolver-bypasses-private-dns"
        | "resolvers-disagree"
        | "name-not-found"
        | "name-without-address"
        | "resolver-failure" => of_names(id, site),
        "endpoint-not-in-effect"
        | "endpoint-silent"
        | "all-endpoints-silent"
        | "endpoint-address-silent"
        | "layers-unreachable"
        | "layers-in-another-region"
        | "no-way-out"
        | "connection-refused"
        | "public-route"
        | "egress-filtered"
        | "public-registry-unreachable" => of_routes(id, site),
        "identity-policy-denies"
        | "endpoint-policy-denies"
        | "resource-policy-denies"
        | "other-policy-denies"
        | "access-denied"
        | "layers-denied"
        | "credentials-missing"
        | "credentials-rejected" => of_denials(id, site),
        "repository-not-found"
        | "image-not-found"
        | "platform-missing"
        | "log-group-not-found"
        | "secret-not-found" => of_missing(id, site),
        _ => words_alone(id).iter().map(|words| aws::step(*words)).collect(),
    }
}

fn of_names(id: &str, site: &Site) -> Vec<Fix> {
    let plan = &site.plan;
    let zones = || vec![aws::show_private_zones(plan), aws::show_dns_firewall(plan)];
    match id {
        "vpc-resolver-silent" => vec![aws::enable_dns_support(plan)],
        "custom-resolver-silent" => {
            let open = aws::step("open port 53, UDP and TCP, between the task's subnet and your DNS server, both ways");
            std::iter::once(open).chain(aws::use_amazon_dns(plan)).collect()
        }
        "custom-resolver-bypasses-private-dns" | "resolvers-disagree" => {
            let forward = aws::step(
                "let your DNS server forward AWS's names to the VPC's resolver (by an inbound endpoint of Route 53 Resolver)",
            );
            std::iter::once(forward).chain(aws::use_amazon_dns(plan)).collect()
        }
        "resolver-failure" => vec![aws::show_resolver_rules(plan)],
        _ if site.step == Step::Volumes => {
            let targets = "efs describe-mount-targets --file-system-id $FILE_SYSTEM";
            vec![
                site.run("see that the file system has a mount target in the task's zone", targets),
                aws::enable_dns_hostnames(plan),
            ]
        }
        _ => zones(),
    }
}

fn of_routes(id: &str, site: &Site) -> Vec<Fix> {
    let plan = &site.plan;
    let port = site.port();
    let gateway = site.service("s3");
    match id {
        "endpoint-not-in-effect" | "public-route" => not_in_effect(site),
        "endpoint-silent" if site.is_other_host() => {
            vec![aws::allow_into_host(plan, port)]
        }
        "endpoint-silent" => vec![aws::allow_into_endpoint(plan, port), aws::allow_out_to_endpoint(plan, port)],
        "all-endpoints-silent" => vec![
            aws::allow_into_endpoint(plan, port),
            aws::allow_out_to_endpoint(plan, port),
            aws::show_network_acl(plan, port),
        ],
        // Which subnet is the silent one, a stop reason does not say.
        "endpoint-address-silent" if !site.general => vec![aws::show_network_acl(plan, port)],
        "endpoint-address-silent" => vec![aws::show_network_acl(plan, port), aws::take_subnet_off_endpoint(plan)],
        "layers-unreachable" => vec![
            aws::create_gateway_endpoint(plan, &gateway),
            aws::associate_route_table(plan),
            aws::allow_out_to_prefix_list(plan, &gateway),
            aws::show_network_acl(plan, port),
        ],
        "layers-in-another-region" => vec![aws::step(
            "or copy the image into a repository of the task's own Region (ECR replication), if it lies in another one",
        )],
        "no-way-out" => vec![aws::default_route(plan)],
        "connection-refused" => vec![site.run(
            "see whose address it is, and mend the DNS record that leads there",
            "ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values=$ADDRESS",
        )],
        "public-registry-unreachable" => vec![
            aws::default_route(plan),
            aws::step(
                "or copy the image into a private repository of ECR, or give ECR a pull-through cache rule for it",
            ),
        ],
        _ => vec![aws::step(
            "let the name or its addresses through: the firewall's allow-list, and the egress rules of the task's group",
        )],
    }
}

/// Create what carries the step, or put it into effect.
fn not_in_effect(site: &Site) -> Vec<Fix> {
    let plan = &site.plan;
    let create = site.services().into_iter().map(|id| {
        let service = site.service(id);
        match catalog::find(id).map(|service| service.reach) {
            Some(Reach::GatewayOrInterface) => aws::create_gateway_endpoint(plan, &service),
            Some(Reach::Interface | Reach::Nothing) | None => aws::create_interface_endpoint(plan, &service),
        }
    });
    let mut fixes: Vec<Fix> = create.collect();
    fixes.extend([aws::enable_private_dns(plan), aws::enable_dns_hostnames(plan), aws::default_route(plan)]);
    fixes
}

fn of_denials(id: &str, site: &Site) -> Vec<Fix> {
    match id {
        "identity-policy-denies" => vec![identity(site)],
        "access-denied" if site.step == Step::Volumes => vec![aws::step(
            "let the task role mount it (elasticfilesystem:ClientMount), and look at the file system's own policy",
        )],
        // Neither denial is in this account's event history: the bucket of the layers is AWS's, and what is asked of
        // objects is recorded only where somebody turned on data events.
        "access-denied" if site.step == Step::Layers => vec![],
        "access-denied" if site.step == Step::EnvironmentFiles => vec![site.run(
            "see the policy of the bucket, beside those of the execution role and of the S3 endpoint (CloudTrail has the \
             denial only where it records data events of that bucket)",
            "s3api get-bucket-policy --bucket $BUCKET",
        )],
        "access-denied" => vec![site.run(
            "see in CloudTrail who was denied what, and by which policy",
            "cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=$EVENT",
        )],
        "endpoint-policy-denies" => site
            .services()
            .into_iter()
            .map(|id| site.run("look at the endpoint's policy", &show_policy(&site.service(id))))
            .chain([set_policy(site, "and let it allow the action (the console's Full access does)")])
            .collect(),
        "layers-denied" => {
            let bucket = format!(
                "let the S3 endpoint's policy allow s3:GetObject on \
                 arn:{}:s3:::prod-{}-starport-layer-bucket/* to Principal \"*\", without a condition on who asks",
                site.partition, site.region
            );
            vec![
                site.run("look at the policy of the S3 endpoint", &show_policy(&site.service("s3"))),
                set_policy(site, &bucket),
            ]
        }
        "resource-policy-denies" => vec![match site.step {
            Step::Secrets | Step::RegistryCredentials | Step::SecretsOrToken => site.run(
                "look at the secret's own policy (and at the policy of its KMS key)",
                "secretsmanager get-resource-policy --secret-id $SECRET",
            ),
            _ => site.run(
                "look at the repository's own policy: across accounts both sides must allow it",
                "ecr get-repository-policy --repository-name $REPOSITORY",
            ),
        }],
        "other-policy-denies" => vec![aws::step(
            "ask whoever keeps the organization's policies or the role's boundary: the kind that AWS names must allow it",
        )],
        "credentials-missing" => vec![aws::step(
            "for an image outside of ECR: put its credentials into Secrets Manager and name them as repositoryCredentials in \
             the task definition",
        )],
        _ => vec![aws::step(
            "start the task again, so that a new token is fetched; mind that it is for the Region of the registry",
        )],
    }
}

/// What the role lacks, by the step it lacks it in.
fn identity(site: &Site) -> Fix {
    const PUT: &str = "iam put-role-policy --role-name $ROLE --policy-name $NAME --policy-document file://policy.json";
    match site.step {
        Step::Secrets | Step::RegistryCredentials => site.run(
            "let the execution role have secretsmanager:GetSecretValue on the secret, and kms:Decrypt where the secret has a \
             key of its own",
            PUT,
        ),
        Step::Parameters => site.run(
            "let the execution role have ssm:GetParameters on the parameter, and kms:Decrypt where it has a key of its own",
            PUT,
        ),
        Step::EnvironmentFiles => {
            site.run("let the execution role have s3:GetObject on the file and s3:GetBucketLocation on its bucket", PUT)
        }
        Step::Logs | Step::LogsAtStart if site.facts.denied_action.as_deref() == Some("logs:CreateLogGroup") => site.run(
            "make the log group yourself (the managed policy of the execution role does not allow logs:CreateLogGroup), or \
             let the role have that action",
            "logs create-log-group --log-group-name $LOG_GROUP",
        ),
        _ => site.run(
            "give the execution role the managed policy for pulling images and writing logs",
            "iam attach-role-policy --role-name $ROLE --policy-arn \
             arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        ),
    }
}

fn show_policy(service: &str) -> String {
    format!(
        "ec2 describe-vpc-endpoints --filters Name=vpc-id,Values=$VPC Name=service-name,Values={service} --query \
         'VpcEndpoints[].[VpcEndpointId,PolicyDocument]'"
    )
}

fn set_policy(site: &Site, action: &str) -> Fix {
    site.run(action, "ec2 modify-vpc-endpoint --vpc-endpoint-id $VPCE --policy-document file://policy.json")
}

fn of_missing(id: &str, site: &Site) -> Vec<Fix> {
    match id {
        "repository-not-found" => vec![site.run(
            "see which repositories the account has in that Region, and mend the image in the task definition",
            "ecr describe-repositories --query 'repositories[].repositoryUri'",
        )],
        "image-not-found" => vec![site.run(
            "see which tags the repository has; push the image again, or mend the tag in the task definition",
            "ecr describe-images --repository-name $REPOSITORY --query 'imageDetails[].[imageTags,imagePushedAt]'",
        )],
        "platform-missing" => vec![
            aws::step("build the image for the task's platform (docker buildx build --platform linux/amd64,linux/arm64)"),
            aws::step("or set runtimePlatform.cpuArchitecture in the task definition to what the image has"),
        ],
        "log-group-not-found" => vec![
            site.run("create the log group", "logs create-log-group --log-group-name $LOG_GROUP"),
            aws::step("or mend awslogs-group and awslogs-region in the task definition"),
        ],
        _ => match site.step {
            Step::Parameters => vec![site.run(
                "see that the parameter exists under that name in that Region",
                "ssm describe-parameters --query 'Parameters[].Name'",
            )],
            Step::EnvironmentFiles => vec![aws::step(
                "see that the bucket and the file exist under the name that the task definition gives (S3 answers 403 also for \
                 a file that does not exist)",
            )],
            _ => vec![site.run(
                "see that the secret exists in that Region, is not marked for deletion, and has the JSON key that is asked for",
                "secretsmanager describe-secret --secret-id $SECRET",
            )],
        },
    }
}

fn words_alone(id: &str) -> &'static [&'static str] {
    match id {
        "no-local-route" => &["give the subnet a route for that address family, or use the IPv4 name of the service"],
        "path-mtu" => {
            &["lower the MTU, or clamp the TCP segment size, on the NAT, transit gateway, firewall or VPN on the way"]
        }
        "tls-silent" | "tls-reset" | "tls-name-filtered" => {
            &["let AWS's names through the firewall: api.ecr, .dkr.ecr, prod-REGION-starport-layer-bucket.s3, logs"]
        }
        "tls-large-hello-dropped" => &["update or replace the device that drops a ClientHello of more than one packet"],
        "tls-refused" => &["see which device on the way ends TLS, and let it pass AWS's names untouched"],
        "tls-intercepted" => &[
            "take AWS's names out of the TLS inspection",
            "for a registry with a CA of its own: give it a public certificate, or copy the image into ECR",
        ],
        "tls-wrong-name" => &["mend the record of the private hosted zone: point it at this service's own endpoint"],
        "tls-expired" => &["renew the server's certificate"],
        "clock-skew" => &["mend the clock of the host (chrony, Amazon Time Sync)"],
        "unexpected-answer" | "proxy-set" => &["let AWS's names past the proxy: the platform's own pull uses none"],
        "service-error" => &["look at AWS Health for the Region, and try again"],
        "throttled" => &[
            "for AWS: start fewer tasks at once",
            "for a registry such as Docker Hub: log in to it (repositoryCredentials), or take the image through ECR's \
             pull-through cache",
        ],
        "layer-corrupt" => &["push the image again, and look at what on the way changes traffic"],
        "transfer-stalled" => &["run with --layers full, which says at which layer and byte it stops"],
        "slow-path" => &["look at the rungs that the report marks as slow: a NAT at its limit, a zone, a far Region"],
        _ => &[],
    }
}
