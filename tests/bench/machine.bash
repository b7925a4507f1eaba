# shellcheck shell=bash
# What the benches say about the machine, and texts in JSON. Sourced by each.

# Name and value, a line each. DIRECTORY: where the bench works; LOAD: before it began.
machine_rows() {
  printf '%s\t%s\n' \
    processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
    cores "$(nproc)" \
    memory "$(awk '$1 == "MemTotal:" { printf "%.1f GiB", $2 / 1048576 }' /proc/meminfo)" \
    kernel "$(uname -sr)" \
    "file system" "$(stat -f -c %T "$1")" \
    "load before" "$2"
}

json_text() { local t=${1//\\/\\\\}; printf '"%s"' "${t//\"/\\\"}"; }

# Lines of name and value, as the members of an object.
json_members() {
  local name value comma=''
  while IFS=$'\t' read -r name value; do
    printf '%s\n    %s: %s' "$comma" "$(json_text "${name// /_}")" "$(json_text "$value")"
    comma=,
  done
}
