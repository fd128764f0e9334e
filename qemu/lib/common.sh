# Common ground of every script here: where things are, how to speak, how to fail.
# Sourced, never run. The caller has `set -euo pipefail` and sets nothing else.

# Locale and time zone never reach an output.
export LC_ALL=C TZ=UTC
unset CDPATH GREP_OPTIONS POSIXLY_CORRECT TAR_OPTIONS

# The three standard streams are open: else the next file that anything opens would become one of them.
[ -e /proc/$$/fd/0 ] || exec </dev/null
[ -e /proc/$$/fd/1 ] || exec >/dev/null
[ -e /proc/$$/fd/2 ] || exec 2>/dev/null

# Who starts without a home, as services do, has the one that the list of users says.
[ -n "${HOME:-}" ] || { unset HOME; HOME=~; export HOME; }

# The repository, absolute; the build folder; what was fetched from the distribution.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
target=${CARGO_TARGET_DIR:-$root/target}
cache=${FIRMSEED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/firmseed}

# say TEXT...: progress, for people, on standard error, one argument a line.
say() { printf '%s\n' "$@" >&2; }

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

# check_target FILE: dies unless FILE may become a regular file, or be replaced by one: no device, FIFO or folder, and no
# symbolic link to such or to nothing.
check_target() {
    local folder
    if [ -e "$1" ] || [ -L "$1" ]; then
        [ -f "$1" ] || die "$1 exists and is not a regular file: it is not replaced" "name a file to write"
    fi
    folder=$(dirname -- "$(realpath -m -- "$1")")
    [ -d "$folder" ] || die "$1 cannot be written: there is no folder $folder"
    takes_files "$folder" || die "$1 cannot be written: the folder $folder takes no new files"
}

# takes_files DIR: tried, because root may write anywhere and still cannot.
takes_files() {
    local probe
    probe=$(mktemp -- "$1/.firmseed-XXXXXX" 2>/dev/null) && rm -f -- "$probe"
}

# put_file FROM TO: copies FROM to TO, whole or not at all; TO is looked at by check_target. A link stays, its file is replaced.
put_file() {
    local to new
    check_target "$2"
    to=$(realpath -m -- "$2")
    new=$(mktemp "$(dirname -- "$to")/.firmseed-XXXXXX") || die "$2 cannot be written"
    if ! { cp -- "$1" "$new" && chmod "$(printf %o $((0666 & ~0$(umask))))" "$new" && mv -fT -- "$new" "$to"; }; then
        rm -f -- "$new"
        die "$2 could not be written: see above"
    fi
}

# check_folder DIR: dies unless DIR is an empty folder that can be written, or can be made.
check_folder() {
    local above
    if [ -e "$1" ] || [ -L "$1" ]; then
        [ -d "$1" ] || die "$1 exists and is not a folder" "name a new folder"
        [ -z "$(ls -A -- "$1")" ] || die "$1 is not empty: what the machine wrote would mix with what is there" "name a new folder"
    fi
    above=$(realpath -m -- "$1")
    until [ -e "$above" ]; do above=$(dirname -- "$above"); done
    [ -d "$above" ] || die "$1 cannot be made: $above is not a folder"
    takes_files "$above" || die "$1 cannot be written: the folder $above takes no new files"
}
