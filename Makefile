# SPDX-License-Identifier: MIT OR Apache-2.0
# Everything a newcomer needs; `make help` lists it. GNU make, a C compiler and cargo are all it takes.

CARGO  ?= cargo
CFLAGS ?= -O2 -g
PORT   ?= 8000
DIR    ?= .

OBJCOPY ?= objcopy

PREFIX       ?= /usr/local
LIBDIR       ?= $(PREFIX)/lib
INCLUDEDIR   ?= $(PREFIX)/include
MANDIR       ?= $(PREFIX)/share/man
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
DESTDIR      ?=

# Cargo's own variable is honoured, so that both agree on the place.
TARGET := $(or $(CARGO_TARGET_DIR),target)
BUILD  := $(TARGET)/release
STATIC := $(TARGET)/static/libowfat.a

.DELETE_ON_ERROR:
.PHONY: all examples serve check check-bsd check-asan check-tsan check-miri fuzz soak bench bench-experiments bench-companions bench-opentracker install uninstall deb headers symbols manual html clean help

all: ## Build the release library: libowfat.so (with its run-time name libowfat.so.0) and libowfat.a
	@CARGO='$(CARGO)' .ci/toolchain
	$(CARGO) build --release
	ln -sfn libowfat.so $(BUILD)/libowfat.so.0
	@$(MAKE) --no-print-directory $(STATIC)

# Without cargo, so that the superuser may install what somebody else has built.
$(BUILD)/libowfat.so $(BUILD)/libowfat.a:
	$(CARGO) build --release

# Cargo's libowfat.a has everything in it that Rust knows, under global names that clash with those of the next library
# in Rust. What is installed has the names of the C interface, what these need, and nothing else; no intermediate code
# of Rust's own parts either, which some linkers would rather look at than at the code.
$(STATIC): $(BUILD)/libowfat.a ctests/symbols.txt
	@mkdir -p $(@D)
	sed 's/^. //' ctests/symbols.txt > $(@D)/names
	$(LD) -r --gc-sections $$(sed 's/^/-u /' $(@D)/names) -o $(@D)/libowfat.o $<
	$(OBJCOPY) --strip-debug -R .llvmbc -R .llvmcmd --keep-global-symbols=$(@D)/names $(@D)/libowfat.o
	rm -f $@
	$(AR) rcs $@ $(@D)/libowfat.o

# The library is found beside the program wherever the tree lies.
EXAMPLE_FLAGS = -std=c11 -Wall -Wextra -pedantic $(CFLAGS) -Iinclude \
                -L$(BUILD) -lowfat -Wl,-rpath,'$$ORIGIN/../release'

examples: $(addprefix $(TARGET)/examples/,cdb httpd logecho) ## Build the example programs against the shared library

$(TARGET)/examples/httpd: $(wildcard examples/httpd/*.[ch])
$(TARGET)/examples/%: examples/%.c $(wildcard include/libowfat/*.h) | all
	@mkdir -p $(@D)
	$(CC) $(filter %.c,$^) -o $@ $(EXAMPLE_FLAGS)

serve: examples ## Serve the folder DIR (.) at http://127.0.0.1:PORT/ (8000) with the example web server
	@exec $(TARGET)/examples/httpd -p '$(PORT)' '$(DIR)'

check: all aio ## Run every test; QUICK=1: two minutes of them; VERBOSE=1: all they say; INSTALL=1: install what they use
	@CARGO='$(CARGO)' QUICK='$(QUICK)' VERBOSE='$(VERBOSE)' INSTALL='$(if $(filter-out install,$(INSTALL)),$(INSTALL))' .ci/check

soak: ## Have a thousand clients do their worst to the example web server, for SECONDS (600)
	OWFAT_SOAK_SECONDS='$(or $(SECONDS),600)' $(CARGO) test --test soak

check-bsd: ## Type-check the library for the BSDs, macOS, 32 bits and musl (needs Debian's rust-web-src)
	@.ci/check-bsd

check-asan: ## Run the C tests under AddressSanitizer, the library included (needs clang and rustup's rust-src)
	OWFAT_SANITIZER=address $(CARGO) test --test ctests

check-tsan: ## Run the C tests that have threads under ThreadSanitizer, likewise
	OWFAT_SANITIZER=thread $(CARGO) test --test ctests

check-miri: ## Run the unit tests of what makes no system calls in Miri (needs a nightly toolchain)
	@.ci/miri

# make has no variable SECONDS of its own, but bash has.
fuzz: ## Run the fuzz targets, or those in TARGETS, for SECONDS (60) each
	@SECONDS_EACH='$(or $(SECONDS),60)' .ci/fuzz $(TARGETS)

bench: ## Measure side by side with other event loops; writes the tables of benches/README.md
	$(CARGO) bench --bench main

bench-experiments: ## Measure what was tried for the event loop, and write that part of benches/README.md
	OWFAT_BENCH_ONLY=experiments OWFAT_BENCH_ROUNDS=11 $(CARGO) bench --bench main

bench-companions: ## Measure the functions beside the loop on both libraries; writes benches/companions.md
	OWFAT_BENCH_ONLY=companions $(CARGO) bench --bench main

bench-opentracker: ## Measure opentracker on the C library and on ours, and write the table in benches/README.md
	OWFAT_MEASURE=1 $(CARGO) test --test opentracker

install: $(BUILD)/libowfat.so $(STATIC) ## Install what was built, below PREFIX (/usr/local); see also LIBDIR, DESTDIR
	@$(PLACES) packaging/install.sh install

uninstall: ## Remove what `make install` with the same variables has installed
	@$(PLACES) packaging/install.sh uninstall

deb: $(BUILD)/libowfat.so $(STATIC) ## Build a Debian package that takes the place of libowfat0 and libowfat-dev
	@$(PLACES) packaging/deb.sh $(TARGET)/debian

PLACES = SHARED='$(BUILD)/libowfat.so' STATIC='$(STATIC)' PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' \
         INCLUDEDIR='$(INCLUDEDIR)' MANDIR='$(MANDIR)' PKGCONFIGDIR='$(PKGCONFIGDIR)' DESTDIR='$(DESTDIR)'

headers: ## Write include/libowfat/*.h anew from src/abi and src/capi, and what they say into the manual
	OWFAT_WRITE_HEADERS=1 $(CARGO) test --test headers
	OWFAT_WRITE_MANUAL=1 $(CARGO) test --test manual

symbols: ## Write ctests/symbols.txt anew from the names that the library exports
	OWFAT_WRITE_SYMBOLS=1 $(CARGO) test --test house

manual: ## Write what headers say, and what the examples print, into the pages of man/
	OWFAT_WRITE_MANUAL=1 $(CARGO) test --test manual

include aio/Makefile.mk

html: ## Make the manual a folder of web pages, target/html (HTMLDIR); needs mandoc
	@packaging/html.sh '$(or $(HTMLDIR),$(TARGET)/html)'
	@echo "the manual is in $(or $(HTMLDIR),$(TARGET)/html)/index.html"

clean: ## Remove everything that was built
	$(CARGO) clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 19
