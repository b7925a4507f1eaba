# shellcheck shell=bash
# What `terraform validate` says of a root, and that it did judge it. Sourced.
#
#   verdict_plant         an error on purpose, to be put into the root's main.tf
#   verdict_errors ROOT   validates the root and prints each other error: file, line, what it says. ROOT/said.json: all
#
# A terraform that died, whose output was cut, or that gave up before it asked the provider names no errors, which looks
# like "all valid". The planted error is seen only by one that has the provider's schema and goes through the resources:
# without it, or with another number of errors than terraform counted itself, verdict_errors says so and returns 1.

verdict_plant() {
    printf 'resource "aws_s3_bucket" "planted" {\n  planted_error = true\n}\n'
}

# On a machine with much else to do the provider may not be up in time; that says nothing of the Terraform.
verdict_ask() {
    local root=$1 code try
    for try in 1 2 3 4; do
        code=0
        terraform -chdir="$root" validate -json >"$root/said.json" 2>"$root/said.log" || code=$?
        grep -q 'timeout while waiting for plugin to start' "$root/said.json" || return "$code"
        echo "the provider did not start in time, try $try" >&2
    done
    return 2
}

verdict_errors() {
    local root=$1 code=0
    verdict_ask "$root" || code=$?
    # Not by jq's own exit, which is 0 for an empty answer.
    # shellcheck disable=SC2016 # jq's own variable
    if ((code != 1)) || [[ $(jq '[.diagnostics[] | select(.severity == "error")] as $errors
        | .valid == false and .error_count == ($errors | length)
        and any($errors[]; .range.filename == "main.tf" and (.detail | contains("\"planted_error\"")))' \
        "$root/said.json" 2>/dev/null) != true ]]; then
        echo "terraform validate gave no verdict on $root (exit $code):" >&2
        { jq -r '.diagnostics[] | select(.severity == "error") | "\(.range.filename): \(.summary): \(.detail)"' "$root/said.json" 2>/dev/null ||
            head -c 500 "$root/said.json"; } | head -n 20 >&2 || true
        head -n 20 "$root/said.log" >&2
        return 1
    fi
    jq -r '.diagnostics[] | select(.severity == "error" and (.detail // "" | contains("\"planted_error\"") | not))
        | [.range.filename // "?", .range.start.line // 0, "\(.summary): \(.detail // "" | gsub("[\n\t]"; " "))"] | @tsv' \
        "$root/said.json"
}
