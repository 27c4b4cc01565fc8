# shellcheck shell=bash
# What answers for names besides the VPC's own resolver: rules, firewall, private zones. Sourced, not run.

# Hosts that a task start asks for are in these, in every partition.
readonly SUFFIXES='amazonaws.com amazonaws.com.cn amazonaws.eu c2s.ic.gov sc2s.sgov.gov cloud.adc-e.uk csp.hci.ic.gov
 api.aws api.amazonwebservices.com.cn api.aws.ic.gov api.aws.scloud api.cloud-aws.adc-e.uk api.aws.hci.ic.gov
 api.amazonwebservices.eu on.aws on.amazonwebservices.com.cn on.amazonwebservices.eu public.ecr.aws docker.io docker.com'
readonly ZONES=40 RECORDS=500
readonly ZONE_PAGES=20

look_at_dns() {
    look_at resolver_rule_associations route53resolver list-resolver-rule-associations \
        --filters "Name=VPCId,Values=$vpc" --query "ResolverRuleAssociations[].{ResolverRuleId: ResolverRuleId, VPCId: VPCId, Status: Status} || \`[]\`"
    look_at firewall_rule_group_associations route53resolver list-firewall-rule-group-associations --vpc-id "$vpc" \
        --query "FirewallRuleGroupAssociations[].{FirewallRuleGroupId: FirewallRuleGroupId, VpcId: VpcId, Priority: Priority,
            Status: Status} || \`[]\`"
    look_at_zones 0
}

# look_at_zones PAGE [TOKEN]: the AWS CLI does not page this one. Zones of AWS's own services are the private names of
# endpoints, which the endpoints themselves say.
look_at_zones() {
    local more=()
    [ -z "${2:-}" ] || more=(--next-token "$2")
    look_at "hosted_zones.$1" route53 list-hosted-zones-by-vpc --vpc-id "$vpc" --vpc-region "$region" \
        ${more[@]+"${more[@]}"} --query "[NextToken, HostedZoneSummaries[?Owner.OwningAccount].{
            HostedZoneId: HostedZoneId, Name: Name, Owner: Owner}]"
}

# Each page is its token and its list.
unite_zones() {
    local page=0 text token
    while has "hosted_zones.$page"; do
        text=$(cat "$work/hosted_zones.$page.json")
        token=${text%%,\[*}
        token=${token#[}
        text=${text#*,}
        printf '%s' "${text%]}" >"$work/hosted_zones.$page.json"
        grep -c '^        {' "$work/hosted_zones.$page.answer" >"$work/hosted_zones.$page.count" || true
        if [ "$token" = null ]; then
            join hosted_zones
            return 0
        fi
        page=$((page + 1))
        if [ "$page" -eq "$ZONE_PAGES" ]; then
            miss hosted_zones route53:ListHostedZonesByVPC "the VPC has more than $ZONE_PAGES pages of private zones"
            return 0
        fi
        look_at_zones "$page" "$(tr -d '"' <<<"$token")"
        gather
    done
}

# The rules themselves, for what the associations say only by id.
look_at_rules() {
    local list
    if ! has resolver_rule_associations; then
        miss resolver_rules route53resolver:ListResolverRuleAssociations "which of them are the VPC's was not seen"
        return 0
    fi
    list=$(ids 'rslvr-(rr|autodefined-rr)-[a-z0-9-]+' resolver_rule_associations)
    if [ -z "$list" ]; then none resolver_rules && return 0; fi
    look_at resolver_rules route53resolver list-resolver-rules \
        --query "ResolverRules[?contains(\`[\"${list//$'\n'/\",\"}\"]\`, Id)].{Id: Id, DomainName: DomainName,
            RuleType: RuleType, Status: Status, TargetIps: TargetIps}"
}

# Of zones that could answer for a host of a task start, the records; TXT and the like only by name and type.
look_at_records() {
    local id name who addresses="Type=='A' || Type=='AAAA' || Type=='CNAME' || Type=='NS'" count=0
    unite_zones
    if ! has hosted_zones; then
        miss hosted_zone_records route53:ListHostedZonesByVPC "which zones the VPC has was not seen"
        return 0
    fi
    while IFS=$'\t' read -r id name who; do
        if [ -z "$id" ] || ! is_of_interest "$name"; then continue; fi
        id=$(name_of "$id")
        if [ -n "$account" ] && [ "$who" != "$account" ]; then
            miss hosted_zone_records route53:ListResourceRecordSets \
                "the zone $name ($id) is account $who's: its records are seen there"
            continue
        fi
        count=$((count + 1))
        if [ "$count" -gt "$ZONES" ]; then
            miss hosted_zone_records route53:ListResourceRecordSets "more than $ZONES zones could answer"
            break
        fi
        look_at "hosted_zone_records.$id" route53 list-resource-record-sets --hosted-zone-id "$id" \
            --max-items "$RECORDS" --query "{next: NextToken, records: [ResourceRecordSets[?$addresses],
                ResourceRecordSets[?!($addresses)].{Name: Name, Type: Type}] | []}"
    done <<<"$(zones)"
}

# zones: a line each: id, name, account; of the AWS CLI's own lines, one field each.
zones() {
    cat "$work"/hosted_zones.*.answer | awk -F'"' '/"HostedZoneId":/ { id = $4 } /"Name":/ { name = $4 }
        /"OwningAccount":/ { print id "\t" name "\t" $4 }'
}

# is_of_interest ZONE: whether one of the suffixes is in it, or it in one of them.
is_of_interest() {
    local zone=${1%.} suffix
    zone=$(tr '[:upper:]' '[:lower:]' <<<"$zone")
    [ -n "$zone" ] || return 0
    for suffix in $SUFFIXES; do
        case ".$zone" in *."$suffix") return 0 ;; esac
        case ".$suffix" in *."$zone") return 0 ;; esac
    done
    return 1
}

unite_records() {
    local part id text separator='' total=0
    has hosted_zones || return 0
    [ -z "$(missing_why hosted_zone_records)" ] || compgen -G "$work/hosted_zone_records.*.json" >/dev/null || return 0
    for part in "$work"/hosted_zone_records.*.json; do
        [ -f "$part" ] || continue
        id=${part##*/hosted_zone_records.}
        text=$(cat "$part")
        case "$text" in
            '{"next": null,'*) ;;
            *)
                # Of a part of them a reader would take the others for absent.
                drop "hosted_zone_records.${id%.json}" route53:ListResourceRecordSets \
                    "the zone ${id%.json} has more than $RECORDS records"
                continue
                ;;
        esac
        text=${text#*'"records": '}
        printf '%s{"HostedZoneId": "%s", "ResourceRecordSets": %s}' "$separator" "${id%.json}" "${text%\}}"
        separator=,
        total=$((total + 1))
    done >"$work/united"
    { printf '[' && cat "$work/united" && printf ']'; } >"$work/hosted_zone_records.json"
    printf '%s\n' "$total" >"$work/hosted_zone_records.count"
}
