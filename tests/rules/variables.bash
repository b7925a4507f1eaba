# shellcheck shell=bash
# The variables of a module that have no default; each gets the root's one that can be anything.
needed_variables() {
    cat "$1"/*.tf | awk '
        /^variable "/ { split($0, part, "\""); name = part[2]; has = 0; if ($0 ~ /\}[ \t]*$/) { if ($0 !~ /default/) print name; name = "" } next }
        name != "" && /^[ \t]*default[ \t]*=/ { has = 1 }
        name != "" && /^\}/ { if (!has) print name; name = "" }'
}
