# shellcheck shell=bash
# What the bench says in the end: the machine, the table, the same as JSON. Sourced by bench.
# shellcheck disable=SC2154 # bench sets them

# A line for each side: side, samples, items, median, least and most items per second, CPU ms per item.
report_rows() {
  awk -F '\t' -v hz="$(getconf CLK_TCK)" '
    function median(list, n,    i, k, t) {
      for (i = 2; i <= n; i++)
        for (k = i; k > 1 && list[k - 1] > list[k]; k--) { t = list[k]; list[k] = list[k - 1]; list[k - 1] = t }
      return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
    }
    { n[$1]++; items[$1] = $3; rate[$1, n[$1]] = 1000 * $3 / ($4 > 0 ? $4 : 1); cpu[$1, n[$1]] = 1000 * $5 / hz / $3 }
    END {
      count = split("plumb-1 plumb-2 plumb-fmt duplicates git-clone git-kept", order, " ")
      for (s = 1; s <= count; s++) {
        side = order[s]
        if (!(side in n)) continue
        for (i = 1; i <= n[side]; i++) { r[i] = rate[side, i]; c[i] = cpu[side, i] }
        m = median(r, n[side])
        printf "%s\t%d\t%d\t%.1f\t%.1f\t%.1f\t%.2f\n", side, n[side], items[side], m, r[1], r[n[side]], median(c, n[side])
      }
    }' "$work/samples.tsv"
}
rate_of() { report_rows | awk -F '\t' -v side="$1" '$1 == side { print $4 }'; }
ratio() { awk -v a="$(rate_of "$1")" -v b="$(rate_of "$2")" 'BEGIN { printf "%.1f", (b > 0 ? a / b : 0) }'; }

report_title() { # side
  case $1 in
    plumb-1) echo "plumb, 1 worker process of $parallel threads" ;;
    plumb-2) echo "plumb, 2 worker processes of $((parallel / 2)) threads" ;;
    plumb-fmt) echo "plumb, 1 worker process, terraform fmt in the gate" ;;
    duplicates) echo "plumb, findings that have ended, sent again" ;;
    git-clone) echo "git: clone, commit, push; $parallel at a time" ;;
    git-kept) echo "git: kept clones, fetch, commit, push; $parallel at a time" ;;
  esac
}

# Name and value, a line each.
report_machine() {
  local kafka
  kafka=$(sed -n 's/.*"librdkafka":"\([^"]*\)".*/\1/p' "$work/plumb-1/up.log" | head -n 1)
  [[ -n $kafka ]] || kafka=$(dpkg-query -W -f '${Version}' librdkafka1 2>/dev/null || echo unknown)
  machine_rows "$work" "$load_before"
  printf '%s\t%s\n' \
    plumb "$("$bin/plumb" --version 2>/dev/null | head -n 1)" \
    git "$(git --version | sed 's/git version //')" \
    redis "$(redis-server --version | sed 's/.* v=\([^ ]*\).*/\1/')" \
    librdkafka "$kafka" \
    terraform "$($has_terraform && terraform version 2>/dev/null | sed -n 's/^Terraform v//p' || echo none)"
}

report_markdown() {
  local name value side rounds items median least most cpu
  printf '| what | items per second, median (least to most) | CPU per item | rounds x items |\n|---|---:|---:|---:|\n'
  report_rows | while IFS=$'\t' read -r side rounds items median least most cpu; do
    printf '| %s | %s (%s to %s) | %s ms | %s x %s |\n' \
      "$(report_title "$side")" "$median" "$least" "$most" "$cpu" "$rounds" "$items"
  done
  printf '\nAgainst git that clones: %s times with one worker process, %s with two. ' \
    "$(ratio plumb-1 git-clone)" "$(ratio plumb-2 git-clone)"
  printf 'Against git with kept clones: %s and %s times.\n' "$(ratio plumb-1 git-kept)" "$(ratio plumb-2 git-kept)"
  printf 'Worker: %d MiB before its first item, %d MiB at most; a waiting plumb up (all its processes) uses %s %% of a core.\n' \
    $((idle_rss_kb / 1024)) $((work_rss_kb / 1024)) "$idle_cpu_percent"
  printf 'CPU per item counts every process of a side: poll, work, sink, broker and Redis; or git and its children.\n\n'
  report_machine | while IFS=$'\t' read -r name value; do printf -- '- %s: %s\n' "$name" "$value"; done
}

report_json() {
  local side rounds items median least most cpu comma
  printf '{\n  "quick": %s,\n  "machine": {' "$quick"
  report_machine | json_members
  printf '\n  },\n  "sides": {'
  comma=''
  while IFS=$'\t' read -r side rounds items median least most cpu; do
    printf '%s\n    "%s": {"rounds": %s, "items": %s, "per_second_median": %s, ' "$comma" "$side" "$rounds" "$items" "$median"
    printf '"per_second_min": %s, "per_second_max": %s, "cpu_ms_per_item": %s}' "$least" "$most" "$cpu"
    comma=,
  done < <(report_rows)
  printf '\n  },\n  "ratio_of_medians": {"plumb-1/git-clone": %s, "plumb-2/git-clone": %s, "plumb-1/git-kept": %s, "plumb-2/git-kept": %s},\n' \
    "$(ratio plumb-1 git-clone)" "$(ratio plumb-2 git-clone)" "$(ratio plumb-1 git-kept)" "$(ratio plumb-2 git-kept)"
  printf '  "worker_rss_kb": {"idle": %s, "peak": %s},\n  "idle_cpu_percent": %s\n}\n' \
    "$idle_rss_kb" "$work_rss_kb" "$idle_cpu_percent"
}
