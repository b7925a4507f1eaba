# shellcheck shell=bash
# The servers of the queue bench, and the turns of our own sides and of their limits. Sourced by queue.
# shellcheck disable=SC2154 # queue sets them

redis_pid='' redis_port='' redis_socket=$work/redis.sock kafka='' embedded='' embedded_pid=''
fed=0 # counts consumer groups: each turn reads from the beginning

free_port() {
  local port
  while port=$((20000 + RANDOM % 10000)); do (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break; done
  echo "$port"
}
redis_do() { redis-cli -s "$redis_socket" "$@"; }
redis_begin() {
  redis_port=$(free_port)
  redis-server --bind 127.0.0.1 --port "$redis_port" --unixsocket "$redis_socket" --save '' --appendonly no \
    --maxmemory-policy noeviction --dir "$work" >"$work/redis.log" 2>&1 &
  redis_pid=$!
  wait_for 20 Redis eval '[[ $(redis_do ping 2>/dev/null) == PONG ]]'
}
redis_url() { # transport
  [[ $1 == tcp ]] && echo "redis://127.0.0.1:$redis_port/0" || echo "unix://$redis_socket"
}

# Without Java, Maven or their jars the embedded broker remains.
kafka_begin() {
  if ! kafka=$("$top/tests/kafka/kafka" start "$work/kafka" 2>"$work/kafka.err"); then
    kafka='' not_run[kafka]="$(tail -n 1 "$work/kafka.err")"
    return
  fi
  fill "$kafka" 8
}
embedded_begin() { # a new one for each round: it keeps little
  [[ -p $work/broker.in ]] || mkfifo "$work/broker.in"
  "$ours" broker 32 <"$work/broker.in" >"$work/broker.out" 2>"$work/broker.err" &
  embedded_pid=$!
  exec {broker_in}>"$work/broker.in"
  wait_for 20 "the embedded broker" grep -q '^brokers=' "$work/broker.out"
  embedded=$(sed -n 's/^brokers=//p' "$work/broker.out")
  fill "$embedded" 32
}
embedded_end() {
  exec {broker_in}>&-
  wait "$embedded_pid" || fail "the embedded broker: $(tail -n 1 "$work/broker.err")"
  embedded_pid=''
}
servers_end() {
  [[ -z $embedded_pid ]] || end_all "$embedded_pid"
  [[ -z $kafka ]] || "$top/tests/kafka/kafka" kill "$work/kafka"
  [[ -z $redis_pid ]] || end_all "$redis_pid"
}

# The items of the whole path lie in one topic, the many records of the others in the one beside.
fill() { # brokers partitions
  "$ours" fill "$1" bench.items "$items" "$2" >>"$work/fill.log" 2>&1 || fail "$(tail -n 1 "$work/fill.log")"
  "$ours" fill "$1" bench.records "$records" "$2" >>"$work/fill.log" 2>&1 || fail "$(tail -n 1 "$work/fill.log")"
}

sample() { # side items nanoseconds
  printf '%s\t%s\t%s\t%s\n' "$1" "$round" "$2" "$3" >>"$work/samples.tsv"
}
# A verb of ours as a turn: it says how many items it did, and that must be all of them.
take_turn() { # side items verb arguments…
  local side=$1 expected=$2 line done_items ns
  shift 2
  line=$("$ours" "$@" 2>>"$work/ours.err") || fail "$side: $(tail -n 1 "$work/ours.err")"
  done_items=${line#items=} done_items=${done_items%% *} ns=${line##*ns=}
  [[ $done_items == "$expected" ]] || fail "$side: $done_items of $expected items"
  sample "$side" "$done_items" "$ns"
}

turn_claims() { # transport connections
  redis_do flushall >/dev/null
  take_turn "claims-$1-$2" "$claims" claims "$(redis_url "$1")" "$claims" "$2"
  [[ $(redis_do dbsize) == "$claims" ]] || fail "$claims claims left $(redis_do dbsize) keys"
}
# The same script with arguments of the same length; the keys' random part makes nearly all of them fresh.
turn_limit() { # transport connections
  local where=(-s "$redis_socket") sha rate
  [[ $1 == unix ]] || where=(-h 127.0.0.1 -p "$redis_port")
  redis_do flushall >/dev/null
  sha=$("$ours" script | redis_do -x script load)
  rate=$(redis-benchmark "${where[@]}" -c "$2" -n "$claims" -r 1000000000 --csv evalsha "$sha" 1 \
    "plumb:item:$(printf '%052d' 0)__rand_int__" 00000000-0000-4000-8000-000000000000 60000 2>/dev/null |
    awk -F '","' 'END { print $2 }')
  (($(redis_do dbsize) > claims * 99 / 100)) || fail "redis-benchmark left $(redis_do dbsize) keys of $claims"
  sample "limit-$1-$2" "$claims" "$(awk -v n="$claims" -v rate="$rate" 'BEGIN { printf "%.0f", 1e9 * n / rate }')"
}

turn_raw() { # broker
  [[ -n ${!1} ]] || return 0
  take_turn "raw-$1" "$records" raw "${!1}" bench.records "$records" "bench-$((++fed))"
}
turn_noop() { # broker
  [[ -n ${!1} ]] || return 0
  take_turn "noop-$1" "$records" noop "${!1}" bench.records "$records" "bench-$((++fed))"
}
depth() { "$ours" depth "$1" plumb.audit.v1 2>>"$work/ours.err" | sed -n 's/^records=//p'; }
# Each item once, then twice more when all have ended. Redis on TCP, as the rivals have it.
turn_path() { # broker
  local before after
  [[ -n ${!1} ]] || return 0
  redis_do flushall >/dev/null
  before=$(depth "${!1}")
  take_turn "path-$1" "$items" path "${!1}" bench.items "$items" "bench-$((++fed))" "$(redis_url tcp)" "$threads" first
  [[ $(redis_do dbsize) == "$items" ]] || fail "$items items left $(redis_do dbsize) records in Redis"
  take_turn "again-$1" "$items" path "${!1}" bench.items "$items" "bench-$((++fed))" "$(redis_url tcp)" "$threads" again
  take_turn "known-$1" "$items" path "${!1}" bench.items "$items" "bench-$((++fed))" "$(redis_url tcp)" "$threads" known
  after=$(depth "${!1}")
  ((after - before == 2 * items)) || fail "$((after - before)) events of $((2 * items)) are on the audit topic of $1"
}

facts_offsets() {
  "$ours" offsets "$stuck" | tr ' ' '\n' | tr '=' '\t' >>"$work/facts.tsv"
}
