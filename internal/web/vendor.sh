#!/bin/sh
# Vendors the parts of Denmark's public design system (npm package dkfds) that
# the pages use, and writes their checksums. Run it in this folder; review the
# difference before committing.
#
# The package's own @font-face rules name complete font files of 57-60 kB each.
# They are left out here: barometer.css declares the Latin-1 subset instead.
# Icons not on the list below are named "none" in the style sheet, so that no
# page can ask for a file that is not there.
set -eu
version=11.2.0
icons="arrow-back check check-white chevron-down chevron-left chevron-right chevron-up close download error info lock minus plus print success time warning"
fonts="Regular SemiBold Bold"

here=$(pwd)
out=$here/assets/dkfds
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
npm pack --silent "dkfds@$version" >/dev/null
tar xzf "dkfds-$version.tgz"
dist=$work/package/dist

rm -rf "$out"
mkdir -p "$out/icons" "$out/fonts"
cp "$work/package/LICENSE.md" "$out/LICENSE.md"
cp "$dist/fonts/IBMPlexSans/split/woff2/license.txt" "$out/fonts/LICENSE.txt"
for weight in $fonts; do
	cp "$dist/fonts/IBMPlexSans/split/woff2/IBMPlexSans-$weight-Latin1.woff2" "$out/fonts/"
done
# The icons are under the Apache licence, whose text must travel with them.
cp /usr/share/common-licenses/Apache-2.0 "$out/icons/LICENSE.txt"
keep=""
for icon in $icons; do
	cp "$dist/img/svg-icons/$icon.svg" "$out/icons/"
	keep="$keep -e s#url(../img/svg-icons/$icon.svg)#url(icons/$icon.svg)#g"
done
sed -e 's#@font-face{[^}]*}##g' \
	-e 's#/\*\# sourceMappingURL=[^*]*\*/##' \
	$keep \
	-e 's#url([^)]*\.\./img/[^)]*)#none#g' \
	"$dist/css/dkfds.min.css" >"$out/dkfds.css"

cd "$out"
find . -type f ! -name SHA256SUMS | LC_ALL=C sort | sed 's#^\./##' | xargs sha256sum >SHA256SUMS
