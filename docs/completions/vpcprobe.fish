# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_vpcprobe_global_optspecs
    string join \n h/help V/version
end

function __fish_vpcprobe_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_vpcprobe_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_vpcprobe_using_subcommand
    set -l cmd (__fish_vpcprobe_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -s h -l help -d 'Print help'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -s V -l version -d 'Print version'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -f -a "run" -d 'Probe, diagnose, report (the container\'s default command)'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -f -a "plan" -d 'Show what would be probed, which VPC endpoints that needs, and why; no network'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -f -a "diagnose" -d 'Judge a saved report again'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -f -a "render" -d 'Show a saved report in another form, as it was judged'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -f -a "diff" -d 'What changed between two runs, and whether anything got worse'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -f -a "merge" -d 'Several subnets\' reports as one table and one list of findings'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -f -a "explain" -d 'Say what a stop reason, an exit code or a finding means; no network'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -f -a "cost" -d 'What pulls of an image cost through a NAT gateway and through VPC endpoints, by list prices; no network'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -f -a "schema" -d 'Print the JSON Schema of the report'
complete -c vpcprobe -n "__fish_vpcprobe_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l region -d 'Region whose endpoints are examined [default: AWS_REGION, AWS_DEFAULT_REGION, the image\'s host, the task\'s ARN]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l profile -d 'What kind of start to examine: fargate (default), ecs-ec2, exec; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l service -d 'A further service, such as secretsmanager, ssm, kms, sts, execute-api; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l image -d 'An image whose pull is replayed; sets account, Region and registry host; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l task-definition -d 'Take images, logs, secrets, environment files, EFS volumes and platform from this task definition: a file with the JSON that describe-task-definition prints or register-task-definition takes, `-` for standard input, or the JSON itself, or its gzip in base64 (as `gzip -c FILE | base64 -w 0` makes it). Its `environment` is never read' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l log-group -d 'A log group that the awslogs driver writes to, by name or ARN; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l secret -d 'A secret that the task start fetches: an ARN (of Secrets Manager also with `:JSON-KEY:STAGE:VERSION` behind it, or of Parameter Store), a secret\'s name, or a parameter\'s as `/NAME` or `ssm:NAME`; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l layers -d 'How much of each image layer is fetched: sample (up to 1 MiB; the default), full (all, digests checked), none' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l endpoint -d 'Any other TLS endpoint (or `tcp://HOST:PORT`), with the route it must take; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l endpoints -d 'A file with such endpoints, one a line; or an egress list of osd-network-verifier, or what SYSTEM$ALLOWLIST of Snowflake returns' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l expect -d 'Assert a route (private, gateway, public, any, blocked) for everything, a service or a host; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l expectations -d 'Assert routes, addresses, issuers and limits as this file says (YAML or JSON; docs/running/expectations.md), `-` for standard input, or the text itself where it has several lines or begins with `{`' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l vpc-cidr -d 'Addresses in this range are private even when it is a public one; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l dns-timeout -d 'One DNS attempt [default: 2s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l connect-timeout -d 'One TCP connection [default: 4s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l tls-timeout -d 'One TLS handshake [default: 5s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l http-timeout -d 'One HTTP exchange [default: 10s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l deadline -d 'The whole run [default: 60s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l slow -d 'Warn of a rung slower than this [default: 5s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l max-pull-time -d 'Fail when a full pull of an image is estimated to take longer than this [default: no limit]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l ca-bundle -d 'Roots beside the public ones [default: AWS_CA_BUNDLE, SSL_CERT_FILE]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l roots -d 'Roots that count as public, in place of the built-in set' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l for -d 'Keep asking for so long, such as 5m, and report what was lost and what changed' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l every -d 'How long from the start of one round to that of the next, with --for or --repeat [default: 5s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l repeat -d 'Ask so many times, and report the same' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l format -d 'text, json, jsonl, junit, markdown, html, prometheus or emf [default: text on a terminal, jsonl on ECS and Lambda, json elsewhere]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l sink -d 'stdout (default), file:PATH, cloudwatch:GROUP[:STREAM] or s3://BUCKET/KEY; repeatable, and given ones replace stdout' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l read-only -d 'Write nothing (no log stream) and ask for no secret\'s value; the report says what that leaves unproved'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l no-control -d 'Leave the hosts alone that are asked only to learn whether there is a way out'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l fips -d 'Examine the FIPS hosts'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l dual-stack -d 'Examine the dual-stack hosts'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l strict -d 'Let warnings fail'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -l redact -d 'Replace account ids, ARNs, addresses and names by stable aliases, in every copy of the report'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand run" -s h -l help -d 'Print help'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l region -d 'Region whose endpoints are examined [default: AWS_REGION, AWS_DEFAULT_REGION, the image\'s host, the task\'s ARN]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l profile -d 'What kind of start to examine: fargate (default), ecs-ec2, exec; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l service -d 'A further service, such as secretsmanager, ssm, kms, sts, execute-api; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l image -d 'An image whose pull is replayed; sets account, Region and registry host; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l task-definition -d 'Take images, logs, secrets, environment files, EFS volumes and platform from this task definition: a file with the JSON that describe-task-definition prints or register-task-definition takes, `-` for standard input, or the JSON itself, or its gzip in base64 (as `gzip -c FILE | base64 -w 0` makes it). Its `environment` is never read' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l log-group -d 'A log group that the awslogs driver writes to, by name or ARN; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l secret -d 'A secret that the task start fetches: an ARN (of Secrets Manager also with `:JSON-KEY:STAGE:VERSION` behind it, or of Parameter Store), a secret\'s name, or a parameter\'s as `/NAME` or `ssm:NAME`; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l layers -d 'How much of each image layer is fetched: sample (up to 1 MiB; the default), full (all, digests checked), none' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l endpoint -d 'Any other TLS endpoint (or `tcp://HOST:PORT`), with the route it must take; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l endpoints -d 'A file with such endpoints, one a line; or an egress list of osd-network-verifier, or what SYSTEM$ALLOWLIST of Snowflake returns' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l expect -d 'Assert a route (private, gateway, public, any, blocked) for everything, a service or a host; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l expectations -d 'Assert routes, addresses, issuers and limits as this file says (YAML or JSON; docs/running/expectations.md), `-` for standard input, or the text itself where it has several lines or begins with `{`' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l vpc-cidr -d 'Addresses in this range are private even when it is a public one; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l dns-timeout -d 'One DNS attempt [default: 2s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l connect-timeout -d 'One TCP connection [default: 4s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l tls-timeout -d 'One TLS handshake [default: 5s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l http-timeout -d 'One HTTP exchange [default: 10s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l deadline -d 'The whole run [default: 60s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l slow -d 'Warn of a rung slower than this [default: 5s]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l max-pull-time -d 'Fail when a full pull of an image is estimated to take longer than this [default: no limit]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l ca-bundle -d 'Roots beside the public ones [default: AWS_CA_BUNDLE, SSL_CERT_FILE]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l roots -d 'Roots that count as public, in place of the built-in set' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l format -d 'text or json; text on a terminal, json elsewhere' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l read-only -d 'Write nothing (no log stream) and ask for no secret\'s value; the report says what that leaves unproved'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l no-control -d 'Leave the hosts alone that are asked only to learn whether there is a way out'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l fips -d 'Examine the FIPS hosts'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l dual-stack -d 'Examine the dual-stack hosts'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -l strict -d 'Let warnings fail'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand plan" -s h -l help -d 'Print help'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand diagnose" -l network -d 'The operator\'s view of the VPC, as scripts/network collects it; `-` reads standard input' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand diagnose" -l format -d 'text, json, jsonl, junit, markdown, html, prometheus or emf [default: text on a terminal, jsonl on ECS and Lambda, json elsewhere]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand diagnose" -l sink -d 'stdout (default), file:PATH, cloudwatch:GROUP[:STREAM] or s3://BUCKET/KEY; repeatable, and given ones replace stdout' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand diagnose" -l strict -d 'Let warnings fail'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand diagnose" -l redact -d 'Replace account ids, ARNs, addresses and names by stable aliases, in every copy of the report'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand diagnose" -s h -l help -d 'Print help'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand render" -l format -d 'text, json, jsonl, junit, markdown, html, prometheus or emf [default: text on a terminal, jsonl on ECS and Lambda, json elsewhere]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand render" -l sink -d 'stdout (default), file:PATH, cloudwatch:GROUP[:STREAM] or s3://BUCKET/KEY; repeatable, and given ones replace stdout' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand render" -l redact -d 'Replace account ids, ARNs, addresses and names by stable aliases, in every copy of the report'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand render" -s h -l help -d 'Print help'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand diff" -l expect-change -d 'Assert what the change was for: the route (private, gateway, public, any, blocked) that a service, check or host takes after it; several with commas between them; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand diff" -l format -d 'text or json; text on a terminal, json elsewhere' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand diff" -l redact -d 'Replace account ids, ARNs, addresses and names by stable aliases'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand merge" -l exit -d 'A run of which only the exit code is known; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand merge" -l not-started -d 'A run that never started, with ECS\'s stop reason; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand merge" -l network -d 'The operator\'s view of the VPC that the runs stood in, as scripts/network collects it; `-` reads standard input' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand merge" -l format -d 'text or json; text on a terminal, json elsewhere' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand merge" -l redact -d 'Replace account ids, ARNs, addresses and names by stable aliases'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand merge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand explain" -l format -d 'text or json; text on a terminal, json elsewhere' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l bytes -d 'The image\'s compressed bytes, as a number or such as 512MiB or 1.2GB; in place of what a report says' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l report -d 'A report of a run that replayed the pull: its images, bytes and Region are taken, and the endpoints that its start needs; `-` reads standard input' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l image -d 'Which image of the report [default: all of them at each start]; without a report, the image\'s host says the Region' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l pulls-per-day -d 'How often a day it is pulled, such as 40 or 0.5' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l zones -d 'In how many zones each endpoint stands' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l nat-gateways -d 'How many NAT gateways there are [default: one a zone]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l service -d 'A further service whose endpoint the start needs, such as secretsmanager; repeatable' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l region -d 'Whose prices [default: the report\'s Region, or that of the image\'s host]' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l prices -d 'A file of prices, in place of those that are built in' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l format -d 'text or json; text on a terminal, json elsewhere' -r
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l show-prices -d 'Print the prices that are built in, in the form that --prices reads'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -l redact -d 'Replace account ids, ARNs, addresses and names by stable aliases'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand cost" -s h -l help -d 'Print help'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand schema" -l expectations -d 'Of a file of expectations instead'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand schema" -s h -l help -d 'Print help'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand help; and not __fish_seen_subcommand_from run plan diagnose render diff merge explain cost schema help" -f -a "run" -d 'Probe, diagnose, report (the container\'s default command)'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand help; and not __fish_seen_subcommand_from run plan diagnose render diff merge explain cost schema help" -f -a "plan" -d 'Show what would be probed, which VPC endpoints that needs, and why; no network'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand help; and not __fish_seen_subcommand_from run plan diagnose render diff merge explain cost schema help" -f -a "diagnose" -d 'Judge a saved report again'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand help; and not __fish_seen_subcommand_from run plan diagnose render diff merge explain cost schema help" -f -a "render" -d 'Show a saved report in another form, as it was judged'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand help; and not __fish_seen_subcommand_from run plan diagnose render diff merge explain cost schema help" -f -a "diff" -d 'What changed between two runs, and whether anything got worse'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand help; and not __fish_seen_subcommand_from run plan diagnose render diff merge explain cost schema help" -f -a "merge" -d 'Several subnets\' reports as one table and one list of findings'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand help; and not __fish_seen_subcommand_from run plan diagnose render diff merge explain cost schema help" -f -a "explain" -d 'Say what a stop reason, an exit code or a finding means; no network'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand help; and not __fish_seen_subcommand_from run plan diagnose render diff merge explain cost schema help" -f -a "cost" -d 'What pulls of an image cost through a NAT gateway and through VPC endpoints, by list prices; no network'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand help; and not __fish_seen_subcommand_from run plan diagnose render diff merge explain cost schema help" -f -a "schema" -d 'Print the JSON Schema of the report'
complete -c vpcprobe -n "__fish_vpcprobe_using_subcommand help; and not __fish_seen_subcommand_from run plan diagnose render diff merge explain cost schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
