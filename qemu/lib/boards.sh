# What tests of the Raspberry Pi boards need beyond the system's packages: a QEMU with raspi4b (9.0 or newer), the device
# trees of a Linux that knows the Pi 5 (6.12 or newer), the Pi's firmware. Sourced after common.sh and apt.sh.
#
# All of it comes from the distribution: its release and its backports, of the same mirrors that this machine uses already,
# through apt's own tools with a private configuration. Nothing is installed: packages are unpacked in $cache/boards.
#
#   boards_fetch             fetches what is missing; status 1, with a line for each part, where some cannot be had
#   boards_qemu              prints the command of a QEMU with raspi4b, a word a line; status 1 where there is none
#   boards_dtb NAME          prints the path of a device tree of Linux; status 1 where there is none
#   boards_firmware          prints the folder of the Pi's firmware files; status 1 where there is none

boards_home=$cache/boards
boards_parts='qemu dtb firmware'

# qemu_has_machine NAME COMMAND...: does this QEMU have the machine?
qemu_has_machine() {
    local list
    list=$("${@:2}" -machine help 2>/dev/null) || return 1
    [[ $'\n'$list == *$'\n'"$1 "* ]]
}

boards_qemu() {
    local own=$boards_home/qemu
    if qemu_has_machine raspi4b qemu-system-aarch64; then
        printf 'qemu-system-aarch64\n'
    elif [ -f "$own/.complete" ]; then
        # Its libraries beside it; it finds its own data by the place of its program.
        printf '%s\n' env "LD_LIBRARY_PATH=$(cat "$own/.complete")" "$own/usr/bin/qemu-system-aarch64"
    else
        return 1
    fi
}

boards_dtb() {
    local folder
    for folder in "$cache/linux/dtb" "$boards_home/dtb"; do
        if [ -f "$folder/$1" ]; then printf '%s\n' "$folder/$1"; return; fi
    done
    return 1
}

boards_firmware() {
    [ -f "$boards_home/firmware/.complete" ] || return 1
    printf '%s\n' "$boards_home/firmware/usr/lib/raspi-firmware"
}

# boards_have PART: is it here?
boards_have() {
    case $1 in
    qemu) boards_qemu >/dev/null ;;
    dtb) boards_dtb bcm2712-rpi-5-b.dtb >/dev/null ;;
    firmware) boards_firmware >/dev/null ;;
    esac
}

boards_fetch() {
    local part status=0
    for part in $boards_parts; do
        boards_have "$part" && continue
        mkdir -p "$boards_home"
        say "fetching $(boards_describe "$part")"
        # A shell of its own: it may die, and the others go on; and `set -e` holds there whatever this is called from.
        bash -euo pipefail -c '. "$1/common.sh"; . "$1/apt.sh"; . "$1/boards.sh"; boards_prepare; "boards_fetch_$2"' \
            boards "$root/qemu/lib" "$part" >"$boards_home/$part.errors" 2>&1 || true
        if ! boards_have "$part"; then
            say "NOT AVAILABLE: $(boards_describe "$part"): its tests will be SKIPPED" "$(tail -n 4 "$boards_home/$part.errors")"
            status=1
        fi
    done
    return $status
}

boards_describe() {
    case $1 in
    qemu) printf 'a QEMU with the machine raspi4b (9.0 or newer; bookworm has it in its backports)' ;;
    dtb) printf "the Raspberry Pi 5's device tree (Debian's linux-image-arm64 6.12 or newer)" ;;
    firmware) printf "the Raspberry Pi's firmware (Debian's raspi-firmware, non-free-firmware)" ;;
    esac
}

# Release and backports, this machine's architecture and arm64, with what is installed here taken as installed.
boards_prepare() {
    local suite file stamp
    have apt-get || die "apt-get is not here"
    suite=$(apt_suites)
    boards_apt=$boards_home/apt
    boards_target=$suite-backports
    mkdir -p "$boards_apt"/{state/lists/partial,cache/archives/partial}
    cp /var/lib/dpkg/status "$boards_apt/status"
    apt_derive_sources "$suite" "$boards_apt/sources.list.d"
    for file in "$boards_apt"/sources.list.d/*; do boards_add_suites "$suite" "$file"; done
    cat >"$boards_apt/apt.conf" <<CONF
Dir::State "$boards_apt/state";
Dir::State::status "$boards_apt/status";
Dir::Cache "$boards_apt/cache";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$boards_apt/sources.list.d";
Dir::Etc::preferencesparts "/dev/null";
#clear APT::Architectures;
APT::Architectures { "$(dpkg --print-architecture)"; "arm64"; };
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
CONF
    stamp=$(content_hash "$boards_apt"/sources.list.d/* "$boards_apt/apt.conf")
    [ "$(cat "$boards_apt/updated" 2>/dev/null)" != "$stamp" ] || return 0
    boards_get update -q >"$boards_apt/update.log" 2>&1 ||
        die "'apt-get update' failed for $suite and $boards_target (log: $boards_apt/update.log)" "$(grep -E '^[EW]:' "$boards_apt/update.log" | head -n 3)"
    printf '%s\n' "$stamp" >"$boards_apt/updated"
}

# boards_add_suites SUITE FILE: where an entry has the release itself, its backports and the component of firmware too; no sources.
boards_add_suites() {
    case $2 in
    *.sources)
        sed -i -E "/^Suites:/{/ $1( |\$)/s/\$/ $1-backports/}; s/^(Types:).*/\\1 deb/; /^Components:/s/\$/ non-free-firmware/" "$2"
        ;;
    *.list)
        sed -i -E "/^deb-src/d; /[^ ]/s/\$/ non-free-firmware/; s#^(deb .* )$1/?( main.*)#&\\n\\1$1-backports\\2#" "$2"
        ;;
    esac
}

boards_get() { apt-get -c "$boards_apt/apt.conf" "$@"; }

# boards_download FOLDER PACKAGE: the newest version, backports included.
boards_download() {
    (cd "$1" && boards_get -q -t "$boards_target" download "$2" >"$boards_home/download.log" 2>&1) ||
        die "apt could not fetch $2 (log: $boards_home/download.log)" "$(grep '^E:' "$boards_home/download.log" | head -n 3)"
}

# The emulator and all that it needs and is not installed here in such a version.
boards_fetch_qemu() {
    local folder=$boards_home/qemu archives=$boards_apt/cache/archives deb libraries
    rm -rf "$folder" "$archives"/*.deb
    mkdir -p "$folder"
    boards_get -q -y -t "$boards_target" --no-install-recommends --download-only install qemu-system-arm \
        >"$boards_home/qemu.log" 2>&1 || die "apt finds no way to qemu-system-arm (log: $boards_home/qemu.log)" "$(grep '^E:' "$boards_home/qemu.log" | head -n 3)"
    for deb in "$archives"/*.deb; do dpkg-deb -x "$deb" "$folder"; done
    find "$folder/usr/bin" -mindepth 1 ! -name qemu-system-aarch64 -delete
    (cd "$archives" && sha256sum -- *.deb) >"$folder/.packages"
    rm -f "$archives"/*.deb
    libraries=$(find "$folder" -name '*.so.*' -printf '%h\n' | sort -u | paste -s -d :)
    qemu_has_machine raspi4b env "LD_LIBRARY_PATH=$libraries" "$folder/usr/bin/qemu-system-aarch64" ||
        die "the unpacked QEMU does not run, or has no raspi4b either" \
            "$(LD_LIBRARY_PATH=$libraries "$folder/usr/bin/qemu-system-aarch64" --version 2>&1 | head -n 2)"
    printf '%s\n' "$libraries" >"$folder/.complete"
}

# Only the device trees of the kernel's package: the rest is large.
boards_fetch_dtb() {
    local folder=$boards_home/dtb download=$boards_home/download package
    package=$(apt-cache -c "$boards_apt/apt.conf" show "linux-image-arm64:arm64/$boards_target" | sed -n 's/^Depends: \([^ ,]*\).*/\1/p' | head -n 1)
    [ -n "$package" ] || die "$boards_target has no linux-image-arm64"
    rm -rf "$folder" "$download"
    mkdir -p "$folder" "$download"
    boards_download "$download" "$package:arm64"
    dpkg-deb --fsys-tarfile "$download"/*.deb | tar -x -C "$folder" --strip-components=5 --wildcards './usr/lib/linux-image-*/broadcom/bcm2*'
    (cd "$download" && sha256sum -- *.deb) >"$folder/.package"
    rm -rf "$download"
}

boards_fetch_firmware() {
    local folder=$boards_home/firmware download=$boards_home/download
    rm -rf "$folder" "$download"
    mkdir -p "$folder" "$download"
    boards_download "$download" raspi-firmware
    dpkg-deb -x "$download"/*.deb "$folder"
    (cd "$download" && sha256sum -- *.deb) >"$folder/.package"
    rm -rf "$download"
    mv "$folder/.package" "$folder/.complete"
}
