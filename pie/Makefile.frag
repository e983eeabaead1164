# What config.m4 adds to the Makefile that phpize makes.

RUDR_SYNC_SOURCE = $(top_srcdir)/..

all: modules/rudr_sync.so

install-modules: modules/rudr_sync.so

# Once it is there it is not built again: `make install` is root's, who as a rule has no cargo. So of nothing newer it depends.
modules/rudr_sync.so:
	cd "$(RUDR_SYNC_SOURCE)" && PHP="$(PHP_EXECUTABLE)" PHP_CONFIG="$(PHP_CONFIG)" pie/cargo.sh "$(CARGO)"
	mkdir -p modules
	cp "$${CARGO_TARGET_DIR:-$(RUDR_SYNC_SOURCE)/target}/release/librudr_sync.so" $@
