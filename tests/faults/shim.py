#!/usr/bin/python3
"""Writes the assembly of a library to preload: it stands before those functions of libcrypto that a libssl calls and that
can fail, and makes the n-th of these calls fail.

usage: shim.py LIBRARY >shim.s
"""
import re
import subprocess
import sys

# What cannot fail, or need not say so. All else can: it takes memory, computes, reads, writes or looks something up.
LEFT_OUT = re.compile(
    # Memory is given back, references are counted and errors are told whatever else fails.
    r"_free$|_free_all$|_finish$|_close$|_flush$|_up_ref$|^ERR_|_error_string$"
    # Constants.
    r"|^EVP_(md5|md5_sha1|sha\d+)$|^BIO_[fs]_|^X509_LOOKUP_(file|hash_dir|store)$|_OpenSSL$|X509_get_default_cert|OpenSSL_version_num"
    r"|OSSL_LIB_CTX_get0_global_default"
    # They return nothing: they do what they are asked to.
    r"|BIO_(clear_flags|set_flags|set_data|set_init|set_next|set_shutdown|set_retry_reason|copy_next_retry)|BIO_ADDR_clear"
    r"|CT_POLICY_EVAL_CTX_set_(shared|time)|SCT_set_source|X509_STORE_CTX_set(0_dane|_error|_flags|_verify|_verify_cb)$"
    r"|X509_VERIFY_PARAM_(move_peername|set_auth_level|set_depth|set_hostflags)|EVP_CIPHER_CTX_set_padding|ASYNC_(un)?block_pause"
    r"|DH_get0_pqg|CRYPTO_free_ex_data|conf_ssl_get"
    # What OpenSSL's own libssl calls besides.
    r"|_it$|CRYPTO_(memcmp|THREAD)|OPENSSL_(cleanse|str|atexit)|_Transform$|OSSL_PARAM_construct|BUF_reverse|OBJ_|BIO_(pop|snprintf)"
    # They set or look at a field of an object that is there.
    r"|BIO_(find_type|push|dump_indent|get_data|get_init|get_retry_reason|get_shutdown|test_flags|next|method_type|meth_set_)|ASYNC_WAIT_CTX_(get|set)"
    r"|ASYNC_get_current_job|X509_STORE_get_|X509_STORE_CTX_get|X509_VERIFY_PARAM_get|X509_get0_not|X509_get_(subject|issuer)_name"
    r"|X509_get_signature_nid|OPENSSL_sk_(num|value|pop)$|OPENSSL_LH_insert|BN_num_bits|BN_ucmp|X509_cmp$|SCT_get_validation_status|OCSP_resp_get0"
    r"|OSSL_STORE_(eof|INFO_get)|OSSL_PROVIDER_get0_name|_get0_provider|CTX_get0_cipher|RSA_get_method|EC_KEY_get_method"
    r"|EVP_PKEY_(get_base_id|is_a)|OSSL_PARAM_(locate_const|get_)|OPENSSL_memory|CRYPTO_secure_malloc_initialized|ENGINE_get_ssl_client_cert_function"
    r"|is_fips_enabled|CRYPTO_get_ex_data")

# What they return when they fail, where that is not 0, or not 0 alone: a second pass goes through the second answers.
ANSWERS = [
    (re.compile(r"BIO_(read|write)$"), (-1, 0)),
    (re.compile(r"i2d_.*|BN_bn2bin$|EVP_MD_get_size$|OCSP_resp_count$|CRYPTO_get_ex_new_index$"), (-1,)),
    (re.compile(r"EVP_PKEY_get_security_bits$"), (0, -2)),
    (re.compile(r"X509_NAME_cmp$"), (-2,)),
    (re.compile(r"X509_get_extension_flags$"), (0x80,)),  # EXFLAG_INVALID
    (re.compile(r"X509_chain_check_suiteb$"), (56,)),     # X509_V_ERR_SUITE_B_INVALID_VERSION: 0 is well
    (re.compile(r"BIO_ctrl$|BIO_callback_ctrl$|OPENSSL_sk_(push|insert)$|X509_verify_cert$|SCT_LIST_validate$|EVP_CIPHER_CTX_ctrl$"
                r"|EVP_CIPHER_CTX_get_(iv|key)_length$|EVP_Digest(Sign|Verify)(Init)?$|EVP_PKEY_CTX_set_"
                r"|EVP_PKEY_(derive|decrypt|encrypt|decapsulate|encapsulate|fromdata|generate|keygen|paramgen|sign)"
                r"(_init|_init_ex|_set_peer)?$|EVP_PKEY_(param_check_quick|public_check|eq|copy_parameters)$"), (0, -1)),
]
NONE = "0x8000000000000000"

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
	jmp *%r11
	.size {name}, .-{name}
"""


def names_of(library):
    """The functions that can fail, of those of libcrypto that the library calls."""
    listing = subprocess.run(["nm", "-D", "--undefined-only", library], capture_output=True, text=True, check=True).stdout
    return sorted(name for name in re.findall(r" U (\w+)@OPENSSL_", listing) if not LEFT_OUT.search(name))


def answers_of(name):
    return next((answers for pattern, answers in ANSWERS if pattern.match(name)), (0,))


def main():
    names = names_of(sys.argv[1])
    print("\t.text")
    for index, name in enumerate(names):
        print(STUB.format(name=name, index=index))
    print("\t.section .rodata")
    for index, name in enumerate(names):
        print(f'.L{index}:\t.string "{name}"')
    # struct function of shim.c
    print("\t.section .data.rel.ro,\"aw\"\n\t.globl fault_functions\n\t.balign 8\nfault_functions:")
    for index, name in enumerate(names):
        first, second = (*answers_of(name), NONE)[:2]
        print(f"\t.quad .L{index}, {first}, {second}")
    print("\t.quad 0, 0, 0\n\t.section .note.GNU-stack,\"\",@progbits")


if __name__ == "__main__":
    main()
