dnl For PIE, and for whoever is used to it: phpize && ./configure && make && make install.
dnl
dnl There is no C here for phpize to know of. Cargo builds; this only finds it, and tells it which PHP to build for.

AC_PATH_PROG([CARGO], [cargo], [no], [$PATH$PATH_SEPARATOR$HOME/.cargo/bin])
if test "$CARGO" = no; then
  AC_MSG_ERROR([rudr_sync is written in Rust, and there is no cargo: see https://rustup.rs. It needs libclang as well (Debian: libclang-dev). Nothing of that does a package need that is already built.])
fi

dnl Where none is named this is a bare word, which the build would not find.
AS_CASE([$PHP_CONFIG], [/*], [], [PHP_CONFIG=`command -v "$PHP_CONFIG"`])

PHP_SUBST([CARGO])
PHP_SUBST([PHP_CONFIG])
PHP_ADD_MAKEFILE_FRAGMENT([$abs_srcdir/Makefile.frag], [$abs_srcdir], [$abs_builddir])
