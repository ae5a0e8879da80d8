#!/usr/bin/env bash
# Restores Microsoft's Aspire dashboard into .tools/aspire of this repository, for the build without the Aspire packages. It is part of
# Aspire's command line, which npm brings from whatever registry it is configured for. Needs about 700 MB for a moment and keeps 150.
# Running it again does nothing. The dashboard appears by one rename: an interrupted run leaves nothing that could be taken for it.
set -euo pipefail
exec </dev/null
version=13.5.4

cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools="$PWD/.tools"
target="$tools/aspire"

fail() { echo "error: $*" >&2; exit 1; }

platform() {
  local system machine
  case "$(uname -s)" in
    Linux) system=linux ;;
    Darwin) system=osx ;;
    *) fail "there is no dashboard for $(uname -s). Install Aspire's command line there; its dashboard is found too." ;;
  esac
  case "$(uname -m)" in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "there is no dashboard for processors of type $(uname -m)." ;;
  esac
  # The build for musl has a name of its own.
  if [ "$system" = linux ] && [ -e /etc/alpine-release ]; then system=linux-musl; fi
  echo "$system-$machine"
}

if [ "$(cat "$target/version" 2>/dev/null)" = "$version" ]; then
  echo "The Aspire dashboard $version is in .tools/aspire."
  exit 0
fi
command -v npm >/dev/null || fail "npm is not on the PATH. Install it (Debian: apt-get install npm), then run this again."

package="@microsoft/aspire-cli-$(platform)@$version"
mkdir -p "$tools"
rm -rf "$tools"/aspire.part.*
work="$(mktemp -d "$tools/aspire.part.XXXXXX")"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

echo "Restoring the Aspire dashboard from $package (130 MB)."
(cd "$work" && npm pack --loglevel error "$package" >pack.log 2>&1) ||
  fail "npm could not get $package from its registry: $(grep -m 3 'npm error' "$work/pack.log" | tr '\n' ' ')"
tar -xzf "$work"/*.tgz -C "$work"
rm "$work"/*.tgz
chmod +x "$work/package/bin/aspire"
# With a home of its own, so that nothing is left in the user's. It unpacks beside itself, or there: whichever it finds to be the place.
HOME="$work" ASPIRE_CLI_TELEMETRY_OPTOUT=true DOTNET_CLI_TELEMETRY_OPTOUT=1 \
  "$work/package/bin/aspire" setup --non-interactive >"$work/setup.log" 2>&1 ||
  fail "Aspire's command line could not unpack its dashboard: $(tail -n 3 "$work/setup.log" | tr '\n' ' ')"
program="$(find "$work" -name aspire-managed -type f -perm -u+x -print -quit)"
[ -n "$program" ] || fail "$package has no dashboard: $(tail -n 3 "$work/setup.log" | tr '\n' ' ')"

mkdir "$work/new"
mv "$(dirname "$program")" "$work/new/managed"
echo "$version" >"$work/new/version"
if [ -e "$target" ]; then mv "$target" "$work/old"; fi
mv "$work/new" "$target"
echo "The Aspire dashboard $version is in .tools/aspire."
