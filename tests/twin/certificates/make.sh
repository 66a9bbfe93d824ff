#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the certificates and lists beside it anew, with openssl 3.5 or later; all keys but one are thrown away.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
keys=$(mktemp -d)
trap 'rm -rf "$keys"' EXIT
key=(-newkey rsa:2048 -nodes)
server=(-addext "subjectAltName=URI:urn:plantwalk:test:leaf" -addext "basicConstraints=CA:false"
  -addext "keyUsage=digitalSignature,keyEncipherment,dataEncipherment")
cat > "$keys/ca.cnf" << X
[ca]
default_ca = d
[d]
database = $keys/index.txt
crlnumber = $keys/number
rand_serial = yes
default_md = sha256
default_crl_days = 36000
certificate = $PWD/authority.pem
private_key = $keys/authority.key
new_certs_dir = $keys
copy_extensions = copy
policy = p
[p]
commonName = supplied
X
touch "$keys/index.txt"
echo 01 > "$keys/number"

openssl req -x509 "${key[@]}" -keyout "$keys/authority.key" -out authority.pem -subj "/CN=Test authority" \
  -not_before 20250101000000Z -not_after 21240101000000Z -addext "keyUsage=critical,keyCertSign,cRLSign"
openssl req "${key[@]}" -keyout "$keys/leaf.key" -out "$keys/leaf.csr" -subj "/CN=leaf" "${server[@]}"
openssl ca -batch -notext -config "$keys/ca.cnf" -in "$keys/leaf.csr" -out leaf.pem \
  -startdate 20250101000000Z -enddate 21240101000000Z
openssl ca -config "$keys/ca.cnf" -gencrl -out revokes_none.pem
openssl ca -config "$keys/ca.cnf" -revoke leaf.pem
openssl ca -config "$keys/ca.cnf" -gencrl -out revokes_leaf.pem
openssl req -x509 "${key[@]}" -keyout "$keys/k" -out expired.pem -subj "/CN=expired" "${server[@]}" \
  -not_before 20200101000000Z -not_after 20210203040506Z
openssl req -x509 "${key[@]}" -keyout "$keys/k" -out future.pem -subj "/CN=future" "${server[@]}" \
  -not_before 21000203040506Z -not_after 21240101000000Z
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$keys/k" -out elliptic.pem \
  -subj "/CN=elliptic" "${server[@]}" -not_before 20250101000000Z -not_after 21240101000000Z
openssl pkcs8 -topk8 -nocrypt -in "$keys/k" -outform DER -out elliptic_key.der # nobody's
