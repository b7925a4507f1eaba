# shellcheck shell=bash
# The sides as processes that wait for their turns (side.h has the protocol). Sourced by hcl.
# shellcheck disable=SC2154 # hcl sets them

declare -A side_pid=() side_in=() side_out=() not_run=()
trap '' PIPE # a side that died is noticed by its missing answer

# A side must not hold the others' inputs open: they end with them.
side_become() {
  local fd
  for fd in "${side_in[@]}" "${side_out[@]}"; do exec {fd}>&-; done
  exec "$@"
}

# side_start NAME COMMAND…: answers when it has read its files, or says in not_run why it does not.
side_start() {
  local name=$1 in out
  shift
  mkfifo "$work/$name.in" "$work/$name.out"
  side_become "$@" <"$work/$name.in" >"$work/$name.out" 2>"$work/$name.err" &
  side_pid[$name]=$!
  exec {in}>"$work/$name.in" {out}<"$work/$name.out"
  side_in[$name]=$in side_out[$name]=$out
  side_answer "$name" 0
}

# side_ask NAME ROUND COMMAND [ARGUMENT]: nothing is asked of a side that has gone.
side_ask() {
  [[ -z ${not_run[$1]:-} && -n ${side_in[$1]:-} ]] || return 0
  printf '%s\n' "${*:3}" 2>/dev/null 1>&"${side_in[$1]}" || true
  side_answer "$1" "$2"
}

# An answer's pairs become lines of samples.tsv: side, round, command, key, value.
side_answer() { # name round
  local line words pair
  if ! read -r -t "$patience_s" -u "${side_out[$1]}" line; then
    not_run[$1]="it ended or did not answer in $patience_s s: $(tail -n 1 "$work/$1.err")"
    say "$1: ${not_run[$1]}"
    return
  fi
  read -ra words <<<"$line"
  for pair in "${words[@]:1}"; do
    printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "${words[0]}" "${pair%%=*}" "${pair#*=}" >>"$work/samples.tsv"
  done
}

# The end of its input ends a side; one that does not answer is killed.
sides_end() {
  local name fd
  for name in "${!side_pid[@]}"; do
    fd=${side_in[$name]:-}
    [[ -z $fd ]] || exec {fd}>&-
    [[ -z ${not_run[$name]:-} ]] || kill -KILL "${side_pid[$name]}" 2>/dev/null || true
    wait "${side_pid[$name]}" 2>/dev/null || true
  done
  side_pid=()
}

# Those that sides_end has not met: this bench ends early.
sides_kill() {
  local name
  for name in "${!side_pid[@]}"; do
    kill -KILL "${side_pid[$name]}" 2>/dev/null || true
    wait "${side_pid[$name]}" 2>/dev/null || true
  done
}
