//! The steps of fixes, with `aws` commands filled in with what is known.
//!
//! What only the operator knows stays a shell variable: `$VPC`, `$SUBNETS`, `$VPCE` (endpoint), `$EPSG` (endpoint's
//! security group), `$TSG` (task's security group), `$SG` (another host's), `$RTB` (route table of the task's subnet), `$ACL`, `$NAT`.

use ipnet::IpNet;

use super::case::Class;
use super::ledger::Trouble;
use super::{Case, Fix};
use crate::plan::{Check, Place, Plan, Reach};

/// A step without a command.
pub fn step(action: impl Into<String>) -> Fix {
    Fix { action: action.into(), command: None }
}

/// A step with its command, for the Region that the host is in.
pub fn command(action: impl Into<String>, region: &str, command: impl AsRef<str>) -> Fix {
    Fix { action: action.into(), command: Some(format!("aws {} --region {region}", command.as_ref())) }
}

/// The Region in which the task's VPC is.
pub fn home(plan: &Plan) -> &str {
    plan.place.own_region.as_deref().unwrap_or(plan.place.region.as_str())
}

/// Create an interface endpoint.
pub fn create_interface_endpoint(plan: &Plan, service: &str) -> Fix {
    command(
        format!("create the interface endpoint {service} with private DNS, if it does not exist"),
        home(plan),
        format!(
            "ec2 create-vpc-endpoint --vpc-id $VPC --vpc-endpoint-type Interface --service-name {service} \
             --subnet-ids $SUBNETS --security-group-ids $EPSG --private-dns-enabled"
        ),
    )
}

/// Create the interface endpoint that carries a check: in the task's VPC, whatever the Region of the service.
pub fn create_interface_endpoint_for(case: &Case<'_>, check: &Check) -> Fix {
    let plan = case.plan;
    let service = service_name(check);
    let Some(region) = check.region.as_ref().filter(|region| region.as_str() != home(plan)) else {
        return create_interface_endpoint(plan, service);
    };
    // By default the names of S3's endpoint are only for who asks from outside the VPC.
    let names = match check.reach {
        Reach::GatewayOrInterface => " --dns-options PrivateDnsOnlyForInboundResolverEndpoint=false",
        Reach::Interface | Reach::Nothing => "",
    };
    command(
        format!("create an interface endpoint in this VPC to {service} of {region}, where the service offers that"),
        home(plan),
        format!(
            "ec2 create-vpc-endpoint --vpc-id $VPC --vpc-endpoint-type Interface --service-name {service} \
             --service-region {region} --subnet-ids $SUBNETS --security-group-ids $EPSG --private-dns-enabled{names}"
        ),
    )
}

/// Create a gateway endpoint.
pub fn create_gateway_endpoint(plan: &Plan, service: &str) -> Fix {
    command(
        format!("create the gateway endpoint {service}, if it does not exist"),
        home(plan),
        format!(
            "ec2 create-vpc-endpoint --vpc-id $VPC --vpc-endpoint-type Gateway --service-name {service} \
             --route-table-ids $RTB"
        ),
    )
}

/// Associate the route table of the task's subnet with a gateway endpoint.
pub fn associate_route_table(plan: &Plan) -> Fix {
    command(
        "associate the route table of the task's subnet with it, if it exists",
        home(plan),
        "ec2 modify-vpc-endpoint --vpc-endpoint-id $VPCE --add-route-table-ids $RTB",
    )
}

/// Switch private DNS on.
pub fn enable_private_dns(plan: &Plan) -> Fix {
    command(
        "switch private DNS on, if the endpoint exists without it",
        home(plan),
        "ec2 modify-vpc-endpoint --vpc-endpoint-id $VPCE --private-dns-enabled",
    )
}

/// Let the VPC's resolver answer.
pub fn enable_dns_support(plan: &Plan) -> Fix {
    command(
        "let the VPC's resolver answer (enableDnsSupport)",
        home(plan),
        r#"ec2 modify-vpc-attribute --vpc-id $VPC --enable-dns-support '{"Value":true}'"#,
    )
}

/// Let private DNS names take effect.
pub fn enable_dns_hostnames(plan: &Plan) -> Fix {
    command(
        "let private DNS names take effect (enableDnsHostnames)",
        home(plan),
        r#"ec2 modify-vpc-attribute --vpc-id $VPC --enable-dns-hostnames '{"Value":true}'"#,
    )
}

/// Let the task into the endpoint's security group: by its subnet's range where that is known.
pub fn allow_into_endpoint(plan: &Plan, port: u16) -> Fix {
    let source = subnet_ipv4(&plan.place).map_or("--source-group $TSG".to_owned(), |net| format!("--cidr {net}"));
    command(
        format!("let the task's subnet into the endpoint's security group on port {port}"),
        home(plan),
        format!("ec2 authorize-security-group-ingress --group-id $EPSG --protocol tcp --port {port} {source}"),
    )
}

/// Let the task into the security group of a host that is no endpoint.
pub fn allow_into_host(plan: &Plan, port: u16) -> Fix {
    let source = subnet_ipv4(&plan.place).map_or("--source-group $TSG".to_owned(), |net| format!("--cidr {net}"));
    command(
        format!("let the task's subnet into its security group or host firewall on port {port}"),
        home(plan),
        format!("ec2 authorize-security-group-ingress --group-id $SG --protocol tcp --port {port} {source}"),
    )
}

/// Let the task out to the endpoint's security group.
pub fn allow_out_to_endpoint(plan: &Plan, port: u16) -> Fix {
    command(
        format!("let the task's security group out to the endpoint's on port {port}"),
        home(plan),
        format!(
            "ec2 authorize-security-group-egress --group-id $TSG --ip-permissions \
             'IpProtocol=tcp,FromPort={port},ToPort={port},UserIdGroupPairs=[{{GroupId='$EPSG'}}]'"
        ),
    )
}

/// Let the task out to a gateway endpoint's prefix list.
pub fn allow_out_to_prefix_list(plan: &Plan, service: &str) -> Fix {
    let region = home(plan);
    command(
        format!("let the task's security group out to the prefix list {service}"),
        region,
        format!(
            "ec2 authorize-security-group-egress --group-id $TSG --ip-permissions \
             \"IpProtocol=tcp,FromPort=443,ToPort=443,PrefixListIds=[{{PrefixListId=$(aws ec2 describe-prefix-lists \
             --filters Name=prefix-list-name,Values={service} --query 'PrefixLists[0].PrefixListId' --output text \
             --region {region})}}]\""
        ),
    )
}

/// Look at the network ACL of the task's subnet.
pub fn show_network_acl(plan: &Plan, port: u16) -> Fix {
    command(
        format!(
            "see that the network ACLs let port {port} out of the task's subnet and ports 1024-65535 back in (the \
             mirror image on an endpoint's subnet)"
        ),
        home(plan),
        "ec2 describe-network-acls --filters Name=vpc-id,Values=$VPC",
    )
}

/// Let packets through the network ACL of the task's subnet, both ways.
pub fn open_network_acl(plan: &Plan, port: u16) -> [Fix; 2] {
    let entry = |way: &str, from: u16, to: u16| {
        format!(
            "ec2 create-network-acl-entry --network-acl-id $ACL --{way} --rule-number 90 --protocol tcp --port-range \
             From={from},To={to} --cidr-block 0.0.0.0/0 --rule-action allow"
        )
    };
    [
        command(
            format!(
                "where it does not, let port {port} out of the task's subnet by a rule that comes before the denying one"
            ),
            home(plan),
            entry("egress", port, port),
        ),
        command("and what is answered back in", home(plan), entry("ingress", 1_024, 65_535)),
    ]
}

/// Show something of EC2, and of that no more than is needed: a command for a sentence.
fn show(plan: &Plan, what: &str, query: &str) -> String {
    format!("aws ec2 describe-{what} --query '{query}' --region {}", home(plan))
}

/// Show the routes of the task's subnet.
pub fn show_routes(plan: &Plan) -> String {
    show(
        plan,
        "route-tables --filters Name=association.subnet-id,Values=$SUBNET",
        "RouteTables[].Routes[].[DestinationPrefixListId,DestinationCidrBlock,GatewayId,NatGatewayId,State]",
    )
}

/// Show what the task's security group lets out.
pub fn show_egress(plan: &Plan) -> String {
    show(plan, "security-groups --group-ids $TSG", "SecurityGroups[].IpPermissionsEgress")
}

/// Show the network ACL of the task's subnet.
pub fn show_own_acl(plan: &Plan) -> String {
    show(plan, "network-acls --filters Name=association.subnet-id,Values=$SUBNET", "NetworkAcls[].Entries")
}

/// Show what the VPC has of an endpoint service.
pub fn show_endpoints(plan: &Plan) -> String {
    show(
        plan,
        "vpc-endpoints --filters Name=vpc-id,Values=$VPC",
        "VpcEndpoints[].[ServiceName,VpcEndpointType,PrivateDnsEnabled,State,SubnetIds,RouteTableIds]",
    )
}

/// Give the subnet a default route through a NAT gateway.
pub fn default_route(plan: &Plan) -> Fix {
    command(
        "or give the task's subnet a default route through a NAT gateway (replace-route where a dead one exists)",
        home(plan),
        "ec2 create-route --route-table-id $RTB --destination-cidr-block 0.0.0.0/0 --nat-gateway-id $NAT",
    )
}

/// The way from the task to an address, traced by Reachability Analyzer.
pub fn reachability_analyzer(plan: &Plan, port: u16) -> String {
    traced(plan, "$ENDPOINT_ENI", port)
}

/// The same to a host that is no endpoint.
pub fn reachability_to_host(plan: &Plan, port: u16) -> String {
    traced(plan, "$HOST_ENI", port)
}

fn traced(plan: &Plan, destination: &str, port: u16) -> String {
    let region = home(plan);
    format!(
        "`aws ec2 create-network-insights-path --source $TASK_ENI --destination {destination} --protocol tcp \
         --destination-port {port} --region {region}`, then `aws ec2 start-network-insights-analysis \
         --network-insights-path-id $PATH_ID --region {region}`"
    )
}

/// Who holds the first private address that the troubles are with; AWS can't be asked who holds any other.
pub fn show_owner(plan: &Plan, taken: &[Trouble<'_>]) -> Option<Fix> {
    let mut peers = taken.iter().filter_map(Trouble::peer);
    let ip = peers.find(|peer| peer.class == Class::Private)?.address.ip();
    Some(command(
        format!("see who holds {ip}"),
        home(plan),
        format!("ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values={ip}"),
    ))
}

/// Show the zones and rules that can change an answer.
pub fn show_private_zones(plan: &Plan) -> Fix {
    let region = home(plan);
    command(
        "see which private hosted zones the VPC has",
        region,
        format!("route53 list-hosted-zones-by-vpc --vpc-id $VPC --vpc-region {region}"),
    )
}

/// Show DNS Firewall's associations.
pub fn show_dns_firewall(plan: &Plan) -> Fix {
    command(
        "see which DNS Firewall rule groups apply to the VPC",
        home(plan),
        "route53resolver list-firewall-rule-group-associations --vpc-id $VPC",
    )
}

/// Show the Resolver rules.
pub fn show_resolver_rules(plan: &Plan) -> Fix {
    command(
        "see which Resolver rules forward the VPC's questions elsewhere",
        home(plan),
        "route53resolver list-resolver-rule-associations --filters Name=VPCId,Values=$VPC",
    )
}

/// Back to Amazon's resolver.
pub fn use_amazon_dns(plan: &Plan) -> [Fix; 2] {
    [
        command(
            "or give the VPC Amazon's own resolver (only new tasks pick it up)",
            home(plan),
            "ec2 create-dhcp-options --dhcp-configurations Key=domain-name-servers,Values=AmazonProvidedDNS",
        ),
        command(
            "and associate those options with the VPC",
            home(plan),
            "ec2 associate-dhcp-options --vpc-id $VPC --dhcp-options-id $DHCP",
        ),
    ]
}

/// The endpoint's service name, as far as the catalog knows it.
pub fn service_name(check: &Check) -> &str {
    check.endpoint_service.as_deref().unwrap_or("$SERVICE_NAME")
}

fn subnet_ipv4(place: &Place) -> Option<&IpNet> {
    place.subnets.iter().find(|net| net.addr().is_ipv4())
}

/// The way to another VPC.
pub fn show_transit_route(plan: &Plan) -> Fix {
    command(
        "see that the task's subnet has a route to these addresses by a transit gateway or peering, and that the way back \
         exists too",
        home(plan),
        "ec2 describe-route-tables --filters Name=vpc-id,Values=$VPC",
    )
}

/// Take the silent zone out of the answers until it is mended.
pub fn take_subnet_off_endpoint(plan: &Plan) -> Fix {
    command(
        "until then take the silent subnet off the endpoint, so that its address is no longer answered",
        home(plan),
        "ec2 modify-vpc-endpoint --vpc-endpoint-id $VPCE --remove-subnet-ids $SUBNET",
    )
}
