# FerroSSL. `make` builds the library, `make demo` shows it at work, `make test` proves it.
# Every target works by itself on a clean checkout; README.md says what each is for.

TARGET := $(or $(CARGO_TARGET_DIR),target)
# Holds libssl.so.3 and libssl.so and nothing else, so that it can stand in LD_LIBRARY_PATH.
LIBDIR := $(TARGET)/lib
PYTHON := /usr/bin/python3

# Where `make install` puts things; DESTDIR goes before it, for packages. Below /usr/local, where the dynamic linker looks before
# it finds the system's file, every program would load it.
PREFIX := /opt/ferrossl
LIB := lib

.PHONY: all static install deb test-deb setup demo test test-install matrix load simulate sources oracle differential lint headers coverage bench bench-report bench-growth bench-macro valgrind panics faults fuzz fuzz-smoke sanitize clean cpython suites test-libcrypto35 supply-chain timing secrets threads

all: setup
	cargo build --release --locked
	mkdir -p $(LIBDIR)
	ln -sfn ../release/libssl.so $(LIBDIR)/libssl.so.3
	ln -sfn libssl.so.3 $(LIBDIR)/libssl.so
	ln -sfn libssl.so $(TARGET)/release/libssl.so.3

# libssl.a, for programs that carry their TLS with them. One object whose only global names are the C functions.
static: setup
	cargo rustc --locked --release --lib --crate-type staticlib --features static
	mkdir -p $(TARGET)/static
	scripts/static-library $(TARGET)/release/libssl.a $(TARGET)/static/libssl.a

install: all static
	@scripts/install $(TARGET) "$(DESTDIR)" "$(PREFIX)" "$(LIB)"

# The Debian package: the library in a directory of its own, ferrossl-run and ferrossl-system.
deb: all
	@scripts/build-deb $(TARGET)

setup:
	@scripts/setup

demo: all
	$(PYTHON) tests/programs/demo.py --library $(LIBDIR)

test: all
	cargo test
	$(PYTHON) tests/headers/compare.py
	$(MAKE) -C ctests all our-headers
	ctests/run.sh $(LIBDIR)
	$(PYTHON) tests/programs/run.py --library $(LIBDIR)
	$(PYTHON) tests/matrix/run.py --library $(LIBDIR)
	$(PYTHON) tests/matrix/features.py --library $(LIBDIR)
	$(PYTHON) tests/dtls/simulate.py --library $(LIBDIR) --count 100
	$(PYTHON) tests/differential/run.py --library $(LIBDIR) --strings --count 200
	$(PYTHON) tests/faults/run.py --library $(LIBDIR) --kind calls
	$(MAKE) panics

# DTLS on networks that lose, double, reorder and delay: COUNT connections in each of three pairings of libraries.
simulate: all
	$(PYTHON) tests/dtls/simulate.py --library $(LIBDIR) --count $(or $(COUNT),5000) --seed $(or $(SEED),1)

# Debian's programs on our library, on either side; writes docs/PROGRAMS.md. ONLY=TEXT for some of the rows.
matrix: all
	@scripts/setup-matrix
	$(PYTHON) tests/programs/matrix.py --library $(LIBDIR) $(if $(ONLY),--only '$(ONLY)') $(if $(SHORT),--short)

# CPython's own tests, and with those of other languages, on both libraries, compared test by test. What they need is fetched
# from Debian and unpacked below target/.
cpython: all
	$(PYTHON) tests/suites/run.py cpython --library $(LIBDIR)

suites: all
	$(PYTHON) tests/suites/run.py --library $(LIBDIR)

# nginx and HAProxy with CONNECTIONS (1,000) at once for SECONDS (600), while others are reloaded and restarted.
load: all
	@scripts/setup-matrix
	$(PYTHON) tests/programs/load.py --library $(LIBDIR) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(CONNECTIONS),--connections $(CONNECTIONS))

# What is installed works: compile with its pkg-config file, shared and static, and run.
test-install: all static
	tests/install/run.sh
	tests/install/check.sh

# The package in an empty Debian: installed, enabled, disabled, purged. Needs root, debootstrap and lintian.
test-deb: all
	package=$$(scripts/build-deb $(TARGET)) && tests/package/run.sh "$$package" && tests/package/systemd.sh "$$package"

# The C tests with Debian 13's libcrypto 3.5, unpacked below target/.
test-libcrypto35: all
	$(MAKE) -C ctests
	scripts/trixie $(TARGET)/trixie
	tests/libcrypto35/run.sh $(LIBDIR) $(TARGET)/trixie/root

oracle: setup
	$(MAKE) -C ctests
	ctests/run.sh system
	$(PYTHON) tests/programs/run.py --library system
	$(PYTHON) tests/dtls/simulate.py --oracle --count 100

# Lets libFuzzer look for bytes that TARGET (src/fuzzing/mod.rs lists them) does not come back from.
fuzz: setup
	scripts/fuzz $(TARGET) $(or $(SECONDS),60)

# Every fuzz target once over its corpus in the repository, with AddressSanitizer, and with cryptography replaced by nothing where an
# input asks for that.
fuzz-smoke: setup
	scripts/fuzz smoke

# The C tests (NAME: one of them), random calls and program tests under AddressSanitizer, LeakSanitizer and
# UndefinedBehaviorSanitizer, on a library with AddressSanitizer. Left out are curl, which does not start with the sanitizer
# preloaded, and set-user-ID programs, into which nothing is preloaded.
sanitize: setup
	scripts/sanitized address
	$(MAKE) -C ctests OUT=$(abspath $(TARGET))/sanitize CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined"
	OUT=$(abspath $(TARGET))/sanitize CTEST_SECONDS=120 ctests/run.sh $(TARGET)/asan/lib $(NAME)
ifndef NAME
	$(PYTHON) tests/differential/sanitized.py --library $(TARGET)/asan/lib --count $(or $(COUNT),500)
	$(PYTHON) tests/programs/run.py --library $(TARGET)/asan/lib --only ' s_client-s_server: ' --without set-user-ID
	$(PYTHON) tests/programs/run.py --library $(TARGET)/asan/lib --only ' python-python: '
endif

# The C tests that have threads under ThreadSanitizer, on a library with it.
threads: setup
	scripts/sanitized thread
	$(MAKE) -C ctests OUT=$(abspath $(TARGET))/threads \
		CFLAGS="-O1 -g -fsanitize=thread -rdynamic -include $(abspath ctests/thread_sanitizer.h)"
	OUT=$(abspath $(TARGET))/threads CTEST_SECONDS=300 TSAN_OPTIONS=suppressions=$(abspath ctests/thread_sanitizer.supp) \
		ctests/run.sh $(TARGET)/tsan/lib $(or $(NAME),$(basename $(notdir $(filter-out %/pair.c,$(shell grep -lw background ctests/*.c)))))

# Every exported function panics once, on a library that does so on demand; it stands in a folder of its own.
panics: setup
	cargo build --features panic-test
	mkdir -p $(TARGET)/panics
	cp $(TARGET)/debug/libssl.so $(TARGET)/panics/libssl.so.3
	$(MAKE) -C ctests PANICKING=$(abspath $(TARGET))/panics/libssl.so.3 $(abspath $(TARGET))/ctests/panics all
	ctests/run.sh $(TARGET)/panics panics

# Every call of libcrypto that can fail does so once, in handshakes.
faults: all
	$(MAKE) -C ctests
	$(PYTHON) tests/faults/run.py --library $(LIBDIR)

# Random API calls on both libraries: COUNT sequences from SEED on.
differential: all
	$(PYTHON) tests/differential/run.py --library $(LIBDIR) --count $(or $(COUNT),2000) --seed $(or $(SEED),1)

lint: all
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	scripts/check-exports $(LIBDIR)/libssl.so.3
	scripts/check-headers
	scripts/check-fuzz
	scripts/check-binary $(LIBDIR)/libssl.so.3
	scripts/check-unsafe
	scripts/check-cves
	scripts/check-crates

# Where the crates come from, their licences and build scripts, and how the library is linked; with cargo-deny, where it is
# installed (`cargo install --locked cargo-deny`) and can reach its database, the advisories as well.
supply-chain: all
	scripts/check-crates
	scripts/check-fuzz
	scripts/check-exports $(LIBDIR)/libssl.so.3
	scripts/check-binary $(LIBDIR)/libssl.so.3
	if cargo deny --version >/dev/null 2>&1; then cargo deny check; else echo "no cargo-deny: advisories were not looked at"; fi

headers: setup
	cargo run --quiet --example headers
	scripts/families
	scripts/man-pages

# curl, nginx and CPython's ssl module from Debian's source packages, against our headers.
sources: setup
	tests/source/run.sh $(TARGET)/sources

coverage:
	@scripts/coverage

bench: all
	$(PYTHON) benches/run.py --library $(LIBDIR)

# The same, kept in docs/PERFORMANCE.md with its picture.
bench-report: bench
	$(PYTHON) benches/report.py

# What operations cost against how many things there are; LONG=1: up to ten million sessions.
bench-growth: all
	$(PYTHON) benches/growth.py --library $(LIBDIR) $(if $(LONG),--long) $(if $(WRITE),--write)

# nginx and HAProxy on both libraries, from other processes.
bench-macro: all
	$(PYTHON) benches/macro.py --library $(LIBDIR) $(if $(WRITE),--write)

# Whether the time that a server takes depends on secrets: statistics of both libraries, for people to look at.
timing: all
	$(MAKE) -C ctests $(abspath $(TARGET))/ctests/timing $(abspath $(TARGET))/ctests/certs/stamp
	LD_LIBRARY_PATH=$(LIBDIR) OPENSSL_CONF=/dev/null $(TARGET)/ctests/timing $(SAMPLES)
	OPENSSL_CONF=/dev/null $(TARGET)/ctests/timing $(SAMPLES)

# What secrets go through under valgrind, hidden from branches and addresses: CBC, RSA, tickets, cookies, binders, Finished. Checks
# for overflow, which only debugging builds have, are branches. Valgrind counts for all threads together, so there is one.
secrets: setup
	MUST_RUN_ON_VALGRIND=1 CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="valgrind --quiet" cargo test --release --lib without_a_look -- --test-threads=1

valgrind: all
	$(MAKE) -C ctests
	$(PYTHON) tests/programs/valgrind.py --library $(LIBDIR)

clean:
	cargo clean
