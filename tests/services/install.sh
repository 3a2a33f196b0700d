#!/usr/bin/env bash
# The programs that tests talk to, installed where they are missing and this is root on a Debian: one line a package.
set -euo pipefail
packages=(
  chromium        # tests/insight/test_page_in_browser.py
  docker-registry # tests/registry
  faketime        # tests/live
  fish            # tests/cli/test_completion_scripts.py
  gnupg           # tests/provenance
  postgresql      # tests/live (its programs; a server of the tests' own is started)
  zsh             # tests/cli/test_completion_scripts.py
)
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  exit 0
fi
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null ||
    echo "could not install ${missing[*]}: the tests that need them are skipped" >&2
fi
