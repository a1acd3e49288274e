/* What the JSON Schema of a feed is made of, for the documents that hold it: alone, or beside others in the AsyncAPI document. What is written is good in every
   dialect from draft 7 on. Only for schemas/generate*.c. */
#pragma once
#include "schemas/generate_parts.h"

typedef struct {
    Json        j;
    const char *home;              /* where definitions stand: "#/$defs/", … */
    const char *owner;             /* in front of the names of the feed's own: "", "FEED." */
    bool        marks_personal;    /* by "x-personal": true; validators that are strict refuse words they do not know */
} JsonSchema;

void schema_define_feed (JsonSchema *s, const Feed *feed);    /* members "record" and, where the feed withdraws, "withdraw" */
void schema_define_texts(JsonSchema *s);                      /* members that those of all feeds refer to */
void schema_entry (JsonSchema *s, const Feed *feed);          /* one of a delivery's records: a record, or a withdrawal */
void schema_delivery(JsonSchema *s, const Feed *feed);       /* members that make a schema of a delivery's document */
void schema_kinds (Json *j, const Feed *feed);
void schema_period(Json *j, const Feed *feed);

void json_member(Json *j, const char *key, const char *text);              /* NULL: none */
void json_title (Json *j, const char *kk, const char *ru);                 /* member "title"; without either, none */
void titles_join(const char *const titles[], size_t n, Buffer *out);       /* in several languages, as one text; NULLs are passed over */

/* Of the string that begins at s, with both quotes, in good JSON. */
size_t json_string_length(const char *s);
/* The same JSON, compact before, with a line for every member and element. */
void json_laid_out(const char *s, size_t n, Buffer *out);
