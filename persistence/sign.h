/* Signatures by which others know that what we hand out is ours: Ed25519 (RFC 8032), and HMAC-SHA-256 (RFC 2104) under a secret shared with a receiver. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { SIGNATURE_SIZE = 64, SIGN_KEY_SIZE = 32, HMAC_SIZE = 32 };

void ed25519_sign  (const unsigned char key[SIGN_KEY_SIZE], const void *in, size_t n, unsigned char out[SIGNATURE_SIZE]);
void ed25519_public(const unsigned char key[SIGN_KEY_SIZE], unsigned char out[SIGN_KEY_SIZE]);
void hmac_sha256(const void *key, size_t key_len, const void *in, size_t n, unsigned char out[HMAC_SIZE]);
char *base64_text(const void *bytes, size_t n, char *out);        /* 4 * ((n + 2) / 3) + 1 bytes into out; returns out */
/* Strict RFC 4648 with padding, nothing between. out: 3 * (n / 4) bytes. False: it is none. */
bool base64_bytes(const char *text, size_t n, void *out, size_t *len);
