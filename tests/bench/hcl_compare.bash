# shellcheck shell=bash
# Correct first: the sides of the HCL bench have read the same files and say the same of them. Sourced by
# hcl.
# shellcheck disable=SC2154,SC2034 # hcl sets them, and reads disagreements

declare -A disagreements=() # side: how many files, when its grammar may differ from terraform's

# A lone figure of a side, before the rounds.
answer_of() { # side command key
  awk -F '\t' -v OFS='\t' -v s="$1" -v c="$2" -v k="$3" '$1 == s && $3 == c && $4 == k { v = $5 } END { print v }' "$work/samples.tsv"
}

# HashiCorp's parsers must agree with ours on each file: its verdict and its top-level blocks. tree-sitter's
# grammar is another's, so its verdicts are only counted; the blocks of a file that both accept must agree.
compare_surveys() {
  local side key differing
  [[ -z ${not_run[plumb]:-} ]] || fail "our own side does not run: ${not_run[plumb]}"
  for side in "${parse_sides[@]}"; do
    [[ $side != plumb && $side != terraform-fmt && -z ${not_run[$side]:-} ]] || continue
    for key in files bytes; do
      [[ $(answer_of "$side" survey $key) == "$(answer_of plumb survey $key)" ]] ||
        fail "$side has read $(answer_of "$side" survey $key) $key, ours $(answer_of plumb survey $key)"
    done
    differing=$(paste "$work/plumb.survey" "$work/$side.survey" |
      awk -F '\t' '$1 != $4 || ($2 == $5 && $3 != $6) { print "blocks " $1 ": ours " $3 ", theirs " $6 } $2 != $5 { print "verdict " $1 ": ours " $2 ", theirs " $5 }')
    if [[ $side == tree-sitter && $differing != *"blocks "* ]]; then
      disagreements[$side]=$(grep -c '^verdict' <<<"$differing" || true)
      continue
    fi
    [[ -z $differing ]] || fail "$side and ours differ: $(head -n 3 <<<"$differing")"
  done
}

# Every resource was found, and the changed files have hclwrite's bytes.
compare_answers() {
  local wrong=${most[plumb-repository locate wrong]:-} ours theirs
  [[ -z ${not_run[plumb-repository]:-} ]] || fail "our side on the repository: ${not_run[plumb-repository]}"
  [[ $wrong == 0 ]] || fail "$wrong resources of the generated repository were not found, or others in their place"
  ours=$(answer_of plumb-repository edit change_digest)
  theirs=$(answer_of hclwrite-repository edit change_digest)
  [[ -n ${not_run[hclwrite-repository]:-} || $ours == "$theirs" ]] ||
    fail "a changed argument gives other bytes than hclwrite's ($ours, $theirs)"
}
