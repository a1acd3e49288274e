/* Support requests of the flow room in memory (fake_flow.h). */
#pragma once
Rc query_supports(Desk *d, const Asker *a, Page p, Buffer *json, Error *err) { return query_deliveries(d, a, NULL, NULL, p, json, err); }
Rc query_support(Desk *d, const Asker *a, const char *n, Buffer *json, Buffer *file, Error *err) { return file ? RC_REJECT : query_delivery(d, a, n, json, err); }
Rc report_support(Desk *d, const Asker *a, const SupportSaid *s, Buffer *json, Error *err) { return query_delivery(d, a, s->subject, json, err); }
Rc report_support_class(Desk *d, const Asker *a, const char *n, const char *c, const char *why, Buffer *json, Error *err) { return !c || !why ? RC_REJECT : query_delivery(d, a, n, json, err); }
Rc report_support_answer(Desk *d, const Asker *a, const char *n, const char *text, Buffer *json, Error *err) { return !text ? RC_REJECT : query_delivery(d, a, n, json, err); }
