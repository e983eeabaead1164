#!/bin/sh
# PHP's sendmail in the lab: stores each mail as a file in the folder given. Nothing leaves the machine.
set -eu
# Written under another name first: who looks for mails never sees half of one.
mail=$(mktemp "$1/.XXXXXX")
cat >"$mail"
mv "$mail" "$1/$(date +%s%N)-$$.eml"
