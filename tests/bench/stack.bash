# shellcheck shell=bash
# Our side of the bench: plumb up (embedded broker, private Redis, poll, work, sink), one per
# configuration, all started before the first round. Sourced by bench.
# shellcheck disable=SC2154 # bench sets them
# shellcheck disable=SC2034 # the report reads them

declare -A stack_up=() stack_extra=() stack_port=()
idle_rss_kb=0 idle_cpu_percent=0 work_rss_kb=0

wait_for() { # seconds what command…
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < until)) || fail "waited too long for $what"
    sleep 0.1
  done
}

stack_environment() { # name threads terraform: an environment of our own, nothing of the caller's
  printf '%s\n' "PATH=$PATH" "HOME=$work" ENVIRONMENT=development GITHUB_REMEDIATION_ENABLED=true \
    MAX_PR_PER_RUN=0 SOURCES= HTTP_PORT=0 ALLOW_PRIVATE_HOSTS=true "LOCAL_FORGE_DIR=$work/$1/repositories" \
    "DATA_DIR=$work/$1/data" "MAX_CONCURRENT_WORKERS=$2" "TERRAFORM_BINARY=$3"
}

stack_start() { # name threads terraform
  local -a environment
  mkdir -p "$work/$1/repositories/acme" "$work/$1/data"
  mapfile -t environment < <(stack_environment "$@")
  env -i "${environment[@]}" "$bin/plumb" up >"$work/$1/up.log" 2>&1 &
  stack_up[$1]=$!
}

said() { grep -q "\"role\":\"$2\",\"event\":\"$3\"" "$work/$1"; } # log role event
field() { sed -n "s/.*\"event\":\"$2\".*\"$3\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$work/$1" | tail -n 1; }

stack_ready() { # name
  wait_for 30 "the worker of $1" said "$1/up.log" work queue.assigned
  wait_for 30 "the sink of $1" said "$1/up.log" sink queue.assigned
  stack_port[$1]=$(field "$1/up.log" poll.listening port)
}

# A second worker process beside the one of plumb up; ready when the partitions are shared.
stack_add_worker() { # name
  local -a environment
  local all
  all=$(sed -n 's/.*"role":"work","event":"queue.assigned","partitions":\([0-9]*\).*/\1/p' "$work/$1/up.log" | tail -n 1)
  : >"$work/$1/extra.log"
  mapfile -t environment < <(stack_environment "$1" $((parallel / 2)) '')
  env -i "${environment[@]}" "REDIS_URL=unix://$work/$1/data/redis/redis.sock" KAFKA_FETCH_WAIT_MS=20 \
    KAFKA_SESSION_TIMEOUT_MS=6000 "KAFKA_BOOTSTRAP_SERVERS=$(field "$1/up.log" up.started kafka)" \
    "$bin/plumb" work >"$work/$1/extra.log" 2>&1 &
  stack_extra[$1]=$!
  # shellcheck disable=SC2317 # called by wait_for
  shared() {
    local n
    n=$(field "$1/extra.log" queue.assigned partitions)
    ((${n:-0} > 0 && n < all))
  }
  wait_for 30 "the second worker of $1" shared "$1"
}

stack_pids() { # name: every process of it
  local pid=${stack_up[$1]}
  echo "$pid" "$(<"/proc/$pid/task/$pid/children")" "${stack_extra[$1]:-}"
}
stack_worker() { # name: the worker's process of plumb up
  local pid
  for pid in $(stack_pids "$1"); do
    [[ $(<"/proc/$pid/comm") != plumb-work ]] || echo "$pid"
  done
}
cpu_ticks() { # pid…
  local pid sum=0
  local -a stat
  for pid in "$@"; do
    read -r -a stat <"/proc/$pid/stat"
    sum=$((sum + stat[13] + stat[14] + stat[15] + stat[16])) # its own, and its children's that have ended
  done
  echo "$sum"
}

# Before its first item: what it holds, and what waiting costs (all its processes).
stack_idle() { # name seconds
  local -a pids
  local before after
  idle_rss_kb=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$(stack_worker "$1")/status")
  read -r -a pids < <(stack_pids "$1")
  before=$(cpu_ticks "${pids[@]}")
  sleep "$2"
  after=$(cpu_ticks "${pids[@]}")
  idle_cpu_percent=$(awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v s="$2" 'BEGIN { printf "%.1f", 100 * t / hz / s }')
}
stack_at_work() { # name
  work_rss_kb=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$(stack_worker "$1")/status")
}

post() { # port file
  local status=''
  exec 9<>"/dev/tcp/127.0.0.1/$1"
  printf 'POST /v1/findings HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n' >&9
  printf 'Content-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n' "$(stat -c %s "$2")" >&9
  cat "$2" >&9
  read -r -t 60 status <&9 || true
  exec 9>&-
  [[ $status == *' 202 '* ]] || fail "the intake answered: $status"
}

# From the POST to the moment that the last line names. The audit log is read from where it ended before.
ended_lines() { tail -c "+$(($2 + 1))" "$1" 2>/dev/null | grep '"kind":"item.ended"' || true; } # file offset
have_ended() { # file offset count
  local n
  n=$(ended_lines "$1" "$2" | wc -l)
  ((n >= $3))
}
stack_run() { # name round items
  local log=$work/$1/data/audit/audit.jsonl
  local -a pids
  local offset before started last opened
  offset=$(stat -c %s "$log" 2>/dev/null || echo 0)
  read -r -a pids < <(stack_pids "$1")
  before=$(cpu_ticks "${pids[@]}")
  started=$(now_ms)
  post "${stack_port[$1]}" "$work/$1/findings.jsonl"
  wait_for 40 "$3 items of $1" have_ended "$log" "$offset" "$3"
  last=$(ended_lines "$log" "$offset" | sed 's/.*"timestamp":"\([^"]*\)".*/\1/' | sort | tail -n 1)
  sample "$1" "$2" "$3" $(($(date -d "$last" +%s%3N) - started)) $(($(cpu_ticks "${pids[@]}") - before))
  opened=$(ended_lines "$log" "$offset" | grep "\"node_id\":\"acme/$1-$2-" | grep -c '"state":"PR_OPEN"' || true)
  ((opened == $3)) || fail "$1, round $2: $opened of $3 findings ended with a pull request"
}

get_metric() { # port name
  exec 9<>"/dev/tcp/127.0.0.1/$1"
  printf 'GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&9
  awk -v name="$2" '$1 == name { printf "%d", $2 }' <&9
  exec 9>&-
}
# Findings that have ended are told so by Redis and never reach git. The trail keeps one line each, so the
# worker's own count is asked, every few milliseconds.
stack_run_again() { # name round items
  local log=$work/$1/data/audit/audit.jsonl name=plumb_items_duplicate_total
  local -a pids
  local planned port target now before started until=$((SECONDS + 40))
  planned=$(grep -c '"kind":"plan.saved"' "$log")
  port=$(field "$1/up.log" worker.listening port)
  now=$(get_metric "$port" "$name")
  target=$((${now:-0} + $3))
  read -r -a pids < <(stack_pids "$1")
  before=$(cpu_ticks "${pids[@]}")
  started=$(now_ms)
  post "${stack_port[$1]}" "$work/$1/again.jsonl"
  until now=$(get_metric "$port" "$name") && ((${now:-0} >= target)); do
    ((SECONDS < until)) || fail "$1, round $2: ${now:-0} of $target repeated findings were counted"
    sleep 0.03
  done
  sample duplicates "$2" "$3" $(($(now_ms) - started)) $(($(cpu_ticks "${pids[@]}") - before))
  [[ $(grep -c '"kind":"plan.saved"' "$log") == "$planned" ]] || fail "a finding that had ended was worked on again"
}

end_all() { # pid…
  local pid until=$((SECONDS + 10))
  for pid in "$@"; do kill "$pid" 2>/dev/null || true; done
  for pid in "$@"; do
    while kill -0 "$pid" 2>/dev/null && ((SECONDS < until)); do sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true # its children end with it
    wait "$pid" 2>/dev/null || true
  done
}
stacks_end() {
  end_all "${stack_extra[@]}" # while there is a broker to take leave of
  end_all "${stack_up[@]}"
}
