/* The subcommands of nqs-gateway: a table in main.c; each is a function of its own file. */
#pragma once
#include "gateway/flow/gateway.h"
#include "gateway/flow/query.h"

typedef struct {
    const char *name, *summary;
    const char *usage;                          /* of --help, after the name; lines separated by \n */
    int       (*run)(int argc, char **argv);    /* argv[0] is the subcommand; returns the exit code */
} Command;

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3 };

extern const Command commands[];                /* ends with a NULL name */
const Command *command_find(const char *name);

/* Makes the kinds of sinks and channels known (registry.c): before any configuration is loaded. */
void registry_use(void);

/* Options "--name value", "--name=value" or "--flag"; "-n value" where only one name begins so. What is none is a positional argument. */
typedef struct { const char *name; const char **value; bool *flag; } Option;      /* ends with a NULL name */
enum { POSITIONS = 8 };
typedef struct { const char *at[POSITIONS]; int n; } Positions;

/* False: wrong usage, already said on standard error together with where to look. --help prints the command's help and exits 0. */
bool options_read(int argc, char **argv, const Option *options, Positions *out);

/* Says err on standard error; returns EXIT_REFUSED for RC_REJECT, EXIT_FAILED otherwise. With a gateway, refusals are said in the user's language. */
int  app_complain(const Gateway *g, const Error *err);
const char *user_lang(void);                    /* by LC_ALL, LC_MESSAGES, LANG: kk, ru, en */
const char *user_name(void);                    /* "cli:NAME", for the audit */

/* Which configuration file is meant: the one given, $NQS_CONFIG, or /etc/nqs-gateway/gateway.yaml. */
const char *config_path(const char *given);

/* Where the product's own files are, when no configuration says it: here, where this is the source tree; else where an installed binary has them. Lives in a. */
const char *app_share(Arena *a);

/* Configuration (config_path), gateway and a desk. */
typedef struct { Config *config; Gateway *gateway; Desk *desk; Sender admin; } App;
Rc   app_open(const char *config, App *out, Error *err) MUST_USE;
void app_close(App *app);                       /* for SCOPED */
Rc   app_wait(const App *app, const char *id, Error *err) MUST_USE;     /* until the delivery is worked */
Asker app_asker(const App *app);                /* the local administrator, who may read everything; reads are journalled */

Rc app_write(const char *path, const Buffer *file, Error *err) MUST_USE;      /* makes or replaces the file */

/* Prints JSON for programs, or by the shape of the document for people. */
void print_json (const Buffer *json);
void print_table(const char *json, const char *list, const char *const *columns);   /* columns: "member" or "member.member", ends with NULL */
void print_pairs(const char *json);

int cmd_serve(int argc, char **argv);
int cmd_migrate(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_party(int argc, char **argv);
int cmd_submit(int argc, char **argv);
int cmd_fetch(int argc, char **argv);
int cmd_fetches(int argc, char **argv);
int cmd_kafka(int argc, char **argv);
int cmd_publications(int argc, char **argv);
int cmd_publish(int argc, char **argv);
int cmd_dead(int argc, char **argv);
int cmd_deliveries(int argc, char **argv);
int cmd_delivery(int argc, char **argv);
int cmd_findings(int argc, char **argv);
int cmd_outcomes(int argc, char **argv);
int cmd_records(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_contract(int argc, char **argv);
int cmd_mapping(int argc, char **argv);
int cmd_calendar(int argc, char **argv);
int cmd_law(int argc, char **argv);
int cmd_event(int argc, char **argv);
int cmd_events(int argc, char **argv);
int cmd_duties(int argc, char **argv);
int cmd_timeliness(int argc, char **argv);
int cmd_analysis(int argc, char **argv);
int cmd_duty(int argc, char **argv);
int cmd_heartbeats(int argc, char **argv);
int cmd_support(int argc, char **argv);
int cmd_notices(int argc, char **argv);
int cmd_config(int argc, char **argv);

/* "law obligations", "law explain", …: cmd_register.c; argv[1] is the word. */
int law_register(int argc, char **argv);

/* "contract template": cmd_template.c. contracts, lang, out NULL: the installed ones, the user's, FEED_template_LANG.xlsx here. */
int contract_template(const char *feed, const char *contracts, const char *lang, const char *out);

/* "contract asyncapi": cmd_asyncapi.c. feed, contracts, brokers, out NULL: all feeds, the installed ones, left open, standard output. */
int contract_asyncapi(const char *feed, const char *contracts, const char *brokers, const char *out);
