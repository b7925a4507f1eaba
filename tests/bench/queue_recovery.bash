# shellcheck shell=bash
# What a worker holds, idle and with 32 items under way; and how long it takes until all has ended when it is killed
# then. Real processes: plumb poll, plumb work twice. Sourced by queue.
# shellcheck disable=SC2154 # queue sets them

declare -A role=() # name: pid

# The lease is scaled, and with it what a record waits for whose item another worker holds.
role_start() { # name threads terraform command
  local -a environment
  mkdir -p "$work/$1/data"
  mapfile -t environment < <(stack_environment "$1" "$2" "$3")
  env -i "${environment[@]}" "LOCAL_FORGE_DIR=$work/repositories" "KAFKA_BOOTSTRAP_SERVERS=${kafka:-$embedded}" \
    "REDIS_URL=unix://$redis_socket" KAFKA_FETCH_WAIT_MS=20 "KAFKA_SESSION_TIMEOUT_MS=$session_ms" \
    "WORKER_LEASE_MS=$lease_ms" RETRY_TIERS_SECONDS=1,60,300,600 KAFKA_CONSUMER_GROUP=bench-recovery \
    "$bin/plumb" "$4" >"$work/$1.log" 2>&1 &
  role[$1]=$!
}
role_end() { # name
  end_all "${role[$1]}"
  unset "role[$1]"
}
recovery_end() {
  local pid
  ((${#role[@]} == 0)) || end_all "${role[@]}"
  [[ ! -s $work/slow.pids ]] || while read -r pid; do kill "$pid" 2>/dev/null || true; done <"$work/slow.pids"
}
rss_kb() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$1/status"; }
fact() { printf '%s\t%s\n' "$1" "$2" >>"$work/facts.tsv"; }
is_assigned() { said "$1.log" work queue.assigned; }
holds() { # name items
  local n
  n=$(get_metric "$(field "$1.log" worker.listening port)" plumb_items_in_flight)
  ((${n:-0} >= $2))
}
ended() { grep -h '"event":"item.ended"' "$work/victim.log" "$work/heir.log" 2>/dev/null | sed -n 's/.*"item":"\([^"]*\)".*/\1/p' | sort; }
all_ended() { (($(ended | uniq | wc -l) >= $1)); }

# A terraform that does not come back: so an item stays where it is.
slow_write() {
  printf '#!/bin/sh\necho $$ >>"%s"\nexec sleep 300\n' "$work/slow.pids" >"$work/slow"
  chmod +x "$work/slow"
}

recovery_run() {
  local held=32 repositories=10 findings session_ms=4000 killed_ms last
  findings=$((repositories * per_repository))
  say "a worker at rest, with $held items under way, and killed"
  # The embedded broker takes two session times to give a dead worker's partitions to another.
  [[ -n $kafka ]] || { lease_ms=15000 session_ms=6000; embedded_begin; }
  redis_do flushall >/dev/null
  repositories_make "$repositories"
  repositories_fresh "$work/repositories/acme" r "$repositories"
  findings_write r "$repositories" >"$work/findings.jsonl"
  slow_write

  role_start idle 3 '' work
  wait_for 60 "the worker at rest" is_assigned idle
  sleep 3
  fact idle_rss_kb "$(rss_kb "${role[idle]}")"
  role_end idle

  role_start poll 3 '' poll
  role_start victim "$held" "$work/slow" work
  wait_for 60 "the worker that will be killed" is_assigned victim
  wait_for 30 "the intake" said poll.log poll poll.listening
  post "$(field poll.log poll.listening port)" "$work/findings.jsonl"
  wait_for 60 "$held items under way" holds victim "$held"
  sleep 2
  fact held_rss_kb "$(rss_kb "${role[victim]}")"
  role_start heir 3 '' work
  wait_for 60 "the worker that remains" is_assigned heir

  killed_ms=$(now_ms)
  kill -KILL "${role[victim]}"
  wait "${role[victim]}" 2>/dev/null || true
  unset "role[victim]"
  wait_for 120 "all $findings items" all_ended "$findings"
  last=$(grep -h '"event":"item.ended"' "$work/victim.log" "$work/heir.log" | sed 's/.*"ts":"\([^"]*\)".*/\1/' | sort | tail -n 1)
  fact lease_ms "$lease_ms"
  fact session_ms "$session_ms"
  fact recovery_ms $(($(date -d "$last" +%s%3N) - killed_ms))
  [[ -z $(ended | uniq -d) ]] || fail "ended twice: $(ended | uniq -d | head -n 3)"
  [[ $(ended | wc -l) == "$findings" ]] || fail "$(ended | wc -l) of $findings items ended"
  role_end heir
  role_end poll
}
