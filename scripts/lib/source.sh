# shellcheck shell=bash
# What is being built: its version, commit and time. Sourced, not run, in the repository's folder.

version_of_source() { sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1; }

# The commit, or that it is not quite that one; nothing where git knows nothing.
revision_of_source() {
    local commit
    commit=$(git rev-parse HEAD 2>/dev/null) || return 0
    git diff --quiet HEAD 2>/dev/null || commit+=-changed
    echo "$commit"
}

# Seconds since 1970 that stand on everything made: SOURCE_DATE_EPOCH, else the last commit's.
epoch_of_source() {
    echo "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}"
}

# The architecture, in Go's words, that an ELF file is for.
arch_of() {
    case "$(od -An -tx2 -j18 -N2 "$1" 2>/dev/null | tr -d ' ')" in
        003e) echo amd64 ;;
        00b7) echo arm64 ;;
        *) echo "$1 is no program for Linux on amd64 or arm64" >&2; return 1 ;;
    esac
}
