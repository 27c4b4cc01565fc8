# shellcheck shell=bash
# What --help prints. Sourced, not run.

usage() {
    cat <<'TEXT'
Collects how a VPC is configured, as far as your permissions go, into one file: endpoints with their policies, groups,
network ACLs, route tables, DNS. It changes nothing. With the file a cause that is likely becomes certain, with its id:
`vpcprobe diagnose REPORT --network network.json`, `vpcprobe merge REPORT… --network network.json`.

  scripts/network --cluster C --service S       the VPC of a service, with its subnets and groups as the task's
  scripts/network --subnets A,B [--security-groups G]
  scripts/network --vpc V

  --vpc V                  the VPC
  --subnets A,B            the task's subnets; all in one VPC
  --security-groups A,B    the task's groups
  --assign-public-ip X     ENABLED or DISABLED: whether the task gets a public address
  --cluster C, --service S names or ARNs; `default` without a cluster. What is given besides wins
  --out FILE               where to [network.json]; - is standard output
  --region R, --profile P  as the AWS CLI has them; AWS_REGION, AWS_PROFILE and AWS_ENDPOINT_URL count too

What a missing permission hides stands in the file and in the summary, and the rest is collected all the same.
The file holds no secret, and of tags only Name; it does hold addresses, ids and endpoint policies of yours.

Exit code: 0 the file is written; 2 usage; 3 no such VPC, subnet or service, subnets of two VPCs, no credentials, or
nothing could be read; 130 interrupted.

It needs the AWS CLI (1 or 2). Permissions: taskdef/iam/operator-network.json, docs/running/network.md.
TEXT
}
