# shellcheck shell=bash
# The account in moto that the cases are applied to: what it cannot make, what it has once, what it has before, and how
# copies of cases are fitted to it: for tests/rules/plan to source.
#
#   hopeless, lone    patterns of resource types
#   make_network      makes a network and prints the edits, for sed, that put its ids into a copy
#   adapt ROOT        edits the modules of a root; ROOT/network has what make_network printed

# What moto never makes ready, answers in a way that the provider cannot read (what it says of a classic load
# balancer crashes the provider, and fails all of the batch), or makes only with a role or a task that is there:
# the provider waits and tries again, and the batch with it.
readonly hopeless='aws_(ecs_service|elb|dms_replication_instance|athena_workgroup|opensearch_domain|elasticsearch_domain|msk_cluster|docdb_cluster|lambda_function|elasticache_(cluster|replication_group)|redshift_cluster)'

# What an account has only one of: two such cases in a batch would undo each other.
readonly lone='aws_(iam_account_password_policy|s3_account_public_access_block|ebs_encryption_by_default|api_gateway_account|config_configuration_recorder|guardduty_detector|default_(subnet|vpc))'

# One answer of EC2, by the element that holds what was made.
ec2_made() {
    curl -sS -H "Authorization: AWS4-HMAC-SHA256 Credential=x/20200101/${AWS_REGION:-eu-west-1}/ec2/aws4_request, SignedHeaders=host, Signature=x" \
        --data "Version=2016-11-15&$2" "$moto_url" | sed -n "s#.*<$1>\([^<]*\)</$1>.*#\1#p" | head -1
}

# A network for the cases that name one by its ids, and the edits that put ours in their place.
make_network() {
    local vpc group gateway subnet subnets="" zone last n=0
    vpc=$(ec2_made vpcId 'Action=CreateVpc&CidrBlock=10.200.0.0/16')
    group=$(ec2_made groupId "Action=CreateSecurityGroup&GroupName=any&GroupDescription=any&VpcId=$vpc")
    gateway=$(ec2_made internetGatewayId 'Action=CreateInternetGateway')
    ec2_made return "Action=AttachInternetGateway&VpcId=$vpc&InternetGatewayId=$gateway" >/dev/null
    for zone in a b c; do
        last=$n
        ((n < 2)) || last=2-9a-f
        # By way of a name that no later edit takes for an id.
        printf 's/"subnet-[0-9a-f]*[%s]"/"SUBNET%d"/g\n' "$last" "$n"
        subnet=$(ec2_made subnetId "Action=CreateSubnet&VpcId=$vpc&CidrBlock=10.200.$n.0/24&AvailabilityZone=${AWS_REGION:-eu-west-1}$zone")
        subnets+="s/SUBNET$n/$subnet/g"$'\n'
        n=$((n + 1))
    done
    printf '%s' "$subnets"
    printf 's/"vpc-[0-9a-f]+"/"%s"/g\ns/"sg-[0-9a-f]+"/"%s"/g\n' "$vpc" "$group"
}

# The copies differ from the cases in what an empty account of several cases asks for: the account's number, ids of a
# network, names that two cases have, the provider's version, and the archives of functions.
adapt() {
    local root=$1 dir archive
    for dir in "$root"/m[0-9]*; do
        [[ -d $dir ]] || return 0 # all were dropped
        find "$dir" -name '*.tf' -exec sed -i -E -f "$root/network" \
            -e '/^ *version *= *"(~>|[<>=]).*"$/d' -e 's/\b(111122223333|111111111111|012345678901)\b/123456789012/g' \
            -e "s/^(  (bucket|identifier|cluster_identifier|name|function_name|domain_name) += \")([a-z][a-z0-9-]*\")/\1${dir##*/}-\3/" {} +
    done
    while IFS= read -r archive; do
        printf 'PK\005\006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >"$root/$archive"
    done < <(grep -rhoE '"[A-Za-z0-9_-]+\.zip"' "$root"/m[0-9]* | tr -d '"' | sort -u)
}
