# Common ground of every script here: where things are, how to speak, how to fail.
# Sourced, never run. The caller has `set -euo pipefail` and sets nothing else.

# Locale and time zone never reach an output.
export LC_ALL=C TZ=UTC
unset CDPATH GREP_OPTIONS POSIXLY_CORRECT

# The repository, absolute; the build folder; what was fetched from the distribution.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
cache=${FIRMSEED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/firmseed}

# say TEXT: progress, for people, on standard error.
say() { printf '%s\n' "$*" >&2; }

# die TEXT...: what is wrong and what to do about it, one argument a line; then status ${die_status:-1}.
die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    shift
    if [ $# -gt 0 ]; then printf '  %s\n' "$@" >&2; fi
    exit "${die_status:-1}"
}

# have COMMAND: is it there?
have() { command -v "$1" >/dev/null 2>&1; }

# usage_of FILE: the comment block at a script's head is its help text.
usage_of() { sed -n '2,/^$/{s/^# \{0,1\}//;p;}' "$1"; }

# content_hash FILE...: one SHA-256 over names and contents.
content_hash() { sha256sum -- "$@" | sha256sum | cut -c1-64; }
