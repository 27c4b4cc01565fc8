# shellcheck shell=bash
# Finds what a script needs; installs it when root, or prints the one line to run. Sourced, not run.

# need_tools COMMAND=PACKAGE...
need_tools() {
    local missing=() pair
    for pair in "$@"; do
        PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
    done
    [ "${#missing[@]}" -eq 0 ] && return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "Missing: ${missing[*]}. Run: sudo apt-get install -y ${missing[*]}" >&2
        return 1
    fi
    echo "Installing: ${missing[*]}" >&2
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
}

# Python with what its virtual environments are made of: Debian packs that apart.
need_python_venv() {
    need_tools python3=python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_tools no-such-command=python3-venv
}

# need_venv FOLDER REQUIREMENTS: a virtual environment with exactly that, made anew when the list has changed.
need_venv() {
    cmp -s "$2" "$1/installed.txt" && return 0
    python3 -m venv --clear "$1" && "$1/bin/pip" install --quiet --disable-pip-version-check --requirement "$2" &&
        cp "$2" "$1/installed.txt"
}

# What every build needs: a C compiler for the crypto provider.
need_build_tools() {
    need_tools cc=gcc
    command -v cargo >/dev/null || {
        echo "Missing: Rust 1.91 or newer (https://www.rust-lang.org/tools/install)." >&2
        return 1
    }
}

# What the lab needs, and that the kernel lets it.
need_lab_tools() {
    need_tools ip=iproute2 nft=nftables unshare=util-linux
    PATH="$PATH:/usr/sbin:/sbin"
    unshare -Urnm true 2>/dev/null || {
        cat >&2 <<'TEXT'
The kernel refuses user namespaces, in which the lab builds its VPC. Enable them with
  sudo sysctl -w kernel.unprivileged_userns_clone=1                # Debian
  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0    # Ubuntu 24.04 and newer
TEXT
        return 1
    }
}

# Where cargo puts a profile's binaries: target/TRIPLE/PROFILE.
binaries_of() {
    echo "target/$(rustc -vV | sed -n 's/^host: //p')/$1"
}
