# SPDX-License-Identifier: MIT OR Apache-2.0
# libowfat-aio, the second library: part of the Makefile above, whose variables it uses. All of it lies in one folder,
# $(AIO): libowfat-aio.so (with its run-time name libowfat-aio.so.0), libowfat-aio.a, libowfat-aio-preload.so.

AIO := $(machine)/aio$(suffix)
AIO_NAMES := $(AIO)/names

.PHONY: aio
$(if $(AIO_HERE),install-strip): $(AIO)/stripped/libowfat-aio.so $(AIO)/stripped/libowfat-aio-preload.so
$(if $(AIO_HERE),install install-strip deb): $(AIO)/libowfat-aio.a $(AIO)/libowfat-aio.so $(AIO)/libowfat-aio-preload.so

aio: ## Build libowfat-aio: the shared library, the static one, and the object to preload
	$(cross) RUSTFLAGS='$(rustflags)' $(CARGO) build --profile '$(CARGO_PROFILE)' $(CARGOFLAGS) -p owfat-aio
	@$(MAKE) --no-print-directory $(AIO)/libowfat-aio.a $(AIO)/libowfat-aio.so $(AIO)/libowfat-aio-preload.so

$(release)/libowfat_aio.a:
	$(cross) RUSTFLAGS='$(rustflags)' $(CARGO) build --profile '$(CARGO_PROFILE)' $(CARGOFLAGS) -p owfat-aio

# The names that every machine has, and those that 32-bit machines have besides.
$(AIO_NAMES): aio/abi/names.txt aio/abi/names-32.txt
	@mkdir -p $(@D)
	@case $$(echo __SIZEOF_POINTER__ | $(CC) -E -P -) in 4) cat $^ ;; *) cat $< ;; esac | LC_ALL=C sort >$@

# As libowfat.a: one member with the names of the C interface and nothing else. The shared library is linked from it before its
# debug information goes.
$(AIO)/whole.o: $(release)/libowfat_aio.a $(AIO_NAMES) build/whole.sh
	@mkdir -p $(@D)
	LD='$(LD)' OBJCOPY='$(OBJCOPY)' READELF='$(READELF)' build/whole.sh $< $(AIO_NAMES) $@ $(marks) -u owfat_aio_at_load
	$(OBJCOPY) --keep-global-symbols=$(AIO_NAMES) $@

$(AIO)/libowfat-aio.o: $(AIO)/whole.o
	$(OBJCOPY) --strip-debug $< $@

$(AIO)/libowfat-aio.a: $(AIO)/libowfat-aio.o
	rm -f $@
	$(AR) rcsD $@ $<

# Linked here and not by rustc, which has a version script of its own: of two, linkers drop one without a word.
$(AIO)/libowfat-aio.map: $(AIO_NAMES)
	{ echo 'OWFAT_AIO_1 {'; echo '  global:'; sed 's/.*/    &;/' $<; echo '  local:'; echo '    *;'; echo '};'; } >$@

$(AIO)/libowfat-aio.so: $(AIO)/whole.o $(AIO)/libowfat-aio.map
	$(CC) -shared -o $@ $< -Wl,--version-script=$(AIO)/libowfat-aio.map -Wl,-soname,libowfat-aio.so.0 \
	  -Wl,-z,nodelete -Wl,-z,now -Wl,-z,relro -Wl,-z,defs -Wl,--gc-sections $(marks) $(LDFLAGS)
	ln -sfn libowfat-aio.so $(AIO)/libowfat-aio.so.0

$(AIO)/libowfat-aio-preload.so: aio/abi/preload.c $(AIO)/libowfat-aio.so
	$(CC) -shared -fPIC -Wall -Wextra $(hardened) $(CPPFLAGS) $(CFLAGS) -ffile-prefix-map=$(CURDIR)=. -o $@ $< \
	  -Wl,-soname,libowfat-aio-preload.so -Wl,-z,nodelete -Wl,-z,now -Wl,-z,relro -Wl,-z,defs $(marks) $(LDFLAGS) \
	  -L$(AIO) -lowfat-aio -Wl,-rpath,'$$ORIGIN'

# What `make install-strip` installs.
$(AIO)/stripped/libowfat-aio.so: $(AIO)/libowfat-aio.so
	$(call split,libowfat-aio.so.$(version).debug)

$(AIO)/stripped/libowfat-aio-preload.so: $(AIO)/libowfat-aio-preload.so
	@mkdir -p $(@D)
	$(STRIP) --strip-unneeded -o $@ $<

.PHONY: bench-aio
bench-aio: aio ## Measure asynchronous I/O beside the C library's, io_uring and pread; writes benches/aio.md
	$(CARGO) bench -p owfat-aio --bench costs
