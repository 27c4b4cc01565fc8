# shellcheck shell=bash
# The rescue's role, and the removal of everything that the script made. Sourced, not run.

readonly RESCUE_ROLE=vpcprobe-rescue
rescue_role=
# Made, and not yet given its policies.
role_is_half=

# use_rescue_role: the given one, the one of a run before, or a new one. Sets `rescue_role`.
use_rescue_role() {
    local row made
    if [ -n "$lambda_role" ]; then
        case "$lambda_role" in
            arn:*) rescue_role=$lambda_role ;;
            *) rescue_role=$(ask iam get-role --role-name "$lambda_role" --query Role.Arn --output text) ||
                needed "look for the role $lambda_role" iam:GetRole "give its whole ARN as --lambda-role" ;;
        esac
        return 0
    fi
    if row=$(ask iam get-role --role-name "$RESCUE_ROLE" --query "Role.[Arn, Description || '-']" --output text); then
        IFS=$'\t' read -r rescue_role made <<<"$row"
        [ "$made" = "made by $MARK" ] ||
            tell "note: the role $RESCUE_ROLE was not made by $MARK and is used as it is: the replay has the permissions that it has"
        return 0
    fi
    complains NoSuchEntity || missed "look for the role $RESCUE_ROLE" iam:GetRole "it is made"
    make_rescue_role
}

make_rescue_role() {
    local trust policy
    know_account
    trust=$(compact "$root/taskdef/iam/trust-lambda.json")
    policy=$(compact "$root/taskdef/iam/rescue-role.json")
    if [ -n "$dry_run" ]; then
        rescue_role=arn:$partition:iam::$account:role/$RESCUE_ROLE
        change iam create-role --role-name "$RESCUE_ROLE" --assume-role-policy-document "$trust" --description "made by $MARK"
    else
        role_is_half=1
        rescue_role=$(ask iam create-role --role-name "$RESCUE_ROLE" --assume-role-policy-document "$trust" \
            --description "made by $MARK" --query Role.Arn --output text) || {
            role_is_half=
            needed "make the role of the functions" iam:CreateRole "give one that trusts lambda.amazonaws.com as --lambda-role"
        }
        tell "Made the role $RESCUE_ROLE."
    fi
    # One made and not filled would be taken for whole by the next run.
    change iam put-role-policy --role-name "$RESCUE_ROLE" --policy-name interfaces --policy-document "$policy" ||
        unmade "give the role its policy"
    change iam put-role-policy --role-name "$RESCUE_ROLE" --policy-name replay --policy-document "$(replay_policy)" ||
        unmade "give the role its policy"
    role_is_half=
}

# undo_role: one that a signal left half made, if it is the one of this script.
undo_role() {
    local description
    [ -n "$role_is_half" ] || return 0
    role_is_half=
    description=$(ask iam get-role --role-name "$RESCUE_ROLE" --query 'Role.Description' --output text) || return 0
    [ "$description" = "made by $MARK" ] || return 0
    if remove_role; then tell "Removed the role $RESCUE_ROLE, which was half made."; else
        tell "warning: $(why_not "remove the role $RESCUE_ROLE, which is half made" iam:DeleteRole "scripts/probe --clean does it")"
    fi
}

unmade() {
    cp "$work/complaint" "$work/complaint.kept"
    remove_role && role_is_half=
    cp "$work/complaint.kept" "$work/complaint"
    needed "$1" iam:PutRolePolicy "give one that trusts lambda.amazonaws.com as --lambda-role"
}

# What the replay reads without any secret's value: images are pulled, of the rest only the description is asked.
replay_policy() {
    printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken",'
    printf '"ecr:BatchGetImage","ecr:GetDownloadUrlForLayer","secretsmanager:DescribeSecret","ssm:DescribeParameters",'
    printf '"logs:DescribeLogStreams"],"Resource":"*"}]}'
}

# compact FILE: a policy of taskdef/iam, for this account.
compact() {
    sed -e 's/^ *//' -e "s/arn:aws:/arn:$partition:/g" -e "s/:REGION:/:$region:/g" -e "s/:ACCOUNT:/:$account:/g" "$1" | tr -d '\n'
}

# know_account: sets `account` and `partition`, from a name that is at hand or by asking.
account='' partition=''
know_account() {
    local arn=$definition_role
    [ -z "$account" ] || return 0
    case "$arn" in
        arn:*:*:*:*:*) ;;
        *) arn=$(ask sts get-caller-identity --query Arn --output text) || needed "learn the account" sts:GetCallerIdentity ;;
    esac
    IFS=: read -r _ partition _ _ account _ <<<"$arn"
}

clean() {
    clean_definitions
    clean_functions
    clean_role
    tell "The log group $log_group stays: aws logs delete-log-group --log-group-name $log_group --region $region"
}

# Only revisions with the mark: the family's others may be a stack's.
clean_definitions() {
    local arns arn label count=0
    arns=$(ask ecs list-task-definitions --family-prefix "$FAMILY" --status ACTIVE --query taskDefinitionArns --output text) ||
        needed "list the task definitions" ecs:ListTaskDefinitions
    for arn in $arns; do
        case "$arn" in None | *[!:]"/$FAMILY-"*) continue ;; esac
        label=$(ask ecs describe-task-definition --task-definition "$arn" --output text \
            --query "taskDefinition.containerDefinitions[0].dockerLabels.$FAMILY || '-'") || needed "look at $arn" ecs:DescribeTaskDefinition
        [ "$label" = "$MARK" ] || continue
        if [ -n "$dry_run" ]; then
            show aws ecs deregister-task-definition --task-definition "$arn" "${aws_flags[@]}"
            show aws ecs delete-task-definitions --task-definitions "$arn" "${aws_flags[@]}"
        else
            drop_revision "$arn" || needed "remove $(name_of "$arn")" ecs:DeregisterTaskDefinition
            count=$((count + 1))
        fi
    done
    tell "Task definitions of $MARK: $count removed."
}

clean_functions() {
    local names_found name
    names_found=$(ask lambda list-functions --output text \
        --query "Functions[?starts_with(FunctionName, '$FUNCTIONS') && Description=='made by $MARK'].FunctionName") || {
        missed "list the functions" lambda:ListFunctions "functions that a run could not delete are not looked for"
        return 0
    }
    for name in $names_found; do
        [ "$name" != None ] || continue
        if [ -n "$dry_run" ]; then
            show aws lambda delete-function --function-name "$name" "${aws_flags[@]}"
        else
            functions+=("$name")
        fi
    done
    delete_functions
}

# The role goes when Lambda has no more use for it.
clean_role() {
    local description interfaces
    description=$(ask iam get-role --role-name "$RESCUE_ROLE" --query 'Role.Description' --output text) || {
        complains NoSuchEntity || missed "look for the role $RESCUE_ROLE" iam:GetRole "it stays, if it is there"
        return 0
    }
    if [ "$description" != "made by $MARK" ]; then
        tell "The role $RESCUE_ROLE was not made by $MARK and stays."
        return 0
    fi
    interfaces=$(ask ec2 describe-network-interfaces --filters "Name=description,Values=AWS Lambda VPC ENI-$FUNCTIONS*" \
        --query 'length(NetworkInterfaces)' --output json) || {
        missed "look for interfaces that Lambda still removes" ec2:DescribeNetworkInterfaces "the role is removed all the same"
        interfaces=0
    }
    if [ "$interfaces" != 0 ]; then
        die "$COULD_NOT_LOOK" "the role $RESCUE_ROLE stays for now: Lambda still removes $(counted "$interfaces" "network interface") with it (20 to 45 minutes after the run); run scripts/probe --clean again then"
    fi
    remove_role || needed "remove the role $RESCUE_ROLE" iam:DeleteRole
    [ -n "$dry_run" ] || tell "Removed the role $RESCUE_ROLE."
}

remove_role() {
    local policy policies
    policies=$(ask iam list-role-policies --role-name "$RESCUE_ROLE" --query PolicyNames --output text) || policies="interfaces replay"
    for policy in $policies; do
        [ "$policy" != None ] || continue
        change iam delete-role-policy --role-name "$RESCUE_ROLE" --policy-name "$policy" || return 1
    done
    change iam delete-role --role-name "$RESCUE_ROLE"
}
