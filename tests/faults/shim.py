#!/usr/bin/python3
"""Writes the assembly of a library to preload: it stands before those functions of libcrypto that a libssl calls and that
can fail, and makes the n-th of these calls fail.

usage: shim.py LIBRARY >shim.s
"""
import re
import subprocess
import sys

# What takes memory, computes, reads or writes. Functions that only free, look or set a number cannot fail.
FALLIBLE = re.compile(
    r"_new|_fetch|[iI]nit(_ex)?$|Init_ex$|Update$|Final(_ex)?$|_final$|_update$|_dup$|_copy|_set1|_add|_push$|_insert$|_load|^PEM_|^d2i_"
    r"|^i2d_|^o2i_|_derive|_generate$|[sS]ign(Init)?$|[vV]erify(Init)?$|_encrypt|_decrypt|_fromdata|CRYPTO_malloc|_set_params"
    r"|_set_group_name|_set_rsa|_CTX_ctrl$|_bin2bn$|EVP_Digest$|_keygen|_paramgen|_check|_get1|capsulate|_verify_cert$"
    r"|_set_default|BIO_read$|BIO_write$|OSSL_STORE_open|ASYNC_start_job|SRP_Calc|X509_STORE_CTX_set_ex_data|CRYPTO_set_ex_data"
    r"|_get_bn_param|_inherit$|_get_ext_d2i|_validate$")
# Errors are told, memory is given back and references are counted whatever else fails.
LEFT_OUT = re.compile(r"^ERR_|_free$|_clear_free$|^OPENSSL_memory|BIO_(f|s)_|X509_(get_)?default|EVP_MD_get|_up_ref$"
                      r"|BIO_meth_|_error_string$|CRYPTO_get_ex_new_index|OPENSSL_init_crypto|is_fips_enabled")
# What they return when they fail, where that is not 0.
MINUS_ONE = re.compile(r"^(BIO_read|BIO_write|i2d_.*)$")

STUB = """
	.globl {name}
	.type {name}, @function
{name}:
	endbr64
	push %rdi
	push %rsi
	push %rdx
	push %rcx
	push %r8
	push %r9
	push %rax
	mov ${index}, %edi
	mov 56(%rsp), %rsi
	call fault_decide
	mov %rax, %r11
	pop %rax
	pop %r9
	pop %r8
	pop %rcx
	pop %rdx
	pop %rsi
	pop %rdi
	test %r11, %r11
	jz 1f
	jmp *%r11
1:	mov ${failure}, %rax
	ret
	.size {name}, .-{name}
"""


def main():
    listing = subprocess.run(["nm", "-D", "--undefined-only", sys.argv[1]], capture_output=True, text=True, check=True).stdout
    names = sorted(name for name in re.findall(r" U (\w+)@OPENSSL_", listing)
                   if FALLIBLE.search(name) and not LEFT_OUT.search(name))
    print("\t.text")
    for index, name in enumerate(names):
        print(STUB.format(name=name, index=index, failure=-1 if MINUS_ONE.match(name) else 0))
    print("\t.section .rodata")
    for index, name in enumerate(names):
        print(f'.L{index}:\t.string "{name}"')
    print("\t.section .data.rel.ro,\"aw\"\n\t.globl fault_names\n\t.balign 8\nfault_names:")
    for index in range(len(names)):
        print(f"\t.quad .L{index}")
    print("\t.quad 0\n\t.section .note.GNU-stack,\"\",@progbits")


if __name__ == "__main__":
    main()
