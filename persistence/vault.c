#include "persistence/vault.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "persistence/sign.h"
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NONCE_SIZE = 12, TAG_SIZE = 16 };

enum { REMEMBERED = 64, PLACE_SIZE = 128, REMEMBER_SECONDS = 600 };

typedef struct { char place[PLACE_SIZE]; unsigned char key[KEY_SIZE]; time_t until; } Remembered;

struct Vault {
    unsigned char   wrap[KEY_SIZE], lookup[KEY_SIZE], row[KEY_SIZE], cursor[KEY_SIZE], sign[KEY_SIZE];
    pthread_mutex_t lock;                  /* of what follows */
    Remembered      known[REMEMBERED];
    unsigned        next;
};

static void must(int ok, const char *what)
{
    if (ok != 1) {
        fprintf(stderr, "cryptography failed: %s\n", what);
        abort();
    }
}

void random_bytes(void *out, size_t n) { must(RAND_bytes(out, (int)n), "random"); }

void random_uuid(char out[37])
{
    unsigned char b[16];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    random_bytes(b, sizeof b);
    for (int i = 0; i < 6; i++)
        b[i] = (unsigned char)(ms >> (40 - 8 * i));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x70);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(out, 37, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7],
             b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

static void derive(const unsigned char master[KEY_SIZE], const char *use, unsigned char out[KEY_SIZE])
{
    EVP_PKEY_CTX *k = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    size_t n = KEY_SIZE;
    must(EVP_PKEY_derive_init(k), "hkdf");
    must(EVP_PKEY_CTX_set_hkdf_md(k, EVP_sha256()), "hkdf");
    must(EVP_PKEY_CTX_set1_hkdf_key(k, master, KEY_SIZE), "hkdf");
    must(EVP_PKEY_CTX_add1_hkdf_info(k, (const unsigned char *)use, (int)strlen(use)), "hkdf");
    must(EVP_PKEY_derive(k, out, &n), "hkdf");
    EVP_PKEY_CTX_free(k);
}

static Rc read_key(const char *path, unsigned char key[KEY_SIZE], Error *err)
{
    char text[2 * KEY_SIZE + 3] = {0};
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st))
        return error_set(err, RC_FATAL, "key file %s: cannot be read (make one with: nqs-gateway key make)", path);
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (st.st_mode & 077)
        return error_set(err, RC_FATAL, "key file %s: others may read it; chmod 600 it", path);
    size_t len = 0;
    text[strcspn(text, "\r\n")] = '\0';
    if (n < 0 || strlen(text) != 2 * KEY_SIZE || !OPENSSL_hexstr2buf_ex(key, KEY_SIZE, &len, text, '\0') || len != KEY_SIZE)
        return error_set(err, RC_FATAL, "key file %s: not 64 hexadecimal digits", path);
    OPENSSL_cleanse(text, sizeof text);
    return RC_OK;
}

Rc vault_open(const char *key_file, Vault **out, Error *err)
{
    unsigned char master[KEY_SIZE];
    if (read_key(key_file, master, err))
        return err->rc;
    Vault *v = calloc(1, sizeof *v);
    must(v != NULL, "memory");
    pthread_mutex_init(&v->lock, NULL);
    derive(master, "nqs-gateway wrap 1", v->wrap);
    derive(master, "nqs-gateway look-up 1", v->lookup);
    derive(master, "nqs-gateway row hash 1", v->row);
    derive(master, "nqs-gateway cursor 1", v->cursor);
    derive(master, "nqs-gateway publication 1", v->sign);
    OPENSSL_cleanse(master, sizeof master);
    *out = v;
    return RC_OK;
}

void vault_free(Vault **v)
{
    if (*v)
        OPENSSL_cleanse(*v, sizeof **v);
    free(*v);
    *v = NULL;
}

Rc vault_make_key_file(const char *path, Error *err)
{
    unsigned char key[KEY_SIZE];
    char text[2 * KEY_SIZE + 2];
    random_bytes(key, sizeof key);
    hex_text(key, sizeof key, text);
    text[2 * KEY_SIZE] = '\n';
    text[2 * KEY_SIZE + 1] = '\0';
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set(err, RC_REJECT, "key file %s: %m", path);
    ssize_t n = write(fd, text, strlen(text));
    bool kept = n == (ssize_t)strlen(text) && fsync(fd) == 0;
    close(fd);
    OPENSSL_cleanse(text, sizeof text);
    return kept ? RC_OK : error_set(err, RC_RETRY, "key file %s: cannot be written", path);
}

static pthread_key_t cipher_key;
static void free_cipher(void *c) { EVP_CIPHER_CTX_free(c); }
static void make_cipher_key(void) { pthread_key_create(&cipher_key, free_cipher); }

/* One cipher context a thread: making one costs more than sealing a name. */
static EVP_CIPHER_CTX *cipher(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_cipher_key);
    EVP_CIPHER_CTX *c = pthread_getspecific(cipher_key);
    if (!c) {
        c = EVP_CIPHER_CTX_new();
        must(c && pthread_setspecific(cipher_key, c) == 0, "cipher");
    }
    return c;
}

void seal(const unsigned char key[KEY_SIZE], const char *what, const void *in, size_t n, unsigned char *out)
{
    EVP_CIPHER_CTX *c = cipher();
    int len;
    random_bytes(out, NONCE_SIZE);
    must(EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, out), "seal");
    must(EVP_EncryptUpdate(c, NULL, &len, (const unsigned char *)what, (int)strlen(what)), "seal");
    must(EVP_EncryptUpdate(c, out + NONCE_SIZE, &len, in, (int)n), "seal");
    must(EVP_EncryptFinal_ex(c, out + NONCE_SIZE + len, &len), "seal");
    must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, out + NONCE_SIZE + n), "seal");
}

Rc unseal(const unsigned char key[KEY_SIZE], const char *what, const unsigned char *in, size_t len, void *out, size_t *n, Error *err)
{
    EVP_CIPHER_CTX *c = cipher();
    int done, last;
    if (len < SEAL_OVERHEAD)
        return error_set(err, RC_FATAL, "%s: sealed bytes are too short", what);
    size_t plain = len - SEAL_OVERHEAD;
    bool good = EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, in) == 1
             && EVP_DecryptUpdate(c, NULL, &done, (const unsigned char *)what, (int)strlen(what)) == 1
             && EVP_DecryptUpdate(c, out, &done, in + NONCE_SIZE, (int)plain) == 1
             && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, (void *)(in + NONCE_SIZE + plain)) == 1
             && EVP_DecryptFinal_ex(c, (unsigned char *)out + done, &last) == 1;
    if (!good)
        return error_set(err, RC_FATAL, "%s: cannot be unsealed: wrong key, or changed bytes", what);
    *n = plain;
    return RC_OK;
}

void vault_wrap(const Vault *v, const char *what, const unsigned char key[KEY_SIZE], unsigned char out[WRAPPED_SIZE])
{
    seal(v->wrap, what, key, KEY_SIZE, out);
}

Rc vault_unwrap(const Vault *v, const char *what, const unsigned char *wrapped, size_t n, unsigned char key[KEY_SIZE], Error *err)
{
    size_t len;
    if (n != WRAPPED_SIZE)
        return error_set(err, RC_FATAL, "%s: a wrapped key has %d bytes, not %zu", what, WRAPPED_SIZE, n);
    return unseal(v->wrap, what, wrapped, n, key, &len, err);
}

static time_t seconds(void) { return (time_t)(monotonic_ms() / 1000); }

int vault_recall(Vault *v, const char *place, unsigned char key[KEY_SIZE])
{
    int found = 0;
    time_t now = seconds();
    pthread_mutex_lock(&v->lock);
    for (int i = 0; i < REMEMBERED && !found; i++)
        if (v->known[i].until > now && strcmp(v->known[i].place, place) == 0) {
            memcpy(key, v->known[i].key, KEY_SIZE);
            found = 1;
        }
    pthread_mutex_unlock(&v->lock);
    return found;
}

void vault_remember(Vault *v, const char *place, const unsigned char key[KEY_SIZE])
{
    pthread_mutex_lock(&v->lock);
    Remembered *r = &v->known[v->next++ % REMEMBERED];
    snprintf(r->place, sizeof r->place, "%s", place);
    memcpy(r->key, key, KEY_SIZE);
    r->until = seconds() + REMEMBER_SECONDS;
    pthread_mutex_unlock(&v->lock);
}

static EVP_MD *sha_fetched;
static void fetch_sha(void) { must((sha_fetched = EVP_MD_fetch(NULL, "SHA256", NULL)) != NULL, "sha-256"); }

/* Looked up once: a look-up by name costs more than hashing a row. */
static const EVP_MD *sha_md(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch_sha);
    return sha_fetched;
}

static void pad_state(EVP_MD_CTX *c, const EVP_MD *sha, const unsigned char key[KEY_SIZE], unsigned char fill)
{
    unsigned char pad[64];
    memset(pad, fill, sizeof pad);
    for (int i = 0; i < KEY_SIZE; i++)
        pad[i] ^= key[i];
    must(EVP_DigestInit_ex(c, sha, NULL), "hash");
    must(EVP_DigestUpdate(c, pad, sizeof pad), "hash");
}

static pthread_key_t digest_key;
static void free_digest(void *c) { EVP_MD_CTX_free(c); }
static void make_digest_key(void) { pthread_key_create(&digest_key, free_digest); }

/* One digest context a thread, as with ciphers. */
static EVP_MD_CTX *digest(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_digest_key);
    EVP_MD_CTX *c = pthread_getspecific(digest_key);
    if (!c) {
        c = EVP_MD_CTX_new();
        must(c && pthread_setspecific(digest_key, c) == 0, "hash");
    }
    return c;
}

/* HMAC by RFC 2104, from the two padded keys. */
void keyed_hash(const unsigned char key[KEY_SIZE], const char *space, const void *in, size_t n, unsigned char out[HASH_SIZE])
{
    EVP_MD_CTX *c = digest();
    pad_state(c, sha_md(), key, 0x36);
    must(EVP_DigestUpdate(c, space, strlen(space) + 1), "hmac");
    must(EVP_DigestUpdate(c, in, n), "hmac");
    must(EVP_DigestFinal_ex(c, out, NULL), "hmac");
    pad_state(c, sha_md(), key, 0x5c);
    must(EVP_DigestUpdate(c, out, HASH_SIZE), "hmac");
    must(EVP_DigestFinal_ex(c, out, NULL), "hmac");
}

void vault_seal(const Vault *v, const char *what, const void *in, size_t n, unsigned char *out) { seal(v->cursor, what, in, n, out); }

int vault_unseal(const Vault *v, const char *what, const unsigned char *in, size_t len, void *out, size_t *n)
{
    Error ignored = {0};
    return unseal(v->cursor, what, in, len, out, n, &ignored) == RC_OK;
}

void vault_lookup(const Vault *v, const char *space, const void *in, size_t n, unsigned char out[HASH_SIZE])
{
    keyed_hash(v->lookup, space, in, n, out);
}

void vault_sign(const Vault *v, const void *in, size_t n, unsigned char out[SIGNATURE_SIZE]) { ed25519_sign(v->sign, in, n, out); }
void vault_public_key(const Vault *v, unsigned char out[KEY_SIZE]) { ed25519_public(v->sign, out); }

/* HMAC by RFC 2104 over two prepared SHA-256 states, so that a row costs two copies instead of a key set-up. */
struct Hasher { const EVP_MD *sha; EVP_MD_CTX *now, *inner, *outer; };

Hasher *hasher_new(const Vault *keyed)
{
    Hasher *h = calloc(1, sizeof *h);
    must(h && (h->sha = sha_md()) && (h->now = EVP_MD_CTX_new()), "hash");
    if (keyed) {
        must((h->inner = EVP_MD_CTX_new()) && (h->outer = EVP_MD_CTX_new()), "hash");
        pad_state(h->inner, h->sha, keyed->row, 0x36);
        pad_state(h->outer, h->sha, keyed->row, 0x5c);
    }
    hasher_begin(h);
    return h;
}

void hasher_begin(Hasher *h)
{
    must(h->inner ? EVP_MD_CTX_copy_ex(h->now, h->inner) : EVP_DigestInit_ex(h->now, h->sha, NULL), "hash");
}

void hasher_add(Hasher *h, const void *bytes, size_t n) { must(EVP_DigestUpdate(h->now, bytes, n), "hash"); }

void hasher_end(Hasher *h, unsigned char out[HASH_SIZE])
{
    must(EVP_DigestFinal_ex(h->now, out, NULL), "hash");
    if (!h->outer)
        return;
    must(EVP_MD_CTX_copy_ex(h->now, h->outer), "hash");
    must(EVP_DigestUpdate(h->now, out, HASH_SIZE), "hash");
    must(EVP_DigestFinal_ex(h->now, out, NULL), "hash");
}

void hasher_peek(const Hasher *h, unsigned char out[HASH_SIZE])
{
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    must(copy && EVP_MD_CTX_copy_ex(copy, h->now), "hash");
    must(EVP_DigestFinal_ex(copy, out, NULL), "hash");
    EVP_MD_CTX_free(copy);
}

void hasher_free(Hasher **h)
{
    if (!*h)
        return;
    EVP_MD_CTX_free((*h)->now);
    EVP_MD_CTX_free((*h)->inner);
    EVP_MD_CTX_free((*h)->outer);
    free(*h);
    *h = NULL;
}

void sha256(const void *in, size_t n, unsigned char out[HASH_SIZE]) { must(EVP_Digest(in, n, out, NULL, sha_md(), NULL), "sha-256"); }

static sem_t hashes;
static void hashes_begin(void) { sem_init(&hashes, 0, HASHES_AT_ONCE); }

void password_hash(const char *password, const unsigned char salt[SALT_SIZE], unsigned char out[HASH_SIZE])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, hashes_begin);
    while (sem_wait(&hashes))
        ;
    must(EVP_PBE_scrypt(password, strlen(password), salt, SALT_SIZE, 1 << 14, 8, 1, 64 << 20, out, HASH_SIZE), "scrypt");
    sem_post(&hashes);
}

int same_bytes(const void *a, const void *b, size_t n) { return CRYPTO_memcmp(a, b, n) == 0; }
