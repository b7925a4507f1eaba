# shellcheck shell=bash
# Which directory of a tree calls which as a local module. Sourced.
#
#   calls_of TOP                 directory, called: a directory as "./a/b" below TOP, or "!" and an address from elsewhere
#   calls_reach CALLS WAY FILE   the directories in FILE and all that these call, or with WAY callers that call them

calls_of() {
    local dir source
    (cd "$1" && find . -name '*.tf' -exec awk -v OFS='\t' '
        FNR == 1 { open = 0 } /^module "/ { open = 1 } /^}/ { open = 0 }
        open && /^ *source *= *"/ { split($0, part, "\""); dir = FILENAME; sub(/\/[^\/]*$/, "", dir); print dir, part[2] }' {} +) |
        while IFS=$'\t' read -r dir source; do
            if [[ $source == .* ]]; then
                source=$(realpath -m --relative-to="$1" "$1/$dir/$source")
                [[ $source == . ]] || source=./$source
                printf '%s\t%s\n' "$dir" "$source"
            else
                printf '%s\t!%s\n' "$dir" "$source"
            fi
        done | sort -u
}

calls_reach() {
    awk -F '\t' -v way="$2" -v calls="$1" '
        BEGIN { while ((getline <calls) > 0) { from = way == "callers" ? $2 : $1; to[from] = to[from] "\n" (way == "callers" ? $1 : $2) } }
        { todo[++n] = $0 }
        END { for (i = 1; i <= n; i++) { if (todo[i] in seen) continue
                seen[todo[i]]; print todo[i]
                m = split(to[todo[i]], more, "\n"); for (k = 2; k <= m; k++) todo[++n] = more[k] } }' "$3" | sort -u
}
