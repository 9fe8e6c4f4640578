#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Tries the README's commands on a bare Debian 12: a fresh debootstrap with git and make only, a clone of this
# checkout in it, then `make demo </dev/null` and `make test` by chroot. A machine in use hides a missing package;
# this does not. Needs root, debootstrap and the network.
#
#   tests/deps/bare.sh [--keep] [COMMAND...]     instead of the two, run these lines in the clone
#
# Packages come from where this machine gets them (its apt sources, proxy and keys are copied), so it works behind a
# mirror. Only what is committed is tried.

set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
suite=bookworm

keep=no
[[ ${1:-} == --keep ]] && { keep=yes; shift; }
commands=("$@")
((${#commands[@]})) || commands=("make demo </dev/null" "make test")

fail() { echo "bare: $*" >&2; exit 1; }
[[ $(id -u) == 0 ]] || fail "needs root"
command -v debootstrap >/dev/null || fail "needs debootstrap (apt-get install debootstrap)"

# Everything below runs with mounts of its own, so that none outlives this script however it ends.
if [[ -z ${BARE_INSIDE:-} ]]; then
  BARE_INSIDE=yes exec unshare --mount --propagation private "$0" $([[ $keep == yes ]] && echo --keep) "${commands[@]}"
fi

place=$(mktemp -d "${TMPDIR:-/tmp}/assay-bare.XXXXXX") || exit 2
system=$place/system
finish() {
  umount -R "$system/proc" "$system/dev" 2>/dev/null
  if [[ $keep == yes ]]; then
    echo "bare: kept in $place"
  elif mountpoint -q "$system/dev" || mountpoint -q "$system/proc"; then
    echo "bare: something is still mounted below $system; not removed" >&2
  else
    rm -rf --one-file-system "$place"
  fi
}
trap finish EXIT
trap 'exit 130' INT TERM

# The first mirror that this machine's sources name for the suite.
mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    awk -v suite=$suite '$1 == "deb" { for (i = 2; i < NF; i++) if ($i ~ /^(https?|file):/ && $(i + 1) == suite) { print $i; exit } }'
  cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
    awk -v suite=$suite '
      tolower($1) == "uris:" { uri = $2 }
      tolower($1) == "suites:" { for (i = 2; i <= NF; i++) if ($i == suite) { print uri; exit } }'
}

proxy=$(apt-config shell p Acquire::http::Proxy 2>/dev/null)
proxy=${proxy#p=}
proxy=${proxy//\'/}
[[ -n $proxy ]] && export http_proxy=$proxy

uri=$(mirror | head -n 1)
uri=${uri:-http://deb.debian.org/debian}
echo "bare: debootstrap $suite from $uri"
start=$SECONDS
debootstrap --variant=minbase --include=git,make "$suite" "$system" "$uri" >"$place/debootstrap.log" 2>&1 ||
  { tail -n 20 "$place/debootstrap.log"; fail "debootstrap failed"; }
echo "bare: system made in $((SECONDS - start)) s"

# The host's way to packages. Its other sources would not be there on a bare machine; only Debian's are taken over.
rm -f "$system/etc/apt/sources.list"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
  [[ -f $file ]] && grep -qE "(^|[[:space:]])$suite([[:space:]]|-|\$)" "$file" && cp --parents "$file" "$system/"
done
mkdir -p "$system/etc/apt/apt.conf.d" "$system/usr/share/keyrings"
cp /etc/apt/apt.conf.d/* "$system/etc/apt/apt.conf.d/" 2>/dev/null
rm -f "$system/etc/apt/apt.conf.d/20packagekit" "$system/etc/apt/apt.conf.d/50appstream" # ask for programs of the host
cp -n /usr/share/keyrings/debian-*.gpg "$system/usr/share/keyrings/" 2>/dev/null
cp -L /etc/resolv.conf /etc/hosts "$system/etc/"

mount -t proc proc "$system/proc" && mount --rbind --make-rslave /dev "$system/dev" || fail "cannot mount /proc and /dev"

git clone -q --no-hardlinks "$root" "$system/root/assay" || fail "cannot clone $root"
echo "bare: commit $(git -C "$system/root/assay" log -1 --format='%h %s')"

status=0
inside() {
  env -i HOME=/root USER=root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=xterm \
    ${http_proxy:+http_proxy="$http_proxy"} chroot "$system" /bin/bash -c "cd /root/assay && $1"
}
for command in "${commands[@]}"; do
  echo "bare: $command"
  start=$SECONDS
  if inside "$command"; then verdict=ok; else verdict="FAILED with status $?"; status=1; fi
  echo "bare: $command: $verdict, $((SECONDS - start)) s"
done
exit $status
