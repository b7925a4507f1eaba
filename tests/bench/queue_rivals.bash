# shellcheck shell=bash
# Workers of others, with jobs that do nothing, on the same Redis over TCP: BullMQ in the version that its lock file
# fixes, and the Celery that is installed. Sourced by queue.
# shellcheck disable=SC2154,SC2034 # queue sets them, and the report reads

bullmq=$out/bullmq python=''

rivals_prepare() {
  local candidate
  bullmq_prepare
  for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import celery, redis' 2>/dev/null && python=$(command -v "$candidate") && break
  done
  [[ -n $python ]] || not_run[celery]="no Python here has celery and redis (packages python3-celery, python3-redis)"
}
bullmq_prepare() {
  command -v node >/dev/null && command -v npm >/dev/null ||
    { not_run[bullmq]="node and npm are not installed (./dev setup bench)"; return 0; }
  mkdir -p "$bullmq"
  cp "$here/rivals/bullmq/"*.{mjs,json} "$bullmq/"
  cmp -s "$bullmq/package-lock.json" "$bullmq/installed" && return
  say "npm brings BullMQ into $bullmq"
  if timeout --kill-after=5 120 npm ci --prefix "$bullmq" --ignore-scripts --no-audit --no-fund >"$work/npm.log" 2>&1 </dev/null; then
    cp "$bullmq/package-lock.json" "$bullmq/installed"
  else
    not_run[bullmq]="npm could not bring it: $(tail -n 1 "$work/npm.log")"
  fi
}

# A rival's line is as ours: items=N ns=N. One that fails is left out from then on, and named.
rival_turn() { # side jobs command…
  local side=$1 expected=$2 line
  shift 2
  [[ -z ${not_run[$side]:-} ]] || return 0
  redis_do flushall >/dev/null
  if ! line=$(timeout --kill-after=5 90 "$@" 2>"$work/$side.err" | grep '^items=') || [[ $line != "items=$expected ns="* ]]; then
    not_run[$side]="it did ${line:-nothing}, not $expected jobs: $(tail -n 1 "$work/$side.err")"
    say "$side: ${not_run[$side]}"
    return 0
  fi
  sample "$side" "$expected" "${line##*ns=}"
}
turn_bullmq() { rival_turn bullmq "$jobs" node "$bullmq/noop.mjs" "$redis_port" "$jobs" "$threads"; }
turn_celery() { rival_turn celery "$celery_jobs" "$python" "$here/rivals/celery_noop.py" "$redis_port" "$celery_jobs" "$(nproc)"; }

rival_version() {
  case $1 in
    bullmq) sed -n 's/.*"bullmq": "\(.*\)".*/\1/p' "$here/rivals/bullmq/package.json" ;;
    celery) "$python" -c 'import celery; print(celery.__version__)' ;;
  esac
}
