/* Keys and what is done with them. One installation key, in a file of mode 0600, gives the others by HKDF-SHA-256: one wraps other keys, one
   makes look-up hashes, one makes row hashes of personal feeds, one closes cursors, one signs what is published. A key made here never leaves in plain. Thread-safe. */
#pragma once
#include "gateway/base/arena.h"
#include "gateway/base/error.h"
#include <stddef.h>
#include <stdint.h>

enum { KEY_SIZE = 32, WRAPPED_SIZE = 60, SEAL_OVERHEAD = 28, HASH_SIZE = 32, SALT_SIZE = 16 };

typedef struct Vault Vault;

/* RC_FATAL: no such file, readable by others, not 64 hexadecimal digits. */
Rc   vault_open(const char *key_file, Vault **out, Error *err) MUST_USE;
void vault_free(Vault **v);
Rc   vault_make_key_file(const char *path, Error *err) MUST_USE;          /* new, mode 0600; RC_REJECT: it exists */

void random_bytes(void *out, size_t n);                                   /* ends the process when there is no randomness */
void random_uuid(char out[37]);                                           /* version 7 (RFC 9562): rises with time */

/* AES-256-GCM under a key: nonce (12) ‖ ciphertext ‖ tag (16); n + SEAL_OVERHEAD bytes. what: additional data that ties it to its place. */
void seal  (const unsigned char key[KEY_SIZE], const char *what, const void *in, size_t n, unsigned char *out);
/* RC_FATAL: not sealed by this key for this place. *n becomes the length of the plain bytes. */
Rc   unseal(const unsigned char key[KEY_SIZE], const char *what, const unsigned char *in, size_t len, void *out, size_t *n, Error *err) MUST_USE;

void vault_wrap  (const Vault *v, const char *what, const unsigned char key[KEY_SIZE], unsigned char out[WRAPPED_SIZE]);
Rc   vault_unwrap(const Vault *v, const char *what, const unsigned char *wrapped, size_t n, unsigned char key[KEY_SIZE], Error *err) MUST_USE;

/* A few unwrapped keys are remembered for ten minutes by the place they belong to, so that the month's key is not asked for with every message. */
int  vault_recall  (Vault *v, const char *place, unsigned char key[KEY_SIZE]);      /* 1: it is in key */
void vault_remember(Vault *v, const char *place, const unsigned char key[KEY_SIZE]);

/* For what goes out and comes back to us only (cursors): seal and unseal under a key of this installation. */
void vault_seal  (const Vault *v, const char *what, const void *in, size_t n, unsigned char *out);
int  vault_unseal(const Vault *v, const char *what, const unsigned char *in, size_t len, void *out, size_t *n);      /* 0: not ours */

void vault_lookup(const Vault *v, const char *space, const void *in, size_t n, unsigned char out[HASH_SIZE]);   /* HMAC-SHA-256 */

/* Ed25519 under the key of this installation by which receivers know what it published (persistence/sign.h); the public half. */
void vault_sign      (const Vault *v, const void *in, size_t n, unsigned char out[64]);
void vault_public_key(const Vault *v, unsigned char out[KEY_SIZE]);

void keyed_hash(const unsigned char key[KEY_SIZE], const char *space, const void *in, size_t n, unsigned char out[HASH_SIZE]);

/* SHA-256 or, with a vault, HMAC-SHA-256 under the row-hash key; reusable: begin, add…, end, begin, … Not thread-safe. */
typedef struct Hasher Hasher;
Hasher *hasher_new  (const Vault *keyed_or_null);
void    hasher_begin(Hasher *h);
void    hasher_add  (Hasher *h, const void *bytes, size_t n);
void    hasher_end  (Hasher *h, unsigned char out[HASH_SIZE]);
void    hasher_peek (const Hasher *h, unsigned char out[HASH_SIZE]);      /* of the bytes so far, and goes on (SHA-256 only) */
void    hasher_free (Hasher **h);
void    sha256(const void *in, size_t n, unsigned char out[HASH_SIZE]);

/* scrypt N = 2^14, r = 8, p = 1 (RFC 7914); 16 MB each, so HASHES_AT_ONCE computations at a time in this process. */
enum { HASHES_AT_ONCE = 2 };
void password_hash(const char *password, const unsigned char salt[SALT_SIZE], unsigned char out[HASH_SIZE]);
int  same_bytes(const void *a, const void *b, size_t n);                  /* constant time; 1 = same */

