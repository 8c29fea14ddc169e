# SPDX-License-Identifier: MIT OR Apache-2.0
# Everything a newcomer needs; `make help` lists it. GNU make, a C compiler and cargo are all it takes.

CARGO  ?= cargo
CFLAGS ?= -O2 -g
PORT   ?= 8000
DIR    ?= .

# The tools for the machine that the library is for. For another machine than this, CARGO_BUILD_TARGET is Rust's name of
# it, and CROSS what the names of its tools begin with: CARGO_BUILD_TARGET=aarch64-unknown-linux-gnu CROSS=aarch64-linux-gnu-
CROSS ?=
ifeq ($(origin CC),default)
CC := $(if $(CROSS),$(CROSS)gcc,cc)
endif
ifeq ($(origin AR),default)
AR := $(CROSS)ar
endif
ifeq ($(origin LD),default)
LD := $(CROSS)ld
endif
NM      ?= $(CROSS)nm
OBJCOPY ?= $(CROSS)objcopy
READELF ?= $(CROSS)readelf
STRIP   ?= $(CROSS)strip
RUSTC   ?= rustc

# Further arguments of `cargo build`, and the profile of Cargo.toml in which it builds: release, dev, checked.
CARGOFLAGS    ?=
CARGO_PROFILE ?= release

PREFIX       ?= /usr/local
LIBDIR       ?= $(PREFIX)/lib
INCLUDEDIR   ?= $(PREFIX)/include
MANDIR       ?= $(PREFIX)/share/man
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
DESTDIR      ?=

# Cargo's own variables are honoured, so that both agree on the place.
target  := $(or $(CARGO_TARGET_DIR),target)
machine := $(target)$(addprefix /,$(CARGO_BUILD_TARGET))
release := $(machine)/$(patsubst dev,debug,$(CARGO_PROFILE))
# What is made of that, in a folder for each profile.
suffix  := $(patsubst %,-%,$(filter-out release,$(CARGO_PROFILE)))
static  := $(machine)/static$(suffix)/libowfat.a

# What cargo and the C compiler of its build scripts have to know of another machine.
ifneq ($(CARGO_BUILD_TARGET),)
cross := CARGO_TARGET_$(shell echo '$(CARGO_BUILD_TARGET)' | tr a-z.- A-Z__)_LINKER='$(CC)' \
         TARGET_CC='$(CC)' TARGET_AR='$(AR)'
endif

# The marks of libraries in which nothing meddles with return addresses, which is all that a shadow stack asks for; and if
# RUSTFLAGS ask for the marks of indirect branch tracking, of those, too.
ifneq ($(findstring x86_64,$(or $(CARGO_BUILD_TARGET),$(shell uname -sm | sed -n 's/^Linux //p'))),)
hardened = -fstack-protector-strong -fcf-protection
marks = -z shstk $(if $(filter %cf-protection=full %cf-protection=branch,$(RUSTFLAGS)),-z ibt)
endif
version := $(shell sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q;}' Cargo.toml)

# Paths of this machine stay out of what is built: the same sources make the same files in every folder, for every user.
# Rust's own sources have the name that they have where they are not installed.
sysroot = $(shell $(RUSTC) --print sysroot)/lib/rustlib/src/rust
commit  = $(shell $(RUSTC) -vV | sed -n 's/^commit-hash: //p')
remap   = --remap-path-prefix=$(CURDIR)=. --remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)=cargo \
          --remap-path-prefix=$(sysroot)=/rustc/$(commit)
rustflags = $(strip $(RUSTFLAGS) $(remap))

.DELETE_ON_ERROR:
.PHONY: all examples serve check check-root check-bsd check-asan check-tsan check-miri fuzz soak bench bench-experiments bench-companions bench-nginx bench-tls bench-opentracker install uninstall deb tls deflate headers symbols abi manual html clean help
.PHONY: install-strip check-musl check-arch check-link rustflags

all: ## Build the release library: libowfat.so (with its run-time name libowfat.so.0) and libowfat.a
	@CARGO='$(CARGO)' .ci/toolchain
	$(cross) RUSTFLAGS='$(rustflags)' $(CARGO) build --profile '$(CARGO_PROFILE)' $(CARGOFLAGS)
	CC='$(CC)' NM='$(NM)' build/shared.sh $(release)/libowfat.so
	ln -sfn libowfat.so $(release)/libowfat.so.0
	@$(MAKE) --no-print-directory $(static)

# Tests build with the same flags: cargo takes others for a reason to build anew, and so would the next make.
rustflags:
	@echo '$(rustflags)'

# Without cargo, so that the superuser may install what another user has built.
$(release)/libowfat.so $(release)/libowfat.a:
	@$(MAKE) --no-print-directory all

# Cargo's libowfat.a has everything in it that Rust knows, under global names that clash with those of the next library
# in Rust. What is installed has a member for each function.
$(static): $(release)/libowfat.a ctests/symbols.txt build/members.sh build/whole.sh $(wildcard build/object/*.rs)
	@mkdir -p $(@D)
	sed 's/^. //' ctests/symbols.txt > $(@D)/names
	LD='$(LD)' AR='$(AR)' NM='$(NM)' OBJCOPY='$(OBJCOPY)' READELF='$(READELF)' RUSTC='$(RUSTC)' \
	  build/members.sh $< $(@D)/names $@

# A library without debug information, and that in a file of its own, which debuggers find by its name: this.
define split
@mkdir -p $(@D)
$(OBJCOPY) --only-keep-debug $< $(@D)/$(1)
$(STRIP) --strip-unneeded -o $@ $<
cd $(@D) && $(OBJCOPY) --add-gnu-debuglink=$(1) $(@F)
endef
stripped := $(release)/stripped/libowfat.so
$(stripped): $(release)/libowfat.so
	$(call split,libowfat.so.0.32.0.debug)

# libowfat-aio is for Linux: other systems have asynchronous I/O of their kernel's.
AIO_HERE ?= $(if $(CARGO_BUILD_TARGET),$(findstring linux,$(CARGO_BUILD_TARGET)),$(filter Linux,$(shell uname -s)))

# The library is found beside the program wherever the tree lies.
EXAMPLE_FLAGS = -std=c11 -Wall -Wextra -pedantic $(CFLAGS) -Iinclude \
                -L$(release) -lowfat -Wl,-rpath,'$$ORIGIN/../$(notdir $(release))' $(EXAMPLE_LIBRARIES)

examples: $(addprefix $(machine)/examples/,cdb $(if $(AIO_HERE),httpd logecho)) ## Build the example programs against the shared library

$(machine)/examples/httpd: $(wildcard examples/httpd/*.[ch])
$(machine)/examples/httpd $(machine)/examples/logecho: EXAMPLE_LIBRARIES = -DHTTPD_AIO -Iaio/include -L$(AIO) -lowfat-aio -Wl,-rpath,'$$ORIGIN/../aio'
$(machine)/examples/httpd $(machine)/examples/logecho: | aio
$(machine)/examples/tls: $(addprefix examples/httpd/,answer.c folder.c page.c request.c http.h)
$(machine)/examples/tls: EXAMPLE_LIBRARIES = -lssl -lcrypto
$(machine)/examples/deflate: EXAMPLE_LIBRARIES = -lz
$(machine)/examples/%: examples/%.c $(wildcard include/libowfat/*.h) | all
	@mkdir -p $(@D)
	$(CC) $(filter %.c,$^) -o $@ $(EXAMPLE_FLAGS)

tls: $(machine)/examples/tls ## Build the example web server for https (needs OpenSSL 3's libssl-dev)

deflate: $(machine)/examples/deflate ## Build the example proxy that compresses (needs zlib's zlib1g-dev)

serve: examples ## Serve the folder DIR (.) at http://127.0.0.1:PORT/ (8000) with the example web server
	@exec $(machine)/examples/httpd -p '$(PORT)' '$(DIR)'

check: all aio ## Run every test; QUICK=1: two minutes of them; VERBOSE=1: all they say; INSTALL=1: install what they use
	@CARGO='$(CARGO)' QUICK='$(QUICK)' VERBOSE='$(VERBOSE)' INSTALL='$(if $(filter-out install,$(INSTALL)),$(INSTALL))' .ci/check

soak: ## Have a thousand clients do their worst to the example web server, for SECONDS (600)
	OWFAT_SOAK_SECONDS='$(or $(SECONDS),600)' $(CARGO) test --test soak

check-root: ## Do what README says, and install the packages, in a new Debian (root, debootstrap, network; FULL=1: all tests)
	@FULL='$(FULL)' $(if $(PART),PART='$(PART)') .ci/root

check-bsd: ## Type-check the library for the BSDs, macOS, 32 bits and musl (needs Debian's rust-web-src)
	@.ci/check-bsd

check-asan: ## Run the C tests under AddressSanitizer, the library included (needs clang and rustup's rust-src)
	OWFAT_SANITIZER=address $(CARGO) test --test ctests --test aio

check-tsan: ## Run the C tests that have threads under ThreadSanitizer, likewise
	OWFAT_SANITIZER=thread $(CARGO) test --test ctests --test aio

check-musl: ## Run the C tests on musl (needs musl-tools and rustup's rust-src)
	OWFAT_TARGET=x86_64-unknown-linux-musl OWFAT_CC=musl-gcc $(CARGO) test --no-fail-fast --test ctests --test aio

# Rust's name of a machine, what its tools begin with, and who runs its programs.
arch_i686    := i686-unknown-linux-gnu i686-linux-gnu-
arch_armhf   := armv7-unknown-linux-gnueabihf arm-linux-gnueabihf- qemu-arm-static
arch_arm64   := aarch64-unknown-linux-gnu aarch64-linux-gnu- qemu-aarch64-static
arch_riscv64 := riscv64gc-unknown-linux-gnu riscv64-linux-gnu- qemu-riscv64-static
arch_s390x   := s390x-unknown-linux-gnu s390x-linux-gnu- qemu-s390x-static
arch_ppc64el := powerpc64le-unknown-linux-gnu powerpc64le-linux-gnu- qemu-ppc64le-static

# PAGE=65536 has the emulator work with pages of that size.
check-arch: ## Run the C tests for ARCH (i686, armhf, arm64, riscv64, s390x, ppc64el) by Debian's cross compilers; TIME=64, PAGE=65536, ONLY=…
	@[ -n "$(arch_$(ARCH))" ] || { echo 'ARCH=$(ARCH)? Known: i686 armhf arm64 riscv64 s390x ppc64el' >&2; exit 2; }
	OWFAT_TARGET=$(word 1,$(arch_$(ARCH))) OWFAT_CC=$(word 2,$(arch_$(ARCH)))gcc OWFAT_RUNNER='$(word 3,$(arch_$(ARCH)))$(if $(PAGE), -p $(PAGE))' \
	  OWFAT_TIME='$(TIME)' $(CARGO) test --no-fail-fast --test ctests --test aio $(addprefix -- ,$(ONLY))

check-link: ## Compile headers and tests, and link, for FreeBSD, NetBSD, OpenBSD and macOS with zig cc (pip fetches it)
	$(CARGO) test --test systems

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

bench-nginx: examples ## Measure the example web server beside Debian's nginx, and write the table in benches/README.md
	@benches/servers.sh http $(machine)/examples/httpd

$(machine)/tls_by_hand: benches/programs/tls_by_hand.c $(machine)/examples/tls
	$(CC) $< $(addprefix examples/httpd/,answer.c folder.c page.c request.c) -o $@ $(EXAMPLE_FLAGS) -Wl,-rpath,'$$ORIGIN/$(notdir $(release))' -lssl -lcrypto

bench-tls: tls $(machine)/tls_by_hand ## Measure the https server beside nginx and SSL_write by hand; writes benches/README.md
	@benches/servers.sh https $(machine)/examples/tls $(machine)/tls_by_hand

bench-opentracker: ## Measure opentracker on the C library and on ours, and write the table in benches/README.md
	OWFAT_MEASURE=1 $(CARGO) test --test opentracker

install: $(release)/libowfat.so $(static) ## Install what was built, below PREFIX (/usr/local); see also LIBDIR, DESTDIR
	@$(PLACES) packaging/install.sh install

install-strip: $(stripped) $(static) ## The same, with debug information in a file of its own, LIBDIR/.debug
	@$(PLACES) SHARED='$(stripped)' DEBUG='$(stripped).0.32.0.debug' AIO_SHARED='$(AIO)/stripped' packaging/install.sh install

uninstall: ## Remove what `make install` with the same variables has installed
	@$(PLACES) packaging/install.sh uninstall

deb: ## Build the packages for Debian that take the place of libowfat0 and libowfat-dev, and their source, in target/debian
	@CARGO='$(CARGO)' CARGOFLAGS='$(CARGOFLAGS)' CARGO_BUILD_TARGET='$(CARGO_BUILD_TARGET)' CROSS='$(CROSS)' \
	  packaging/deb.sh $(abspath $(or $(DEBDIR),$(target)/debian))

PLACES = SHARED='$(release)/libowfat.so' STATIC='$(static)' AIO='$(if $(AIO_HERE),$(AIO))' PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' \
         INCLUDEDIR='$(INCLUDEDIR)' MANDIR='$(MANDIR)' PKGCONFIGDIR='$(PKGCONFIGDIR)' DESTDIR='$(DESTDIR)'

headers: ## Write include/libowfat/*.h anew from src/abi and src/capi, and what they say into the manual
	OWFAT_WRITE_HEADERS=1 $(CARGO) test --test headers
	OWFAT_WRITE_MANUAL=1 $(CARGO) test --test manual

symbols: ## Write ctests/symbols.txt anew from the names that the library exports
	OWFAT_WRITE_SYMBOLS=1 $(CARGO) test --test conventions

abi: ## Write packaging/abi anew, the interface with its types (needs abigail-tools)
	OWFAT_WRITE_ABI=1 $(CARGO) test --test inspection

manual: ## Write what headers say, and what the examples print, into the pages of man/
	OWFAT_WRITE_MANUAL=1 $(CARGO) test --test manual

include aio/Makefile.mk

html: ## Make the manual a folder of web pages, target/html (HTMLDIR); needs mandoc
	@packaging/html.sh '$(or $(HTMLDIR),$(target)/html)'
	@echo "the manual is in $(or $(HTMLDIR),$(target)/html)/index.html"

clean: ## Remove everything that was built
	$(CARGO) clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 19
