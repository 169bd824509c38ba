#!/bin/sh
# Makes the pictures for the web manifest and for desktops out of the two SVG files; needs rsvg-convert (Debian: librsvg2-bin).
set -eu
cd "$(dirname "$0")"
for size in 192 512; do
  rsvg-convert --width $size --height $size ../favicon.svg --output icon-$size.png
  rsvg-convert --width $size --height $size maskable.svg --output maskable-$size.png
done
