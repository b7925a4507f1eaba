# shellcheck shell=bash
# Repositories, findings and edits of the bench. Sourced by bench; uses its $work and $per_repository.
# Repository i has the same content in every round and on every side; only its name differs.
# shellcheck disable=SC2154 # bench sets them

bench_git() { # git without the user's settings
  GIT_CONFIG_NOSYSTEM=1 HOME=$work git -c user.name=Bench -c user.email=bench@localhost "$@"
}

# Forty buckets in four files, as people write them.
repository_write() { # directory i
  local file k
  mkdir -p "$1/live"
  for file in 0 1 2 3; do
    for ((k = file; k < 40; k += 4)); do
      printf 'resource "aws_s3_bucket" "b%d" {\n  bucket = "bench-%d-%d"\n\n' "$k" "$2" "$k"
      printf '  tags = {\n    Team  = "team-%d"\n    Stage = var.stage\n  }\n}\n\n' "$file"
    done >"$1/live/buckets_$file.tf"
  done
  printf 'variable "stage" {\n  type    = string\n  default = "prod"\n}\n' >"$1/live/variables.tf"
  printf '# Buckets of stage %d\n' "$2" >"$1/README.md"
}

repositories_make() { # count
  local i source=$work/source
  mkdir -p "$work/template"
  for ((i = 0; i < $1; i++)); do
    rm -rf "$source"
    repository_write "$source" "$i"
    bench_git init --quiet --initial-branch main --template= "$source"
    bench_git -C "$source" add .
    bench_git -C "$source" commit --quiet --message "Buckets"
    bench_git clone --quiet --bare --no-local --template= "$source" "$work/template/$i.git"
  done
  rm -rf "$source"
}

repositories_fresh() { # directory prefix count: DIRECTORY/PREFIX-I.git
  local i
  mkdir -p "$1"
  for ((i = 0; i < $3; i++)); do cp -r "$work/template/$i.git" "$1/$2-$i.git"; done
}

# Neighbours in the list are in different repositories, as they would be in a scanner's.
findings_write() { # prefix count
  local i k control
  for ((k = 0; k < per_repository; k++)); do
    control=CKV_AWS_21
    ((k % 2 == 0)) || control=CKV2_AWS_61
    for ((i = 0; i < $2; i++)); do
      printf '{"source":"checkov","control":"%s","repository":"acme/%s-%d",' "$control" "$1" "$i"
      printf '"address":"aws_s3_bucket.b%d","file":"live/buckets_%d.tf","terraform_path":"live",' "$k" $((k % 4))
      printf '"detected_unix_ms":1768480245000}\n'
    done
  done
}

# What our branches changed, as files: edits/I/BRANCH holds the edited file, and the line in edits/I.list
# says which file of the repository it is.
edits_take() { # directory prefix
  local i bare branch path
  for ((i = 0; i < repositories; i++)); do
    bare=$1/$2-$i.git
    mkdir -p "$work/edits/$i"
    bench_git -C "$bare" for-each-ref --format='%(refname:lstrip=3)' refs/heads/compliance-remediation/ |
      while IFS= read -r branch; do
        path=$(bench_git -C "$bare" diff --name-only main "compliance-remediation/$branch")
        bench_git -C "$bare" show "compliance-remediation/$branch:$path" >"$work/edits/$i/$branch"
        printf '%s %s\n' "$branch" "$path"
      done >"$work/edits/$i.list"
    [[ $(wc -l <"$work/edits/$i.list") == "$per_repository" ]] ||
      fail "repository $i has not $per_repository branches after the warm-up"
  done
}
