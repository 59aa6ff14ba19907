#!/bin/sh
# pki.sh DIRECTORY: makes the certificates of the program tests, with Debian's own openssl command.
#
# root.pem signs intermediate.pem, which signs every leaf; NAME-chain.pem is a leaf with the intermediate, as a
# server sends it, and NAME.key its private key. other-root.pem signs nothing that a test may accept.
set -eu
mkdir -p "$1"
cd "$1"
unset LD_LIBRARY_PATH LD_PRELOAD OPENSSL_CONF

new_key() { # NAME KIND
	case $2 in
	rsa) openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key" ;;
	rsa-pss) openssl genpkey -quiet -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out "$1.key" ;;
	ed25519) openssl genpkey -quiet -algorithm ED25519 -out "$1.key" ;;
	p256 | p384 | p521)
		openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:P-${2#p}" \
			-pkeyopt ec_param_enc:named_curve -out "$1.key"
		;;
	esac
}

root() { # NAME
	new_key "$1" p256
	openssl req -x509 -new -key "$1.key" -sha256 -days 3650 -subj "/CN=$1" -out "$1.pem" \
		-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
}

sign() { # NAME ISSUER DAYS EXTENSIONS
	printf '%s\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' "$4" >"$1.ext"
	openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -sha256 -days "$3" \
		-extfile "$1.ext" -out "$1.pem" 2>/dev/null
	rm "$1.csr" "$1.ext"
}

leaf() { # NAME KIND DAYS USAGE SUBJECT-ALTERNATIVE-NAME [ISSUER]
	new_key "$1" "$2"
	sign "$1" "${6:-intermediate}" "$3" "basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=$4
subjectAltName=$5"
	cat "$1.pem" "${6:-intermediate}.pem" >"$1-chain.pem"
}

root root
root other-root
new_key intermediate p256
sign intermediate root 3650 'basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign'

here=DNS:localhost,IP:127.0.0.1
for kind in rsa rsa-pss ed25519 p256 p384 p521; do
	leaf "$kind" "$kind" 3650 serverAuth "$here"
done
leaf alpha.test p256 3650 serverAuth DNS:alpha.test
leaf beta.test rsa 3650 serverAuth DNS:beta.test
leaf expired p256 -1 serverAuth "$here"
leaf client p256 3650 clientAuth email:client@localhost
leaf client-rsa rsa 3650 clientAuth email:client@localhost
leaf stranger p256 3650 clientAuth email:stranger@localhost other-root
cat root.pem intermediate.pem >authorities.pem
