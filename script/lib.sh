# Shared by the scripts here; sourced, never run.
set -euo pipefail

pw_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
pw_cache=${XDG_CACHE_HOME:-$HOME/.cache}/plantwalk

pw_say() { echo "${0##*/}: $*" >&2; }
pw_die() { pw_say "$@"; exit 1; }

# Debian 13 or newer is worked on directly; anything else through a Debian 13 root folder (docs/decisions/0001).
pw_native() (
  . /etc/os-release
  [[ ${ID:-} == debian && ( -z ${VERSION_ID:-} || ${VERSION_ID%%.*} -ge 13 ) ]]
)

# The package groups that this machine has: the default ones and what `bootstrap --with` added.
pw_groups() { echo "build run test"; cat "$pw_cache/groups" 2>/dev/null || true; }

# The packages of the groups given, one per line. script/packages has "[group]" lines, packages and # comments.
pw_packages() {
  local groups=" $* " in=no line
  while read -r line; do
    line=${line%%#*}
    case $line in
      '['*']') line=${line//[][]/}; [[ $groups == *" $line "* ]] && in=yes || in=no ;;
      *) if [[ $in == yes && -n $line ]]; then printf '%s\n' $line; fi ;;
    esac
  done < "$pw_top/script/packages"
}

# The root folder that belongs to the package list: another list is another folder, so that worktrees do not
# pull the ground from under each other.
pw_root() {
  local hash
  hash=$(pw_packages $(pw_groups) | sort -u | sha256sum)
  echo "$pw_cache/debian13-${hash:0:12}"
}

# The npm packages that tests talk to; in the cache as well.
pw_peers() {
  local hash
  hash=$(cat "$pw_top"/tests/npm/package*.json | sha256sum)
  echo "$pw_cache/npm-${hash:0:12}"
}

# A script that needs the tools of Debian 13 calls `pw_inside "$@"` first: elsewhere it starts again in the root folder.
pw_inside() { pw_native || exec "$pw_top/script/enter" "$0" "$@"; }

# Builds the program; says nothing unless it takes something or fails.
pw_build_plantwalk() {
  "$pw_top/script/bootstrap" --quiet
  local log=$pw_top/build/plantwalk.$$.log # two may build at once, one after the other
  mkdir -p "$pw_top/build"
  set -m # a process group of its own, to be ended as a whole
  "$pw_top/script/build" release plantwalk > "$log" 2>&1 < /dev/null &
  local build=$! begin=$SECONDS next=5 progress first waits=no
  set +m
  trap 'kill -TERM -- "-$build" 2> /dev/null || true; rm -f "$log"; exit 130' INT TERM
  while kill -0 "$build" 2> /dev/null; do
    sleep 0.1
    if [[ $waits == no ]] && read -r first < "$log" && [[ $first == *'waiting for another build'* ]]; then
      pw_say "waiting for another build of Plantwalk to finish"
      waits=yes
    fi
    if ((SECONDS - begin >= next)); then
      progress=$(grep -o '^\[[0-9]*/[0-9]*\]' "$log" | tail -n 1 || true)
      if [[ -z $progress && $waits == yes ]]; then progress='the other build is not finished'; fi
      pw_say "building Plantwalk, $((SECONDS - begin)) s: ${progress:-configuring} (log: $log)"
      next=$((next < 15 ? 15 : next + 15))
    fi
  done
  wait "$build" || { cat "$log" >&2; rm -f "$log"; pw_die "the build failed"; }
  rm -f "$log"
  trap - INT TERM
}

# Makes the folder $1 a root folder of the Debian suite $2 with the packages $3 (commas between them); what follows goes
# to mmdebstrap as well. To be run as a child of its own: it dies with its parent, however that dies, mounts and all.
pw_make_root() {
  local how=(--variant=apt --aptopt='Apt::Install-Recommends "false"' --include="$3" "${@:4}"
    --customize-hook='printf "127.0.0.1 localhost\n::1 localhost\n" > "$1/etc/hosts"' "$2")
  if (($(id -u) == 0)); then
    exec setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc mmdebstrap "${how[@]}" "$1"
  fi
  # The ids that mmdebstrap works under may not enter a closed home: there the tree arrives as a stream.
  mkdir "$1"
  TMPDIR=/var/tmp setpriv --pdeathsig TERM mmdebstrap "${how[@]}" - | tar -x -C "$1" --exclude='./dev/*'
}
