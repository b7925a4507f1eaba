# shellcheck shell=bash
# What the queue bench says in the end. Sourced by queue.
# shellcheck disable=SC2154 # queue sets them

sides=(claims-unix-1 limit-unix-1 claims-unix-50 limit-unix-50 claims-tcp-1 limit-tcp-1 claims-tcp-50 limit-tcp-50
  raw-kafka noop-kafka path-kafka again-kafka known-kafka raw-embedded noop-embedded path-embedded again-embedded known-embedded bullmq celery)

# A line for each side: side, rounds, items, median, least and most a second.
report_rows() {
  local side
  for side in "${sides[@]}"; do
    awk -F '\t' -v side="$side" '$1 == side { print $3, 1e9 * $3 / $4 }' "$work/samples.tsv" | sort -g -k 2 |
      awk -v side="$side" -v OFS='\t' '{ items = $1; rate[NR] = $2 }
        END { if (NR) print side, NR, items, NR % 2 ? rate[(NR + 1) / 2] : (rate[NR / 2] + rate[NR / 2 + 1]) / 2, rate[1], rate[NR] }'
  done
}
rate_of() { awk -F '\t' -v side="$1" '$1 == side { print $4 }' "$work/rows.tsv"; }
ratio() { awk -v a="$(rate_of "$1")" -v b="$(rate_of "$2")" 'BEGIN { if (a != "" && b > 0) printf "%.2f", a / b; else printf "-" }'; }
fact_of() { awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$work/facts.tsv"; }

title() {
  case $1 in
    claims-*-1) echo "our claims, 1 connection, ${1:7:-2}" ;;
    limit-*-1) echo "redis-benchmark -c 1 evalsha, the same script, ${1:6:-2}" ;;
    claims-*-50) echo "our claims, 50 threads with a connection each, ${1:7:-3}" ;;
    limit-*-50) echo "redis-benchmark -c 50 evalsha, the same script, ${1:6:-3}" ;;
    raw-*) echo "librdkafka alone, $(broker_title "${1#*-}")" ;;
    noop-*) echo "consume, track, commit; $(broker_title "${1#*-}")" ;;
    path-*) echo "consume, claim, finish, event, commit; $threads threads, $(broker_title "${1#*-}")" ;;
    again-*) echo "the same once more: every item has ended; $(broker_title "${1#*-}")" ;;
    known-*) echo "and without the event; $(broker_title "${1#*-}")" ;;
    bullmq) echo "BullMQ $(rival_version bullmq), jobs that do nothing, concurrency $threads" ;;
    celery) echo "Celery $(rival_version celery), jobs that do nothing, $(nproc) processes" ;;
  esac
}
broker_title() { [[ $1 == kafka ]] && echo "Kafka" || echo "embedded broker"; }

# What is divided by what, and the aim.
ratios=(
  'claims-unix-1 limit-unix-1 0.80' 'claims-unix-50 limit-unix-50 0.70' 'claims-tcp-1 limit-tcp-1 0.80'
  'claims-tcp-50 limit-tcp-50 0.70' 'noop-kafka raw-kafka 0.50' 'noop-embedded raw-embedded 0.50'
  'again-kafka limit-tcp-50 0.60' 'again-embedded limit-tcp-50 0.60' 'known-kafka limit-tcp-50 0.60' 'known-embedded limit-tcp-50 0.60' 'path-kafka bullmq 2' 'path-kafka celery 12'
)

machine() {
  machine_rows "$work" "$load_before"
  printf '%s\t%s\n' "load after" "$load_after" \
    plumb "$("$bin/plumb" --version 2>/dev/null | head -n 1)" \
    redis "$(redis-server --version | sed 's/.* v=\([^ ]*\).*/\1/')" \
    librdkafka "$(dpkg-query -W -f '${Version}' librdkafka1 2>/dev/null || echo unknown)" \
    kafka "$([[ -n $kafka ]] && sed -n 's/.*Kafka version: \([0-9.]*\).*/\1/p' "$work/kafka/log" | head -n 1 || echo none)"
}

report_facts() {
  printf '| what | seen | aim |\n|---|---:|---:|\n'
  printf '| commit map: %s offsets done above one that is not | %s bytes | 64 |\n' "$(fact_of done)" "$(fact_of map_bytes)"
  printf '| the same with %s holes | %s bytes | 4096 |\n' "$(fact_of holes)" "$(fact_of holes_map_bytes)"
  printf '| tracker, for an offset in flight (of %s) | %s bytes | 32 |\n' "$(fact_of in_flight)" \
    "$(awk -v b="$(fact_of in_flight_bytes)" -v n="$(fact_of in_flight)" 'BEGIN { printf "%.1f", b / n }')"
  printf '| a worker at rest (RSS) | %.1f MiB | 24 |\n' "$(awk -v k="$(fact_of idle_rss_kb)" 'BEGIN { print k / 1024 }')"
  printf '| a worker with 32 items under way (RSS) | %.1f MiB | 64 |\n' "$(awk -v k="$(fact_of held_rss_kb)" 'BEGIN { print k / 1024 }')"
  printf '| SIGKILL of a worker with 32 items, to the end of the last one | %.1f s | %.1f |\n' \
    "$(awk -v ms="$(fact_of recovery_ms)" 'BEGIN { print ms / 1000 }')" "$(awk -v ms="$(fact_of lease_ms)" 'BEGIN { print ms / 1000 + 2 }')"
  printf '\nLease %s ms, Kafka session %s ms, first retry tier 1 s.\n' "$(fact_of lease_ms)" "$(fact_of session_ms)"
}

report_markdown() {
  local side rounds items median low high line name
  printf '| what | a second, median (least to most) | rounds x items |\n|---|---:|---:|\n'
  while IFS=$'\t' read -r side rounds items median low high; do
    printf '| %s | %.0f (%.0f to %.0f) | %s x %s |\n' "$(title "$side")" "$median" "$low" "$high" "$rounds" "$items"
  done <"$work/rows.tsv"
  printf '\n| ratio of medians | seen | aim |\n|---|---:|---:|\n'
  for line in "${ratios[@]}"; do
    read -r -a name <<<"$line"
    printf '| %s : %s | %s | %s |\n' "${name[0]}" "${name[1]}" "$(ratio "${name[0]}" "${name[1]}")" "${name[2]}"
  done
  printf '\n'
  report_facts
  for name in kafka bullmq celery; do
    [[ -z ${not_run[$name]:-} ]] || printf 'NOT RUN: %s: %s\n' "$name" "${not_run[$name]}"
  done
  printf '\n'
  machine | while IFS=$'\t' read -r name line; do printf -- '- %s: %s\n' "$name" "$line"; done
}

report_json() {
  local side rounds items median low high line name comma=''
  printf '{\n  "quick": %s,\n  "machine": {' "$quick"
  machine | json_members
  printf '\n  },\n  "sides": {'
  while IFS=$'\t' read -r side rounds items median low high; do
    printf '%s\n    "%s": {"rounds": %s, "items": %s, "per_second_median": %.1f, "per_second_min": %.1f, "per_second_max": %.1f}' \
      "$comma" "$side" "$rounds" "$items" "$median" "$low" "$high"
    comma=,
  done <"$work/rows.tsv"
  printf '\n  },\n  "ratio_of_medians": {'
  comma=''
  for line in "${ratios[@]}"; do
    read -r -a name <<<"$line"
    line=$(ratio "${name[0]}" "${name[1]}")
    printf '%s\n    "%s/%s": %s' "$comma" "${name[0]}" "${name[1]}" "${line/#-/null}"
    comma=,
  done
  printf '\n  },\n  "facts": {'
  json_members <"$work/facts.tsv"
  printf '\n  }\n}\n'
}
