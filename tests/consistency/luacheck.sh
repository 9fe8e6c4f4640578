#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# luacheck finds nothing in the Lua of the library, the tests, the plugins and the data sets.

cd "$ROOT" || exit 2
if ! command -v luacheck >/dev/null; then
  echo '1..0 # SKIP luacheck is not installed'
  exit 0
fi
echo 1..1
if said=$(tools/lint lua 2>&1); then
  echo 'ok 1 - luacheck finds nothing'
else
  echo 'not ok 1 - luacheck finds nothing'
  printf '%s\n' "$said" | sed 's/^/# /'
fi
