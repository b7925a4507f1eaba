# shellcheck shell=bash
# Gets and builds the rivals of the HCL bench. Versions are fixed; nothing of theirs is kept in this
# repository. What is not to be had is said in not_run, with the reason. Sourced by hcl.
# shellcheck disable=SC2154,SC2034 # hcl sets them, and reads not_run

tree_sitter_version=0.25.0 grammar_version=1.2.0 hcl2json_version=0.21.0
npm=$out/npm
modules=$npm/node_modules

# attempt SECONDS LOG COMMAND…
attempt() { timeout --kill-after=5 "$1" "${@:3}" >"$2" 2>&1 </dev/null; }

has_module() { # name version
  grep -qs "\"version\": \"$2\"" "$modules/$1/package.json"
}

# Sources and WebAssembly only: no script of a package is run.
rivals_download() {
  has_module tree-sitter $tree_sitter_version && has_module @tree-sitter-grammars/tree-sitter-hcl $grammar_version &&
    has_module @cdktf/hcl2json $hcl2json_version && return
  command -v npm >/dev/null || { echo "npm is not installed (./dev setup bench)"; return 1; }
  say "npm brings tree-sitter, its HCL grammar and hcl2json into $npm"
  mkdir -p "$npm"
  attempt 90 "$work/npm.log" npm install --prefix "$npm" --ignore-scripts --no-save --no-audit --no-fund \
    --legacy-peer-deps "tree-sitter@$tree_sitter_version" "@tree-sitter-grammars/tree-sitter-hcl@$grammar_version" \
    "@cdktf/hcl2json@$hcl2json_version" || { echo "npm could not bring it: $(tail -n 1 "$work/npm.log")"; return 1; }
}

tree_sitter=$out/tree_sitter
rival_tree_sitter() {
  local why source optimise=-O2 lib=$modules/tree-sitter/vendor/tree-sitter/lib
  local grammar=$modules/@tree-sitter-grammars/tree-sitter-hcl/src
  why=$(rivals_download) || { not_run[tree-sitter]=$why; return 0; }
  # Quick to build where nobody looks at its speed.
  ! $quick || [[ -x $tree_sitter ]] || tree_sitter=$out/tree_sitter_quick optimise=-O0
  for source in "$lib/src/lib.c" "$grammar/parser.c" "$here/rivals/tree_sitter.c" "$here/side_parse.c" "$here/side.c" ''; do
    [[ -n $source ]] || return 0
    [[ $tree_sitter -nt $source ]] || break
  done
  say "building tree-sitter and its grammar"
  # Its sources are not held to our warnings.
  attempt 120 "$work/tree-sitter.log" "${CC:-cc}" $optimise -std=gnu17 -D_GNU_SOURCE -w -I "$top" -I "$lib/include" -I "$lib/src" \
    -I "$grammar" "$here/rivals/tree_sitter.c" "$here/side.c" "$here/side_parse.c" "$lib/src/lib.c" "$grammar/parser.c" \
    "$grammar/scanner.c" "$bin/libplumb_common.a" -o "$tree_sitter" ||
    not_run[tree-sitter]="it could not be built: $(grep -m 1 error "$work/tree-sitter.log" || tail -n 1 "$work/tree-sitter.log")"
}

rival_hcl2json() {
  local why
  why=$(rivals_download) || { not_run[hcl2json]=$why; return 0; }
  command -v node >/dev/null || not_run[hcl2json]="node is not installed (./dev setup bench)"
}

# Its modules come through go's own client into go's own cache; go.sum holds their sums.
rival_go() {
  local side why=''
  if ! command -v go >/dev/null; then
    why="go is not installed (./dev setup bench)"
  else
    say "go builds hclsyntax and hclwrite"
    attempt 240 "$work/go.log" env -C "$here/rivals/hclwrite" GOTOOLCHAIN=local GOWORK=off CGO_ENABLED=0 go build -o "$out/hclwrite" . ||
      why="go could not build it: $(tail -n 1 "$work/go.log")"
  fi
  [[ -z $why ]] || for side in hclsyntax hclwrite hclwrite-repository; do not_run["$side"]=$why; done
}

rival_terraform() {
  command -v terraform >/dev/null || not_run[terraform-fmt]="terraform is not installed"
}

rival_version() { # name
  case $1 in
    hclsyntax | hclwrite) sed -n 's/.*hashicorp\/hcl\/v2 v//p' "$here/rivals/hclwrite/go.mod" ;;
    tree-sitter) echo "$tree_sitter_version, grammar $grammar_version" ;;
    hcl2json) echo "$hcl2json_version" ;;
    terraform-fmt) CHECKPOINT_DISABLE=1 terraform version 2>/dev/null | sed -n 's/^Terraform v//p' ;;
  esac
}
