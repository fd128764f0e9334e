# Debian packages of another architecture, and source packages, without touching the system's apt:
# a private configuration in the cache folder, derived from the sources this machine already uses.
# Sourced after common.sh.
#
#   apt_fetch_arm64 PACKAGE      prints the folder that PACKAGE's newest version is unpacked in
#   apt_fetch_source PACKAGE     prints the folder with the files of a source package (.dsc, tarballs); PACKAGE/SUITE: of another
#                                release than this machine's, e.g. mes/bookworm

apt_home=$cache/apt apt_suite=''

# The release's own suites only: a third party's entry may lack arm64 and would fail the update.
apt_suites() {
    local codename
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    printf '%s' "${codename:-stable}"
}

# apt_derive_sources SUITE FOLDER [BARE]: copies entries of type deb for the release's suites, as deb and deb-src, without their
# Architectures. BARE: without what a release has beside itself, which sid does not have.
apt_derive_sources() {
    local suite=$1 folder=$2 beside='(-updates|-security|/updates)?' file
    [ -z "${3:-}" ] || beside=''
    mkdir -p "$folder"
    rm -f "$folder"/*
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -f "$file" ] || continue
        sed -E 's/\[([^]]*)\]/[\1 ]/; s/(arch|architectures)[+-]?=[^] ]*//g; s/\[ *\]//' "$file" |
            awk -v suite="$suite" -v beside="$beside" '
                $1 != "deb" { next }
                { at = 2; if ($2 ~ /^\[/) while ($at !~ /\]$/) at++; if (at > 2 || $2 ~ /^\[/) at++ }
                $(at + 1) ~ "^(" suite "|stable|testing|unstable|sid)" beside "/?$" {
                    print; sub(/^deb/, "deb-src"); print
                }' >>"$folder/derived.list"
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -f "$file" ] || continue
        # Paragraph mode: an entry is a stanza; a field may go on in lines that begin with a blank.
        grep -v '^#' "$file" | awk -v suite="$suite" -v beside="$beside" '
            BEGIN { RS = ""; FS = "\n" }
            {
                kept = ""; types = ""; suites = ""; enabled = "yes"; field = ""
                for (i = 1; i <= NF; i++) {
                    if ($i !~ /^[ \t]/) { field = tolower($i); sub(/:.*/, "", field) }
                    value = $i; sub(/^[^:]*:[ \t]*/, "", value)
                    if (field == "types") { types = types " " value; continue }
                    if (field == "enabled") { enabled = tolower(value); continue }
                    if (field == "architectures" || field == "languages" || field == "targets") continue
                    if (field == "suites") {
                        n = split(value, names, /[ \t]+/)
                        for (j = 1; j <= n; j++)
                            if (names[j] ~ "^(" suite "|stable|testing|unstable|sid)" beside "$")
                                suites = suites " " names[j]
                        continue
                    }
                    kept = kept $i "\n"
                }
                if (enabled != "no" && types ~ /(^| )deb( |$)/ && suites != "")
                    printf "Types: deb deb-src\nSuites:%s\n%s\n", suites, kept
            }' >>"$folder/derived.sources"
    done
    find "$folder" -size 0 -delete
    [ -n "$(ls -A "$folder")" ] || die "no apt source of this machine serves Debian's suite '$suite'" \
        "looked in /etc/apt/sources.list and /etc/apt/sources.list.d; add one 'deb' line for $suite there"
}

# Writes the private configuration and fetches its package lists, once per content of the sources.
apt_prepare() {
    have apt-get || die "apt-get is not here: the Debian packages for the tests cannot be fetched" \
        "run on Debian, or set FIRMSEED_CACHE to a cache folder that was filled on one"
    mkdir -p "$apt_home"/{state/lists/partial,cache/archives/partial,unpacked,source}
    : >>"$apt_home/status"
    apt_derive_sources "$(apt_suites)" "$apt_home/sources.list.d" "$(case $apt_suite in sid | unstable) echo bare ;; esac)"
    if [ -n "$apt_suite" ]; then
        sed -i -E "/^(Suites:|deb)/s/ ($(apt_suites)|stable|testing|unstable|sid)\b/ $apt_suite/g" "$apt_home"/sources.list.d/*
    fi
    cat >"$apt_home/apt.conf" <<CONF
Dir::State "$apt_home/state";
Dir::State::status "$apt_home/status";
Dir::Cache "$apt_home/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt_home/sources.list.d";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "arm64";
#clear APT::Architectures;
APT::Architectures { "arm64"; };
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
CONF
    local stamp
    stamp=$(content_hash "$apt_home"/sources.list.d/* "$apt_home/apt.conf")
    if [ "$(cat "$apt_home/updated" 2>/dev/null)" != "$stamp" ]; then
        say "fetching Debian's arm64 and source package lists (private copy in $apt_home)"
        apt_private update -q >"$apt_home/update.log" 2>&1 ||
            die "'apt-get update' failed for the private arm64 configuration" "its log: $apt_home/update.log" \
                "$(grep -E '^[EW]:' "$apt_home/update.log" | head -n 3)"
        printf '%s\n' "$stamp" >"$apt_home/updated"
    fi
}

apt_private() { apt-get -c "$apt_home/apt.conf" "$@"; }

# apt_retry COMMAND...: the lists may be older than the archive: on failure update them and try once more.
apt_retry() {
    if "$@" >"$apt_home/last.log" 2>&1; then return; fi
    rm -f "$apt_home/updated"
    apt_prepare
    "$@" >"$apt_home/last.log" 2>&1 ||
        die "apt could not fetch ${*: -1}" "its log: $apt_home/last.log" "$(grep '^E:' "$apt_home/last.log" | head -n 3)"
}

apt_fetch_arm64() {
    local package=$1 folder=$apt_home/unpacked/$1
    if [ ! -f "$folder/.complete" ]; then
        apt_prepare
        say "fetching Debian's $package for arm64"
        local download=$apt_home/download.$$
        rm -rf "$download" "$folder"
        mkdir -p "$download" "$folder"
        (cd "$download" && apt_retry apt_private -q download "$package:arm64")
        dpkg-deb -x "$download"/*.deb "$folder"
        (cd "$download" && sha256sum -- *.deb) >"$folder/.package"
        rm -rf "$download"
        mv "$folder/.package" "$folder/.complete"
    fi
    printf '%s\n' "$folder"
}

apt_fetch_source() {
    case $1 in */*) apt_suite=${1#*/} apt_home=$cache/apt-${1#*/} ;; esac
    local package=${1%/*} folder=$apt_home/source/${1%/*}
    if [ ! -f "$folder/.complete" ]; then
        apt_prepare
        say "fetching Debian's source package $package"
        rm -rf "$folder"
        mkdir -p "$folder"
        # A mirror that has upstream's tarball, but no more of the package, will do: a pin decides what the tarball is.
        (cd "$folder" && { apt_private -q --download-only source "$package" >"$apt_home/last.log" 2>&1 || compgen -G '*.orig.tar.*' >"$apt_home/partly" ||
            apt_retry apt_private -q --download-only source "$package"; })
        (cd "$folder" && sha256sum -- *) >"$apt_home/files.$$"
        mv "$apt_home/files.$$" "$folder/.complete"
    fi
    printf '%s\n' "$folder"
}

# The name of the release's generic arm64 kernel package, from the metapackage's dependency.
apt_arm64_kernel_package() {
    apt_prepare
    apt-cache -c "$apt_home/apt.conf" depends --important linux-image-arm64 |
        awk '$1 == "Depends:" { print $2; exit }'
}
