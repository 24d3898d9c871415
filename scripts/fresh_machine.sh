#!/usr/bin/env bash
# The README's commands on a machine with nothing but Python: a minimal Debian root of Debian's own
# packages (python3, python3-venv, make), a clean clone of HEAD, `make report`, then what is asked.
#
#   scripts/fresh_machine.sh                          bookworm (Python 3.11), make report
#   scripts/fresh_machine.sh trixie report test       Python 3.13, both commands
#   PYTHON=python3.15 scripts/fresh_machine.sh forky  a Python that is not the suite's default
#
# Run by root, by hand. Packages come from wherever this machine's apt and pip are set up to take
# them; what is mounted lies in a mount namespace of its own and goes with it.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
suite=${1:-bookworm}
shift || true
targets=("${@:-report}")
python=${PYTHON:-python3}
seconds=${SECONDS_EACH:-2400}

[ "$(id -u)" = 0 ] || { echo "fresh_machine: debootstrap and chroot need root"; exit 2; }
command -v debootstrap >/dev/null || { echo "fresh_machine: apt-get install debootstrap"; exit 2; }
if [ -z "${FRESH_NAMESPACE:-}" ]; then
  FRESH_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$suite" "${targets[@]}"
fi

root=$(mktemp -d "${TMPDIR:-/tmp}/fresh-$suite-XXXXXX")
leave() {
  umount "$root/proc" "$root/dev/shm" 2>/dev/null || true
  [ -n "${KEEP_ROOT:-}" ] && echo "kept: $root" || rm -rf --one-file-system "$root"
}
trap leave EXIT

mirror=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" | grep -m1 '/debian/$')
script=/usr/share/debootstrap/scripts/$suite
[ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid  # a suite younger than debootstrap
debootstrap --variant=minbase --include="$python,$python-venv,make" "$suite" "$root" "$mirror" \
  "$script" >"$root.log" 2>&1 || { tail -20 "$root.log"; exit 1; }
rm -f "$root.log"
git clone --quiet --no-hardlinks "$top" "$root/sme_stats"

# pip asks whom this machine's pip asks; folders of wheels on this disk are no part of a fresh one.
cp /etc/resolv.conf /etc/hosts "$root/etc/"
passed=()
while IFS= read -r pair; do passed+=("$pair"); done < <(env | grep -iE '^[a-z]+_proxy=' || true)
for key in index-url extra-index-url trusted-host proxy default-timeout retries; do
  value=$(python3 -m pip config list | sed -nE "s/^(global|:env:)\.$key='(.*)'\$/\2/p" | tail -1)
  case "$value" in "" | file:* | /*) ;; *) passed+=("PIP_$(tr a-z- A-Z_ <<<"$key")=$value") ;; esac
done
cert=${PIP_CERT:-/etc/ssl/certs/ca-certificates.crt}
[ ! -f "$cert" ] || { install -D "$cert" "$root$cert" && passed+=("PIP_CERT=$cert"); }
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm" && mount -t tmpfs tmpfs "$root/dev/shm"  # multiprocessing's semaphores

inside() {
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb \
    CI="${CI:-}" ${passed[@]+"${passed[@]}"} timeout "$seconds" "$@"
}
echo "fresh $suite: $(inside "$python" --version), $(inside make --version | head -1)," \
  "$(inside dpkg-query -f '.\n' -W | wc -l) packages, no git, no compiler:" \
  "$(inside sh -c 'command -v git cc gcc curl || echo none')"
for target in "${targets[@]}"; do
  start=$SECONDS
  inside make -C /sme_stats --no-print-directory PYTHON="$python" "$target"
  echo "fresh $suite: make $target done in $((SECONDS - start)) s"
  if [ "$target" = report ]; then
    inside "$python" -c 'import pathlib, sys
page = pathlib.Path("/sme_stats/output/report.html").read_text("utf-8")
sys.exit(0 if page.count("<img") > 2 and "</html>" in page else "the report is not whole")'
  fi
done
