#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Plants breaches of the layers and of the size limits in a small tree of its own and checks that `make lint`'s
# scripts name each of them, and that they keep silent without one. The tables are the real ones.

set -u

number=0
report() { # status name [what was said]
  number=$((number + 1))
  if (($1 == 0)); then
    echo "ok $number - $2"
  else
    echo "not ok $number - $2"
    printf '%s\n' "${3:-}" | sed 's/^/# /'
  fi
}

# A tree in which nothing is wrong, compiled: every layer that the cases touch, and a family with its primitives.
make_sound_tree() {
  tree=$TMPDIR/sound
  mkdir -p "$tree"/{tools,build/obj} "$tree"/src/{core,frame,registry,cluster,rules,bind,repl,tui,main}
  cp "$ROOT"/tools/{lint-layers,lint-size,lint-exports,layers.txt} "$tree/tools/"
  echo '# none' >"$tree/tools/long-functions.txt"
  header core/base.h 'int base_one(void);'
  source core/base.c '#include "core/base.h"' 'int base_one(void) { return 1; }'
  header frame/table.h 'int table_rows(void);'
  source frame/table.c '#include "core/base.h"' '#include "frame/table.h"' 'int table_rows(void) { return base_one(); }'
  header registry/entry.h 'int entry_count(void);'
  source registry/entry.c '#include "frame/table.h"' '#include "registry/entry.h"' \
    'int entry_count(void) { return table_rows(); }'
  header cluster/means.h 'int means_run(void);'
  source cluster/means.c '#include "cluster/means.h"' '#include "frame/table.h"' \
    'int means_run(void) { return table_rows(); }'
  source cluster/means_primitives.c '#include "cluster/means.h"' '#include "registry/entry.h"' \
    'int means_all(void);' 'int means_all(void) { return means_run() + entry_count(); }'
  source bind/glue.c '#include <lua.h>' '#include "registry/entry.h"' 'int glue(lua_State *state);' \
    'int glue(lua_State *state) { return lua_gettop(state) + entry_count(); }'
  source repl/face.c '#include <stdio.h>' '#include <readline/readline.h>' 'void face(void);' \
    'void face(void) { puts(readline("> ")); }'
  compile
}

# A copy of it, to plant something in.
fresh() {
  tree=$(mktemp -d)
  cp -R "$TMPDIR/sound/." "$tree/"
}

header() {
  local path=$1 guard=${1//[\/.]/_}
  shift
  { printf '#ifndef %s\n#define %s\n' "$guard" "$guard"; printf '%s\n' "$@"; echo '#endif'; } >"$tree/src/$path"
}

source() {
  local path=$1
  shift
  printf '%s\n' "$@" >"$tree/src/$path"
}

compile() {
  local file object includes
  includes=$(pkg-config --cflags-only-I lua5.4 2>/dev/null)
  for file in "$tree"/src/*/*.c; do
    object=$tree/build/obj/${file#"$tree"/src/}
    [[ -f ${object%.c}.o ]] && continue
    mkdir -p "$(dirname "$object")"
    # shellcheck disable=SC2086
    cc -std=c17 -D_GNU_SOURCE -O1 -w -I"$tree/src" $includes -c -o "${object%.c}.o" "$file" || exit 1
  done
}

# Runs a script of the tree; passes if it ends with status 1 and a line that matches the pattern.
catches() { # name script pattern
  local said
  [[ $2 == lint-layers ]] && compile
  said=$(BUILD=build "$tree/tools/$2" 2>&1)
  [[ $? == 1 ]] && grep -qE "$3" <<<"$said"
  report $? "$1" "$said"
  rm -rf "$tree"
}

# Passes if it ends with status 0.
accepts() { # name script
  local said
  [[ $2 == lint-layers ]] && compile
  said=$(BUILD=build "$tree/tools/$2" 2>&1)
  report $? "$1" "$said"
  rm -rf "$tree"
}

# A function of $2 lines named $1.
function_of() {
  echo "int $1(int n)"
  echo "{"
  for ((i = 0; i < $2 - 4; i++)); do echo "  n += $i;"; done
  printf '  return n;\n}\n'
}

echo 1..42
make_sound_tree

# ---- Layers, by includes ----------------------------------------------------------------------------------------

fresh
accepts "a tree without a breach passes the layer check" lint-layers

fresh
source core/low.c '#include "frame/table.h"'
catches "core may not include frame" lint-layers '^src/core/low.c:1: core may not use frame'

fresh
source rules/mine.c '' '#include "cluster/means.h"'
catches "a family may not include another" lint-layers '^src/rules/mine.c:2: rules may not use cluster'

fresh
source cluster/means2.c '#include "registry/entry.h"'
catches "an algorithm may not include registry" lint-layers '^src/cluster/means2.c:1: cluster may not use registry'

fresh
source repl/face2.c '#include "cluster/means.h"'
catches "a face may not include a family" lint-layers '^src/repl/face2.c:1: repl may not use cluster'

fresh
source tui/face3.c '#include "repl/face.h"'
header repl/face.h 'void face(void);'
catches "a face may not include the other" lint-layers '^src/tui/face3.c:1: tui may not use repl'

fresh
source frame/lua.c '#  include <lua.h>'
catches "only bind may include lua.h" lint-layers '^src/frame/lua.c:1: frame may not include lua.h \(lua\)'

fresh
source bind/line.c '#include <stdio.h>' '#include <readline/readline.h>'
catches "bind may not include readline" lint-layers '^src/bind/line.c:2: bind may not include readline/readline.h'

fresh
source core/screen.c '#include <curses.h>'
catches "core may not include curses" lint-layers '^src/core/screen.c:1: core may not include curses.h'

fresh
source core/near.c '#include "base.h"'
cp "$tree/src/core/base.h" "$tree/src/base.h"
catches "an include without its folder" lint-layers '^src/core/near.c:1: include "base.h" by its path'

fresh
source main/all.c '#include <stdio.h>' '#include "cluster/means.h"' '#include "frame/table.h"' \
  'int main(void) { printf("%d", means_run()); return 0; }'
accepts "main may use everything" lint-layers

# ---- Layers, by symbols -----------------------------------------------------------------------------------------

fresh
source core/low.c 'int table_rows(void);' 'int low(void) { return table_rows(); }'
catches "a prototype by hand does not hide an edge" lint-layers '^src/core/low.c: uses table_rows of src/frame/table.c'

fresh
source rules/mine.c 'int means_run(void);' 'int mine(void) { return means_run(); }'
catches "nor one between families" lint-layers '^src/rules/mine.c: uses means_run of src/cluster/means.c'

outside() { # name file statement pattern
  fresh
  source "$2" '#include <stdio.h>' '#include <stdlib.h>' '#include <string.h>' 'int lua_gettop(void *);' \
    'int rl_on_new_line(void);' 'int filter(void);' "int planted(int n) { $3; return n; }"
  catches "$1" lint-layers "^src/$2: uses $4"
}

outside "printf below the faces" core/out.c 'printf("%d", n)' 'printf \(print\)'
outside "puts, into which the compiler turns printf" frame/out.c 'printf("n\n")' 'puts \(print\)'
outside "fprintf to stderr" registry/out.c 'fprintf(stderr, "%d", n)' '(stderr|fprintf) \(print\)'
outside "exit below the faces" cluster/out.c 'exit(n)' 'exit \(exit\)'
outside "abort below the faces" bind/out.c 'if (n) abort()' 'abort \(exit\)'
outside "rand" cluster/out.c 'n = rand()' 'rand \(random\)'
outside "malloc outside core/alloc.c" core/out.c 'return !!malloc((size_t)n)' 'malloc \(memory\)'
outside "strdup" frame/out.c 'return !!strdup("n")' 'strdup \(memory\)'
outside "fopen" frame/out.c 'return !!fopen("n", "r")' 'fopen \(stream\)'
outside "a Lua function outside bind" registry/out.c 'n = lua_gettop(0)' 'lua_gettop \(lua\)'
outside "a readline function outside repl" core/out.c 'n = rl_on_new_line()' 'rl_on_new_line \(readline\)'
outside "a curses function with an everyday name" frame/out.c 'n = filter()' 'filter \(curses\)'

fresh
source core/alloc.c '#include <stdlib.h>' 'void *take(size_t n) { return malloc(n); }'
source core/text.c '#include <stdio.h>' 'int put(char *s, int n) { return snprintf(s, 9, "%d", n); }'
accepts "core/alloc.c may call malloc, and anyone snprintf" lint-layers

# ---- Sizes ------------------------------------------------------------------------------------------------------

fresh
function_of long_one 121 >"$tree/src/core/long.c"
for ((k = 0; k < 30; k++)); do function_of "short_$k" 5; done >"$tree/src/core/short.c"
catches "a function of 121 lines" lint-size '^src/core/long.c:1: long_one has 121 lines'

fresh
function_of long_one 121 >"$tree/src/core/long.c"
for ((k = 0; k < 30; k++)); do function_of "short_$k" 5; done >"$tree/src/core/short.c"
echo 'src/core/long.c long_one a table' >"$tree/tools/long-functions.txt"
accepts "unless it is a named exception" lint-size

fresh
yes '/* filler */' | head -n 801 >"$tree/src/core/big.c"
catches "a source of 801 lines" lint-size '^src/core/big.c: 801 lines, the limit for a source is 800'

fresh
yes '/* filler */' | head -n 151 >"$tree/src/core/big.h"
catches "a header of 151 lines" lint-size '^src/core/big.h: 151 lines, the limit for a header is 150'

fresh
cp "$tree/src/core/base.h" "$tree/src/tui/base.h"
catches "a name used twice" lint-size '^src/tui/base.h: the name is taken by src/core/base.h'

fresh
for ((k = 0; k < 20; k++)); do function_of "middling_$k" 16; done >"$tree/src/core/middling.c"
for ((k = 0; k < 3; k++)); do function_of "longish_$k" 51; done >"$tree/src/core/longish.c"
catches "functions that are too long on the whole" lint-size 'functions: the median length is 16 lines'

fresh
for ((k = 0; k < 20; k++)); do function_of "short_$k" 5; done >"$tree/src/core/short.c"
for ((k = 0; k < 4; k++)); do function_of "longish_$k" 51; done >"$tree/src/core/longish.c"
catches "too many functions of more than 50 lines" lint-size 'functions: 4 of [0-9]* have more than 50 lines'

# ---- What was built ---------------------------------------------------------------------------------------------

# Makes the tree's program of a line of C that is exported, linked with ncurses.
program() {
  printf '%s\n' '#include <curses.h>' "$1" 'int main(void) { return initscr() == 0; }' >"$tree/program.c"
  cc -w -rdynamic -o "$tree/build/assay" "$tree/program.c" -lncursesw
}

fresh
program 'char *assay_fine(void) { return "filter"; }'
accepts "a program whose exported names are its own" lint-exports

fresh
program '#undef filter
         void filter(void) {}'
catches "an exported name that ncurses exports too" lint-exports 'build/assay: exports filter, and so does .*ncursesw'

# The program of the tree with a list of what it may export, and a plugin made of a line of C.
exporting() { # header-line exported-function
  fresh
  printf '%s\n' 'core/base.h base_' >"$tree/tools/api.txt"
  cp tools/api "$tree/tools/api"
  header core/base.h "$1"
  printf '%s\n' "$2" 'int main(void) { return 0; }' >"$tree/program.c"
  cc -w -rdynamic -Wl,--dynamic-list=<("$tree/tools/api" list) -o "$tree/build/assay" "$tree/program.c"
}

plugin() {
  mkdir -p "$tree/build/plugins/one" "$tree/plugins/one"
  printf '%s\n' "$@" >"$tree/plugins/one/one.c"
  cc -w -shared -fPIC -fvisibility=hidden -I"$tree/src" -o "$tree/build/plugins/one/one.so" "$tree/plugins/one/one.c"
}

api='__attribute__((visibility("default")))'

exporting 'ASSAY_API int base_one(void);' 'int base_one(void) { return 1; }'
plugin "$api const int assay_plugin = 1;"
accepts "a program that exports what its headers mark, and a plugin of one symbol" lint-exports

exporting 'ASSAY_API int base_one(void);' 'int base_one(void) { return 1; } int base_two(void) { return 2; }'
catches "a name exported that no header marks" lint-exports 'exports base_two, which no installed header declares'

exporting $'ASSAY_API int base_one(void);\nint base_two(void);' 'int base_one(void) { return 1; }'
catches "a function of an installed header without its mark" lint-exports '^src/core/base.h:.*base_two.*not marked'

exporting 'ASSAY_API int one(void);' 'int one(void) { return 1; }'
catches "a name without its module's prefix" lint-exports '^src/core/base.h: one has none of the prefixes'

exporting 'ASSAY_API int base_one(void);' 'int base_one(void) { return 1; }'
plugin "$api const int assay_plugin = 1;" "$api int more(void) { return 1; }"
catches "a plugin that exports more than its block" lint-exports 'one.so: exports more beside assay_plugin'

exporting 'ASSAY_API int base_one(void);' 'int base_one(void) { return 1; }'
plugin '#include "frame/table.h"' "$api const int assay_plugin = 1;"
catches "a plugin that includes what is not installed" lint-exports \
  '^plugins/one/one.c:1: includes frame/table.h, which is not installed'

fresh
program ''
printf '%s\n' 'double fused(double a, double b, double c) { return a * b + c; }' >"$tree/k.c"
if [[ $(uname -m) == x86_64 ]]; then
  cc -O2 -mfma -ffp-contract=fast -c -o "$tree/build/obj/core/dot_kernels.avx2.o" "$tree/k.c"
  catches "a fused multiply-add in a kernel" lint-exports 'dot_kernels.avx2.o: fused multiply-add in <fused>'
else
  report 0 "a fused multiply-add in a kernel # SKIP looked for on x86-64 only"
fi
