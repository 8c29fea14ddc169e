# Everything a newcomer needs; `make help` lists it. GNU make, a C compiler and cargo are all it takes.

CARGO  ?= cargo
CFLAGS ?= -O2 -g
PORT   ?= 8000
DIR    ?= .

# Cargo's own variable is honoured, so that both agree on the place.
TARGET := $(or $(CARGO_TARGET_DIR),target)
LIBDIR := $(TARGET)/release

.DELETE_ON_ERROR:
.PHONY: all examples serve check headers symbols manual clean help

all: ## Build the release library: libowfat.so (with its run-time name libowfat.so.0) and libowfat.a
	$(CARGO) build --release
	ln -sfn libowfat.so $(LIBDIR)/libowfat.so.0

# The library is found beside the program wherever the tree lies.
EXAMPLE_FLAGS = -std=c11 -Wall -Wextra -pedantic $(CFLAGS) -Iinclude \
                -L$(LIBDIR) -lowfat -Wl,-rpath,'$$ORIGIN/../release'

examples: $(TARGET)/examples/httpd ## Build the example programs against the shared library

$(TARGET)/examples/httpd: examples/httpd.c $(wildcard examples/httpd/*.[ch] include/libowfat/*.h) | all
	@mkdir -p $(@D)
	$(CC) $(filter %.c,$^) -o $@ $(EXAMPLE_FLAGS)

serve: examples ## Serve the folder DIR (.) at http://127.0.0.1:PORT/ (8000) with the example web server
	@exec $(TARGET)/examples/httpd -p '$(PORT)' '$(DIR)'

check: all ## Run every test
	$(CARGO) test --no-fail-fast

headers: ## Write include/libowfat/*.h anew from src/abi and src/capi
	OWFAT_WRITE_HEADERS=1 $(CARGO) test --test headers

symbols: ## Write ctests/symbols.txt anew from the names that the library exports
	OWFAT_WRITE_SYMBOLS=1 $(CARGO) test --test house

manual: ## Write the displays in man/ anew: the programs escaped, and what they print
	OWFAT_WRITE_MANUAL=1 $(CARGO) test --test manual

clean: ## Remove everything that was built
	$(CARGO) clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 10
