#include "persistence/sign.h"
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

static void must(int ok, const char *what)
{
    if (ok != 1) {
        fprintf(stderr, "cryptography failed: %s\n", what);
        abort();
    }
}

static EVP_PKEY *private_key(const unsigned char key[SIGN_KEY_SIZE])
{
    EVP_PKEY *k = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key, SIGN_KEY_SIZE);
    must(k != NULL, "ed25519");
    return k;
}

void ed25519_sign(const unsigned char key[SIGN_KEY_SIZE], const void *in, size_t n, unsigned char out[SIGNATURE_SIZE])
{
    EVP_PKEY *k = private_key(key);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    size_t len = SIGNATURE_SIZE;
    must(c && EVP_DigestSignInit(c, NULL, NULL, NULL, k) == 1, "ed25519");
    must(EVP_DigestSign(c, out, &len, in, n), "ed25519");
    EVP_MD_CTX_free(c);
    EVP_PKEY_free(k);
}

void ed25519_public(const unsigned char key[SIGN_KEY_SIZE], unsigned char out[SIGN_KEY_SIZE])
{
    EVP_PKEY *k = private_key(key);
    size_t len = SIGN_KEY_SIZE;
    must(EVP_PKEY_get_raw_public_key(k, out, &len), "ed25519");
    EVP_PKEY_free(k);
}

void hmac_sha256(const void *key, size_t key_len, const void *in, size_t n, unsigned char out[HMAC_SIZE])
{
    unsigned len = HMAC_SIZE;
    must(HMAC(EVP_sha256(), key, (int)key_len, in, n, out, &len) != NULL, "hmac");
}

char *base64_text(const void *bytes, size_t n, char *out)
{
    EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);
    return out;
}

static int base64_value(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_bytes(const char *text, size_t n, void *out, size_t *len)
{
    unsigned char *to = out;
    size_t pad = n && text[n - 1] == '=' ? n > 1 && text[n - 2] == '=' ? 2 : 1 : 0;
    unsigned bits = 0, left = 0;
    if (n % 4)
        return false;
    for (size_t i = 0; i < n - pad; i++) {
        int v = base64_value(text[i]);
        if (v < 0)
            return false;
        bits = (bits << 6 | (unsigned)v) & 0xffffff;
        left += 6;
        if (left >= 8)
            *to++ = (unsigned char)(bits >> (left -= 8));
    }
    *len = (size_t)(to - (unsigned char *)out);
    return !(bits & ((1u << left) - 1));
}
