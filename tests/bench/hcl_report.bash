# shellcheck shell=bash
# What the HCL bench says in the end: tables, and all figures as JSON. Sourced by hcl.
# shellcheck disable=SC2154 # hcl sets them

declare -A figure=() least=() most=() # by "side command key": median of the rounds, least, most

# side, command, key, median, least, most; texts (digests) are left out.
figures_rows() {
  sort -t $'\t' -k1,1 -k3,3 -k4,4 -k5,5g "$work/samples.tsv" | awk -F '\t' -v OFS='\t' '
    function done_with() { if (n) print id, n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2, v[1], v[n]; n = 0 }
    $5 !~ /^[0-9.]+$/ { next }
    $1 OFS $3 OFS $4 != id { done_with(); id = $1 OFS $3 OFS $4 }
    { v[++n] = $5 }
    END { done_with() }'
}

figures_read() {
  local side command key median low high
  figures_rows >"$work/figures.tsv"
  while IFS=$'\t' read -r side command key median low high; do
    figure["$side $command $key"]=$median least["$side $command $key"]=$low most["$side $command $key"]=$high
  done <"$work/figures.tsv"
}

calc() { # format a b expression-of-a-and-b; "-" where one is missing
  if [[ -z $2 || -z $3 ]]; then printf -- '-'; else awk -v a="$2" -v b="$3" "BEGIN { if (b == 0) print \"-\"; else printf \"$1\", $4 }"; fi
}
mbs() { calc "${2:-%.1f}" "${figure[plumb survey bytes]}" "$1" '1000 * a / b'; }
mib() { calc '%.0f MiB' "${1:-}" 1 'a / 1024'; }
ms() { calc '%.2f ms' "${1:-}" 1 'a / 1000000'; }
us() { calc '%.0f µs' "${1:-}" 1 'a / 1000'; }
times_as_fast() { calc '%.1f' "${1:-}" "${2:-}" 'a / b'; } # theirs ours
open_of() { printf '%s' "${figure[plumb-repository open $1]:-}"; }
locate_of() { printf '%s' "${figure[plumb-repository locate $1]:-}"; }

report_title() {
  case $1 in
    plumb) echo "plumb: full tree, lossless" ;;
    hclsyntax) echo "Go hclsyntax $(rival_version hclsyntax): full tree" ;;
    hclwrite) echo "Go hclwrite $(rival_version hclwrite): full tree, lossless" ;;
    tree-sitter) echo "tree-sitter $(rival_version tree-sitter): full tree, lossless" ;;
    hcl2json) echo "hcl2json $(rival_version hcl2json): JSON, expressions as text" ;;
    terraform-fmt) echo "terraform fmt -check $(rival_version terraform-fmt), one process" ;;
  esac
}

report_parse() {
  local side ours=${figure[plumb turn pass_p50_ns]}
  printf '| what | MB/s of CPU time, median (least to most) | MB/s by the clock | CPU time, plumb = 1 | peak memory | all trees held |\n|---|---:|---:|---:|---:|---:|\n'
  for side in "${parse_sides[@]}"; do
    if [[ -n ${not_run[$side]:-} ]]; then
      printf '| %s | not run: %s | | | | |\n' "$side" "${not_run[$side]}"
      continue
    fi
    printf '| %s | %s (%s to %s) | %s | %s | %s | %s |\n' "$(report_title "$side")" \
      "$(mbs "${figure[$side turn pass_p50_ns]}")" "$(mbs "${most[$side turn pass_p50_ns]}")" "$(mbs "${least[$side turn pass_p50_ns]}")" \
      "$(mbs "${figure[$side turn pass_wall_p50_ns]}")" "$(times_as_fast "${figure[$side turn pass_p50_ns]}" "$ours")" \
      "$(mib "${most[$side turn peak_kb]}")" "$(mib "${most[$side hold held_kb]:-}")"
  done
}

# A row of the second table: CPU time at the median and at the 99th percentile, and the clock's median.
report_row() { # title command key unit beside-it
  local key="plumb-repository $2 $3"
  printf '| %s | %s | %s | %s | %s |\n' "$1" "$($4 "${figure[${key}_p50_ns]:-}")" "$($4 "${figure[${key}_p99_ns]:-}")" \
    "$($4 "${figure[${key}_wall_p50_ns]:-}")" "$5"
}

beside_edit() { # key
  local ours theirs p99
  [[ -z ${not_run[hclwrite-repository]:-} ]] || { printf 'hclwrite not run'; return; }
  ours=${figure[plumb-repository edit $1_p50_ns]:-} theirs=${figure[hclwrite-repository edit $1_p50_ns]:-}
  p99=${figure[hclwrite-repository edit $1_p99_ns]:-}
  printf 'hclwrite %s (p99 %s): %s times' "$(us "$theirs")" "$(us "$p99")" "$(times_as_fast "$theirs" "$ours")"
}

report_repository() {
  local rival=${figure[hclwrite-repository turn pass_p50_ns]:-} rival_says="hclwrite not run"
  [[ -z $rival ]] || rival_says="hclwrite $(ms "$rival"): $(times_as_fast "$rival" "$(open_of parse_p50_ns)") times"
  printf '| what | CPU time, median | CPU time, p99 | by the clock, median | beside it (CPU time, median) |\n|---|---:|---:|---:|---|\n'
  report_row "open: parse all files" open parse ms \
    "$rival_says; reading the bytes from disk $(ms "$(open_of read_p50_ns)"), copying them $(ms "$(open_of copy_p50_ns)")"
  report_row "open: the module trees of $(open_of roots) roots, $(open_of resources) resource blocks" open modules ms ''
  report_row "locate an ARN in all roots, the first question" locate fresh ms ''
  report_row "locate an ARN in all roots, others asked before" locate warm ms \
    "its name sought as text in all bytes: $(ms "$(locate_of text_p50_ns)"), there for $(locate_of text_found) of $(locate_of arns)"
  report_row "change an argument and apply, the tree at hand" edit change_tree us "$(beside_edit change_tree)"
  report_row "change an argument and apply, the file parsed first" edit change_parse us "$(beside_edit change_parse)"
  report_row "add an argument and apply, the tree at hand" edit add_tree us "$(beside_edit add_tree)"
  report_row "add an argument and apply, the file parsed first" edit add_parse us "$(beside_edit add_parse)"
  report_row "unified diff of the changed file (libgit2)" edit change_diff us ''
  printf '\nMemory: %s when it is open, %s at most after 100 ARNs were located in it, its bytes held twice.' \
    "$(mib "${least[plumb-repository open peak_kb]:-}")" "$(mib "${most[plumb-repository locate peak_kb]:-}")"
  [[ -z $rival ]] || printf ' hclwrite: %s with all trees held.' "$(mib "${most[hclwrite-repository hold held_kb]:-}")"
  printf '\n'
}

report_machine() {
  machine_rows "$work" "$load_before"
  printf '%s\t%s\n' "load after" "$load_after" \
    plumb "$(git -C "$top" describe --tags --always --dirty 2>/dev/null || echo unknown)" \
    compiler "$("${CC:-cc}" -dumpfullversion), -O2" \
    go "$(go env GOVERSION 2>/dev/null || echo none)" node "$(node --version 2>/dev/null || echo none)"
}

report_agreement() {
  local side
  printf 'Read by every side: %s files, %s bytes, %s. ' "${figure[plumb survey files]}" "${figure[plumb survey bytes]}" "$corpus_is"
  printf 'Each says the same of every file, top-level blocks included: %s accepted, %s blocks.' "${figure[plumb survey accepted]}" "${figure[plumb survey blocks]}"
  for side in "${!disagreements[@]}"; do
    ((${disagreements[$side]} == 0)) || printf ' Only %s accepts or refuses %s files otherwise.' "$side" "${disagreements[$side]}"
  done
  printf '\n\n'
}

report_markdown() {
  local name value
  ! $quick || printf 'A quick run: it shows that all run and agree. Its speeds mean nothing.\n\n'
  printf '### Parse, one core\n\n'
  report_agreement
  report_parse
  printf '\n### A repository of %s .tf files\n\n' "$(grep -c '\.tf$' "$work/repository.list")"
  printf '%s bytes with the values files, generated. Each of %s ARNs was located as expected' \
    "$(answer_of plumb-repository ready bytes)" "$(locate_of arns)"
  [[ -n ${not_run[hclwrite-repository]:-} ]] || printf ', and each change gave the bytes that hclwrite gives (blanks apart)'
  printf '.\n\n'
  report_repository
  printf '\nRounds in which the sides took turns: %s.\n\n' "$rounds_done"
  report_machine | while IFS=$'\t' read -r name value; do printf -- '- %s: %s\n' "$name" "$value"; done
}

# side, then command, then key, as nested objects.
report_figures_json() {
  awk -F '\t' '
    $1 != side { printf "%s\n    \"%s\": {", (side == "" ? "" : "}},"), $1; side = $1; command = "" }
    $2 != command { printf "%s\n      \"%s\": {", (command == "" ? "" : "},"), $2; command = $2; comma = "" }
    { printf "%s\n        \"%s\": {\"median\": %s, \"least\": %s, \"most\": %s}", comma, $3, $4, $5, $6; comma = "," }
    END { if (side != "") print "}}" }' "$work/figures.tsv"
}

report_json() {
  local side comma=''
  printf '{\n  "quick": %s,\n  "rounds": %s,\n  "input": %s,\n  "machine": {' "$quick" "$rounds_done" "$(json_text "$corpus_is")"
  report_machine | json_members
  printf '\n  },\n  "not_run": {'
  for side in "${!not_run[@]}"; do printf '%s\t%s\n' "$side" "${not_run[$side]}"; done | json_members
  printf '\n  },\n  "cpu_time_as_a_multiple_of_plumb": {'
  for side in "${parse_sides[@]:1}"; do
    [[ -n ${figure[$side turn pass_p50_ns]:-} ]] || continue
    printf '%s\n    "%s": %s' "$comma" "$side" "$(times_as_fast "${figure[$side turn pass_p50_ns]}" "${figure[plumb turn pass_p50_ns]}")"
    comma=,
  done
  printf '\n  },\n  "figures": {'
  report_figures_json
  printf '  }\n}\n'
}
