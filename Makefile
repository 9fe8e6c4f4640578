# SPDX-License-Identifier: GPL-3.0-or-later
# Builds, tests and installs assay. `make help` lists the targets.
#
# Sources are found by wildcard, so a new file needs no line here. The libraries' flags are asked of pkg-config in
# recipes only: `make demo` must be readable by make on a machine that has no compiler and no pkg-config yet.
# The variants (asan, tsan, fuzz, clang) are these same rules with another BUILD folder, compiler and flags.

BUILD      ?= build
PREFIX     ?= /usr/local
DESTDIR    ?=
CFLAGS     ?= -O2 -g
LDFLAGS    ?=
SANITIZE   ?=
FUZZ_SECONDS ?= 60
SUITES     ?=

VERSION := $(file < VERSION)
ARCH    := $(shell uname -m)
GEN     := $(BUILD)/gen
OBJ     := $(BUILD)/obj
TESTS   := $(BUILD)/tests

# As many jobs as processors, unless the caller's command line says otherwise (make 4.3 does not show -j in MAKEFLAGS
# while it reads this file, hence the look at its command line).
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += $(shell case "$$(tr '\0' ' ' < /proc/$$PPID/cmdline 2>/dev/null)" in \
                     (*' -j'*|*' --jobs'*) ;; (*) echo -j$$(nproc 2>/dev/null || echo 2) ;; esac)
endif
MAKEFLAGS += --no-print-directory --no-builtin-rules

# Goals named together ("make clean test lint") run one after the other; what each of them makes is parallel still.
ifneq ($(word 2,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

V ?= 0
ifeq ($(V),0)
say = @printf '  %-6s %s\n' $(1) $(2);
else
say =
endif

# ---- Flags ----------------------------------------------------------------------------------------------------

LANGUAGE := -std=c17 -D_GNU_SOURCE -ffp-contract=off -fno-math-errno -fvisibility=hidden -pthread
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
            -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wredundant-decls -Wdate-time -Wformat-security \
            -Wnested-externs -Winit-self
INSTRUMENT :=
ifneq ($(SANITIZE),)
# gcc guesses wrongly about uninitialised and out-of-range values in instrumented code.
INSTRUMENT := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-format-truncation \
              -Wno-error=maybe-uninitialized -Wno-error=stringop-overflow -Wno-error=array-bounds
ifneq ($(findstring clang,$(CC)),)
INSTRUMENT := -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
endif
LINK_FLAGS := -pthread -Wl,--as-needed $(if $(SANITIZE),-fsanitize=$(SANITIZE))

# Hot kernels (*_kernels.c) are one source compiled once per instruction set; ISA names the copy. No copy may fuse a
# multiplication with an addition, so that all give the same bits. -mno-fma stands first because clang would take
# AVX-512 away again with it; there -ffp-contract=off alone keeps the instructions unfused (`make lint` looks).
ifeq ($(ARCH),x86_64)
KERNEL_SETS  := base avx2 avx512
else
KERNEL_SETS  := base
endif
# gcc's address sanitizer puts locals into frames of its own that are aligned to 32 bytes; vectors want 64.
KERNEL_OPT    = $(if $(SANITIZE),$(if $(findstring clang,$(CC)),,--param=asan-use-after-return=0),-O3)
FLAGS_base   :=
FLAGS_avx2   := -mno-fma -mavx2
FLAGS_avx512 := -mno-fma -mavx512f -mavx512dq -mavx512vl -mprefer-vector-width=512

# ---- Files ----------------------------------------------------------------------------------------------------

KERNELS    := $(wildcard src/*/*_kernels.c)
MAIN       := $(wildcard src/main/*.c)
SOURCES    := $(filter-out $(KERNELS) $(MAIN),$(wildcard src/*/*.c))
PRELUDE    := $(sort $(wildcard lua/prelude/*.lua))

MAIN_OBJ   := $(MAIN:src/%.c=$(OBJ)/%.o)
OBJECTS    := $(SOURCES:src/%.c=$(OBJ)/%.o) \
              $(foreach set,$(KERNEL_SETS),$(KERNELS:src/%.c=$(OBJ)/%.$(set).o)) \
              $(if $(wildcard src/bind/prelude.h),$(GEN)/prelude.o)

UNIT       := $(patsubst tests/unit/%.c,$(TESTS)/unit/%,$(wildcard tests/unit/test_*.c))
UNIT_HELP  := $(patsubst tests/unit/%.c,$(TESTS)/unit/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))
FUZZERS    := $(patsubst tests/fuzz/%.c,$(TESTS)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

# Plugins: a folder each, with a manifest. pkg-config is asked here for the libraries they need, since a plugin whose
# libraries are missing has no rules: make says so, goes on, and the program names the package when it is asked for.
PIC           := $(BUILD)/pic
plugin_field   = sed -n 's/^ *"$(2)": *"\([^"]*\)".*/\1/p' plugins/$(1)/plugin.json
PLUGINS       := $(patsubst plugins/%/plugin.json,%,$(wildcard plugins/*/plugin.json))
PLUGINS_BUILT := $(foreach p,$(PLUGINS),$(shell modules=$$($(call plugin_field,$(p),pkg-config)); \
                   { [ -z "$$modules" ] || pkg-config --exists $$modules; } 2>/dev/null && echo $(p)))
plugin_objects = $(patsubst plugins/%.c,$(PIC)/%.o,$(wildcard plugins/$(1)/*.c))
PLUGIN_OBJ    := $(foreach p,$(PLUGINS_BUILT),$(call plugin_objects,$(p)))
PLUGIN_SO     := $(foreach p,$(PLUGINS_BUILT),$(if $(wildcard plugins/$(p)/*.c),$(BUILD)/plugins/$(p)/$(p).so))
PLUGIN_TEXTS  := $(patsubst plugins/%,$(BUILD)/plugins/%,$(wildcard plugins/*/plugin.json plugins/*/*.lua))
PLUGIN_FUZZ   := $(foreach p,$(PLUGINS_BUILT),$(wildcard plugins/$(p)/tests/fuzz_*.c))
FUZZERS       += $(foreach f,$(PLUGIN_FUZZ),$(TESTS)/fuzz/$(basename $(notdir $(f))))

.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all demo test lint asan tsan valgrind clang fuzz bench check-all check-bare install uninstall clean help \
        deps deps-build deps-test deps-lint deps-all plugins messages programs everything run-tests run-fuzz FORCE

# ---- What people call -----------------------------------------------------------------------------------------

ifeq ($(BUILD),build)
all: assay plugins messages     ## build the program and its plugins; ./assay is a link to it
assay: $(BUILD)/assay
	@ln -sfn $(BUILD)/assay $@
else
all: $(BUILD)/assay plugins messages
	@:
endif

demo: deps-build                ## install what is missing, build, run the demonstration; its report is in build/demo
	+@$(MAKE) all
	@ASSAY_DEMO=build/demo ./assay demo story --auto

test: deps-test                 ## install what is missing, build, run every test (SUITES="unit lua" for some)
	+@$(MAKE) everything
	@BUILD=$(BUILD) tests/run $(SUITES)

lint: deps-lint                 ## layers, sizes, exported names, headers, luacheck, cppcheck, scripts
	+@$(MAKE) all
	@BUILD=$(BUILD) CC='$(CC)' tools/lint

deps:                           ## install the packages that building and running need
	@tools/deps.sh --recommended build

deps-build: ; @tools/deps.sh build
deps-test:  ; @tools/deps.sh test
deps-lint:  ; @tools/deps.sh lint
deps-all:   ; @tools/deps.sh all

asan: deps-test                 ## the tests under address and undefined-behaviour sanitizers
	+@$(MAKE) BUILD=build/asan CFLAGS='-O1 -g' SANITIZE=address,undefined run-tests

tsan: deps-test                 ## the tests under the thread sanitizer
	+@$(MAKE) BUILD=build/tsan CFLAGS='-O1 -g' SANITIZE=thread run-tests

valgrind: deps-all              ## unit, fuzz and Lua tests under valgrind
	+@$(MAKE) everything
	@BUILD=$(BUILD) tests/run --valgrind unit fuzz lua

clang: deps-all                 ## build everything with clang, to hear its warnings
	+@$(MAKE) BUILD=build/clang CC=clang everything

fuzz: deps-all                  ## run each fuzz target for FUZZ_SECONDS (60)
	+@$(MAKE) BUILD=build/fuzz CC=clang CFLAGS='-O1 -g' SANITIZE=fuzzer-no-link,address,undefined run-fuzz

bench: deps-build               ## compare the speed with that of peers
	+@$(MAKE) all
	@tests/bench/run

check-all: deps-all             ## everything: test lint asan tsan valgrind clang fuzz
	+@$(MAKE) test
	+@$(MAKE) lint
	+@$(MAKE) asan
	+@$(MAKE) tsan
	+@$(MAKE) valgrind
	+@$(MAKE) clang
	+@$(MAKE) fuzz

check-bare:                     ## try the README's commands in a bare Debian 12 (needs root and the network)
	@tests/deps/bare.sh

clean:                          ## remove everything made
	rm -rf build assay

help:                           ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile | sort

# ---- Flags as files -------------------------------------------------------------------------------------------
# Each is rewritten only when its text changes, so that a change of compiler, flags, version or of the list of
# objects makes again what depends on it and nothing else.

LIBRARIES := readline ncursesw jansson libutf8proc zlib libzstd libpcre2-8
find_lua   = for lua in lua5.4 lua-5.4 lua54 lua; do pkg-config --exists $$lua 2>/dev/null && break; done
update     = if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
complain   = { echo 'assay: libraries are missing; "make deps" installs them' >&2; rm -f $@.new; exit 1; }

$(GEN)/cflags: FORCE
	@mkdir -p $(@D)
	@$(find_lua); inc=$$(pkg-config --cflags-only-I $$lua $(LIBRARIES)) || $(complain); \
	echo '$(CFLAGS) $(LANGUAGE) $(WARNINGS) $(INSTRUMENT) -Isrc' "$$inc" \
	  '-DASSAY_VERSION=\"$(VERSION)\"' >$@.new; $(update)

$(GEN)/libs: FORCE
	@mkdir -p $(@D)
	@$(find_lua); libs=$$(pkg-config --libs $$lua $(LIBRARIES)) || $(complain); \
	echo "$$libs -lpthread -ldl -lm" >$@.new; $(update)

$(GEN)/compiler: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(LDFLAGS) $(LINK_FLAGS)' >$@.new; $(update)

$(GEN)/main-flags: FORCE
	@mkdir -p $(@D)
	@echo '-DASSAY_DATADIR=\"$(PREFIX)/share/assay\"' >$@.new; $(update)

$(GEN)/objects: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(OBJECTS) >$@.new; $(update)

# ---- Objects --------------------------------------------------------------------------------------------------

COMPILE = $(CC) @$(GEN)/cflags
DEPFILE = -MMD -MP -MF $(@:.o=.d)

$(OBJECTS) $(MAIN_OBJ): $(GEN)/cflags $(GEN)/compiler
$(MAIN_OBJ): $(GEN)/main-flags

$(OBJ)/main/%.o: src/main/%.c
	$(call say,CC,$<) mkdir -p $(@D) && $(COMPILE) @$(GEN)/main-flags $(DEPFILE) -c -o $@ $<

$(OBJ)/%.o: src/%.c
	$(call say,CC,$<) mkdir -p $(@D) && $(COMPILE) $(DEPFILE) -c -o $@ $<

define KERNEL_RULE
$(OBJ)/%_kernels.$(1).o: src/%_kernels.c
	$$(call say,CC,'$$< ($(1))') mkdir -p $$(@D) && \
	$$(COMPILE) $$(KERNEL_OPT) $$(FLAGS_$(1)) -DISA=$(1) $$(DEPFILE) -c -o $$@ $$<
endef
$(foreach set,$(KERNEL_SETS),$(eval $(call KERNEL_RULE,$(set))))

# The Lua files that the program carries. The folder is a prerequisite for the sake of files that go away.
$(GEN)/prelude.c: $(PRELUDE) $(wildcard lua/prelude) tools/embed
	$(call say,EMBED,lua/prelude) mkdir -p $(@D) && tools/embed $(PRELUDE) >$@.new && mv $@.new $@

$(GEN)/prelude.o: $(GEN)/prelude.c
	$(call say,CC,$<) $(COMPILE) $(DEPFILE) -c -o $@ $<

# What the program exports to plugins: the functions of the installed headers.
$(GEN)/exports: $(wildcard src/*/*.h) tools/api tools/api.txt
	@mkdir -p $(@D)
	@tools/api list >$@.new && mv $@.new $@

EXPORT = -Wl,--dynamic-list=$(GEN)/exports

$(BUILD)/assay: $(OBJECTS) $(MAIN_OBJ) $(GEN)/objects $(GEN)/libs $(GEN)/exports
	$(call say,LINK,$@) $(CC) $(LDFLAGS) $(LINK_FLAGS) $(EXPORT) -o $@ $(MAIN_OBJ) @$(GEN)/objects @$(GEN)/libs

# ---- Plugins --------------------------------------------------------------------------------------------------


plugins: $(PLUGIN_SO) $(PLUGIN_TEXTS)
	@$(foreach p,$(filter-out $(PLUGINS_BUILT),$(PLUGINS)),echo "  plugin $(p) is not built: install \
	  $$($(call plugin_field,$(p),package)) and make again";) :

$(PLUGIN_TEXTS): $(BUILD)/plugins/%: plugins/%
	@mkdir -p $(@D) && cp $< $@

$(PLUGIN_OBJ): $(GEN)/cflags $(GEN)/compiler

define PLUGIN_RULES
$(PIC)/$(1)/%.o: plugins/$(1)/%.c plugins/$(1)/plugin.json
	$$(call say,CC,$$<) mkdir -p $$(@D) && modules=$$$$($(call plugin_field,$(1),pkg-config)) && \
	$$(COMPILE) -fPIC $$$${modules:+$$$$(pkg-config --cflags $$$$modules)} $$(DEPFILE) -c -o $$@ $$<

$(BUILD)/plugins/$(1)/$(1).so: $(call plugin_objects,$(1)) plugins/$(1)
	$$(call say,LINK,$$@) mkdir -p $$(@D) && modules=$$$$($(call plugin_field,$(1),pkg-config)) && \
	$$(CC) $$(LDFLAGS) $$(LINK_FLAGS) -shared -o $$@.new $(call plugin_objects,$(1)) \
	  $$$${modules:+$$$$(pkg-config --libs $$$$modules)} -lm && mv $$@.new $$@
endef
$(foreach p,$(PLUGINS_BUILT),$(eval $(call PLUGIN_RULES,$(p))))

# ---- Messages in other languages ------------------------------------------------------------------------------
# po/LANGUAGE.po, kept by tools/messages.sh. Without msgfmt the program speaks English only.

LANGUAGES    := $(patsubst po/%.po,%,$(wildcard po/*.po))
CATALOGUES   := $(if $(shell command -v msgfmt),$(LANGUAGES:%=$(BUILD)/locale/%/LC_MESSAGES/assay.mo))

messages: $(CATALOGUES)
	@$(if $(CATALOGUES),:,echo '  messages are in English only: install gettext and make again')

$(CATALOGUES): $(BUILD)/locale/%/LC_MESSAGES/assay.mo: po/%.po tools/messages.sh
	$(call say,MSGFMT,$<) mkdir -p $(@D) && CC='$(CC)' tools/messages.sh --make $< $@.new && mv $@.new $@

# ---- Test programs --------------------------------------------------------------------------------------------

programs: $(UNIT) $(FUZZERS)
	@:

everything: all programs

run-tests: everything
	@BUILD=$(BUILD) tests/run $(SUITES)

TEST_OBJECTS := $(UNIT:=.o) $(UNIT_HELP) $(FUZZERS:=.o) $(TESTS)/fuzz/replay.o
$(TEST_OBJECTS): $(GEN)/cflags $(GEN)/compiler

$(TESTS)/unit/%.o: tests/unit/%.c
	$(call say,CC,$<) mkdir -p $(@D) && $(COMPILE) -Itests/unit $(DEPFILE) -c -o $@ $<

$(TESTS)/fuzz/%.o: tests/fuzz/%.c
	$(call say,CC,$<) mkdir -p $(@D) && $(COMPILE) -Wno-missing-prototypes $(DEPFILE) -c -o $@ $<

$(UNIT): %: %.o $(UNIT_HELP) $(OBJECTS) $(GEN)/objects $(GEN)/libs
	$(call say,LINK,$@) $(CC) $(LDFLAGS) $(LINK_FLAGS) -o $@ $< $(UNIT_HELP) @$(GEN)/objects -lcmocka @$(GEN)/libs

# A fuzz target is driven by libFuzzer in the fuzz variant, elsewhere by replay.c, which feeds it the stored corpus.
ifneq ($(findstring fuzzer,$(SANITIZE)),)
FUZZ_DRIVER := -fsanitize=fuzzer
else
FUZZ_DRIVER := $(TESTS)/fuzz/replay.o
endif

$(FUZZERS): %: %.o $(filter %.o,$(FUZZ_DRIVER)) $(OBJECTS) $(GEN)/objects $(GEN)/libs
	$(call say,LINK,$@) $(CC) $(LDFLAGS) $(LINK_FLAGS) -o $@ $(filter %.o,$(filter-out $(OBJECTS),$^)) \
	  $(filter-out %.o,$(FUZZ_DRIVER)) @$(GEN)/objects $(PLUGIN_LIBS) @$(GEN)/libs

# The target of a plugin, plugins/NAME/tests/fuzz_x.c, is linked with the plugin's own objects.
define PLUGIN_FUZZ_RULES
$(TESTS)/fuzz/$(2).o: plugins/$(1)/tests/$(2).c
	$$(call say,CC,$$<) mkdir -p $$(@D) && $$(COMPILE) -Iplugins/$(1) -Wno-missing-prototypes $$(DEPFILE) -c -o $$@ $$<
$(TESTS)/fuzz/$(2): $(call plugin_objects,$(1))
$(TESTS)/fuzz/$(2): PLUGIN_LIBS = $$$$(pkg-config --libs $$$$($(call plugin_field,$(1),pkg-config)))
endef
$(foreach f,$(PLUGIN_FUZZ),$(eval $(call PLUGIN_FUZZ_RULES,$(word 2,$(subst /, ,$(f))),$(basename $(notdir $(f))))))

# New inputs are collected in the build folder; those worth keeping are copied to tests/fuzz/corpus by hand.
run-fuzz: $(FUZZERS)
	@for target in $(FUZZERS); do \
	  name=$${target##*/fuzz_}; found=$(BUILD)/corpus/$$name; mkdir -p $$found tests/fuzz/corpus/$$name; \
	  echo "== fuzz $$name, $(FUZZ_SECONDS) s"; \
	  $$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
	    -artifact_prefix=$(BUILD)/crash-$$name- $$found tests/fuzz/corpus/$$name \
	    >$(BUILD)/$$name.log 2>&1 </dev/null || { tail -n 40 $(BUILD)/$$name.log; exit 1; }; \
	  grep -E '^stat::(number_of_executed|average_exec)' $(BUILD)/$$name.log; \
	done

# ---- Installing -----------------------------------------------------------------------------------------------
# PREFIX/share/assay has the folders of this checkout under the same names, so that the program finds things alike;
# plugins as they were built, and the source of the one to copy. PREFIX/include/assay is for building others.

SHARE     = $(DESTDIR)$(PREFIX)/share/assay
INCLUDE   = $(DESTDIR)$(PREFIX)/include/assay
PKGCONFIG = $(DESTDIR)$(PREFIX)/lib/pkgconfig
LOCALES   = $(DESTDIR)$(PREFIX)/share/locale
MANUALS   = $(wildcard doc/*.1)
SHARED    = $(shell find datasets lua -type f ! -path 'lua/prelude/*' ! -name '*.o' ! -name '.*' 2>/dev/null) \
            $(wildcard plugins/README.md plugins/*/README.md plugins/example/*.c)

install: all                    ## install below PREFIX (/usr/local); DESTDIR for packagers
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(SHARE)
	install -m 755 $(BUILD)/assay $(DESTDIR)$(PREFIX)/bin/assay
	@for file in $(SHARED); do install -D -m 644 $$file $(SHARE)/$$file || exit 1; done
	@for page in $(MANUALS); do install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man1/ || exit 1; done
	@for file in $(PLUGIN_SO) $(PLUGIN_TEXTS); do \
	  install -D -m 644 $$file $(SHARE)/plugins/$${file#$(BUILD)/plugins/} || exit 1; done
	@for file in $$(tools/api headers); do install -D -m 644 src/$$file $(INCLUDE)/$$file || exit 1; done
	@for language in $(if $(CATALOGUES),$(LANGUAGES)); do \
	  install -D -m 644 $(BUILD)/locale/$$language/LC_MESSAGES/assay.mo \
	    $(LOCALES)/$$language/LC_MESSAGES/assay.mo || exit 1; done
	@install -d $(PKGCONFIG) && printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include/assay' \
	  'plugindir=$${prefix}/share/assay/plugins' '' 'Name: assay' 'Description: headers for plugins of assay' \
	  'Version: $(VERSION)' 'Cflags: -D_GNU_SOURCE -fPIC -fvisibility=hidden -I$${includedir}' >$(PKGCONFIG)/assay.pc

uninstall:                      ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/assay $(MANUALS:doc/%=$(DESTDIR)$(PREFIX)/share/man/man1/%)
	rm -f $(PKGCONFIG)/assay.pc $(LANGUAGES:%=$(LOCALES)/%/LC_MESSAGES/assay.mo)
	rm -rf $(SHARE) $(INCLUDE)

-include $(patsubst %.o,%.d,$(OBJECTS) $(MAIN_OBJ) $(PLUGIN_OBJ) $(TEST_OBJECTS))
