# shellcheck shell=bash
# The other side of the bench: the git command line, with git's own settings. Sourced by bench.
#
#   git-clone   for each change: clone, branch, commit, push; what a script or a CI job does
#   git-kept    one clone per repository, kept: fetch, branch, commit, push; its changes follow each other
#
# It is given the edited file and a branch name: finding out what to write, judging it and opening a pull
# request are not asked of it. Throwing the clones away is not timed.
# shellcheck disable=SC2154 # bench sets them

# A line for each call of git_clone or git_kept: their arguments.
rival_calls() { # side directory
  local i k branch path
  if [[ $1 == git-kept ]]; then
    for ((i = 0; i < repositories; i++)); do
      printf '%s\n' "$work/edits/$i.list $work/edits/$i $2/r-$i.git $work/clones/$i"
    done
    return
  fi
  for ((k = 1; k <= per_repository; k++)); do
    for ((i = 0; i < repositories; i++)); do
      read -r branch path < <(sed -n "${k}p" "$work/edits/$i.list")
      printf '%s\n' "$work/edits/$i/$branch $path compliance-remediation/$branch $2/r-$i.git $work/clones/$i-$k"
    done
  done
}

rival_run() { # side round directory
  local started ms ticks pushed program=$here/${1/-/_}
  local -a cpu
  local TIMEFORMAT='%U %S'
  mkdir -p "$work/clones"
  rival_calls "$1" "$3" >"$work/rival.calls"
  started=$(now_ms)
  {
    time env -i PATH="$PATH" HOME="$work" GIT_CONFIG_NOSYSTEM=1 \
      GIT_AUTHOR_NAME=Bench GIT_AUTHOR_EMAIL=bench@localhost \
      GIT_COMMITTER_NAME=Bench GIT_COMMITTER_EMAIL=bench@localhost \
      timeout 90 xargs -P "$parallel" -L 1 "$program" <"$work/rival.calls"
  } 2>"$work/rival.log" || fail "$1, round $2: $(tail -n 3 "$work/rival.log")"
  ms=$(($(now_ms) - started))
  read -r -a cpu < <(tail -n 1 "$work/rival.log")
  ticks=$(awk -v u="${cpu[0]}" -v s="${cpu[1]}" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%d", (u + s) * hz }')
  pushed=$(find "$3" -path '*/refs/heads/compliance-remediation/*' -type f | wc -l)
  ((pushed == repositories * per_repository)) || fail "$1, round $2: $pushed branches were pushed"
  sample "$1" "$2" "$pushed" "$ms" "$ticks"
  rm -rf "$work/clones"
}
