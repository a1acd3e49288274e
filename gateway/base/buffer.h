/* Growing bytes with a ceiling, and the small writers that fill them: JSON texts, XML escapes. Freed by buffer_free; good
   for SCOPED. A buffer that would pass its ceiling ends the process: ceilings are set far above what the caller checked. */
#pragma once
#include "gateway/base/scope.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct { char *at; size_t len, size, ceiling; } Buffer;     /* {0} is ready to use; ceiling 0 = 64 MB */

void  buffer_free (Buffer *b);
void  buffer_clear(Buffer *b);                                     /* keeps the memory */
char *buffer_room (Buffer *b, size_t n);                           /* n writable bytes behind the end; then buffer_used */
void  buffer_used (Buffer *b, size_t n);
void  buffer_add  (Buffer *b, const void *bytes, size_t n);
void  buffer_text (Buffer *b, const char *s);
void  buffer_char (Buffer *b, char c);
void  buffer_print(Buffer *b, const char *fmt, ...) PRINTF(2, 3);
void  buffer_xml  (Buffer *b, const char *s, size_t n);            /* with & < > " escaped */
const char *buffer_string(Buffer *b);                              /* NUL-terminated view; good until the next write */

/* JSON: commas are placed by themselves. json_key after json_open('{'); values anywhere. Strings are escaped as RFC 8785
   asks (only what must be), so a document whose keys are written in order is canonical. */
typedef struct { Buffer *to; bool comma; } Json;
void json_open  (Json *j, char bracket);                           /* '{' or '[' */
void json_close (Json *j, char bracket);                           /* '}' or ']' */
void json_key   (Json *j, const char *key);
void json_string(Json *j, const char *s, size_t n);                /* s NULL: null */
void json_text  (Json *j, const char *s);                          /* NUL-terminated; NULL: null */
void json_number(Json *j, int64_t n);
void json_bool  (Json *j, bool b);
void json_put_text  (Json *j, const char *key, const char *s);     /* a member of an object; s NULL: null */
void json_put_number(Json *j, const char *key, int64_t n);
void json_put_raw   (Json *j, const char *key, const char *json);
void json_raw   (Json *j, const char *json, size_t n);             /* already JSON */
/* n bytes of valid JSON, anew: members in the order of their names, nothing between tokens. What PostgreSQL wrote becomes canonical so (RFC 8785): its escapes are, and
   numbers of canonical records are. Names are ASCII. */
void json_ordered(Json *j, const char *json, size_t n);
