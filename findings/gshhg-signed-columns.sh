#!/usr/bin/env bash
# Debian's full GSHHG coastline is GMT's binned netCDF-4 file, whose coordinates are unsigned 16-bit numbers stored in
# signed columns: read as declared, half of every coast lies in the next cell to the south-west.
#
# gmt-gshhg-full 2.3.7 (Debian 12), netCDF4 1.7.2. Seen: the columns are int16 without `_Unsigned` or any other mark, units
# "1/65535 of 1 degree", and 49 to 51 % of the values are negative. `& 0xffff` mends it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download -qq gmt-gshhg-full >/dev/null
dpkg -x gmt-gshhg-full_*.deb .
python3 -m venv py && py/bin/pip -q install netCDF4==1.7.2
seen=$(py/bin/python - <<'PY'
import netCDF4
d = netCDF4.Dataset('usr/share/gmt-gshhg/binned_GSHHS_f.nc')
v = d['Relative_longitude_from_SW_corner_of_bin']
print(d.version, v.dtype, '_Unsigned' in v.ncattrs(), round(float((v[:] < 0).mean()), 2))
PY
)
echo "$seen"
case "$seen" in "2.3.7 int16 False 0."[45]*) ;; *) exit 1 ;; esac
