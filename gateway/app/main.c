#include "gateway/app/command.h"
#include "gateway/base/heap.h"
#include <stdio.h>
#include <string.h>

#define CONFIG "  --config FILE    configuration [$NQS_CONFIG, /etc/nqs-gateway/gateway.yaml]"
#define LAW_PLACES \
    "  --calendars DIR  editions of the installation's own [as configured]\n" \
    "  --share DIR      the product's schemas [as configured, or here, or ../share/nqs-gateway beside the binary]\n"
#define JSON_TOO "  --json           the whole document, for programs"

const Command commands[] = {
    { "serve", "take deliveries and work them until stopped", "[--config FILE]\n" CONFIG, cmd_serve },
    { "migrate", "bring the database to what this version needs", "[--config FILE]\n" CONFIG, cmd_migrate },
    { "key", "make the installation key", "make FILE\n  writes a new key of mode 0600; keep a copy apart from the database's backups", cmd_key },
    { "party", "parties, their roles and credentials",
      "add BIN NAME | role BIN ROLE --from DAY [--to DAY] [--ground TEXT] | token BIN | calendar BIN | password BIN SENDER_ID | revoke BIN | disable BIN | enable BIN | set BIN [--lang LANG] [--mail ADDRESSES] | webhook BIN URL | list\n"
      "  token            prints a new API token; it is shown once\n"
      "  calendar         prints the secret of a new address of the party's calendar of due days, GET /v1/duties.ics?key=SECRET; the former address ends\n"
      "  password         sets the password of a senderId, read from standard input\n"
      "  revoke           ends all tokens and passwords of the party\n"
      "  set              --lang kk, ru or en: of what is written for the party unasked, such as texts beside dropped files; --mail: where notices of duties go\n"
      "  webhook          notices of duties go there too; prints the secret of their signatures. '' ends it\n" JSON_TOO "\n" CONFIG, cmd_party },
    { "submit", "hand in a file at the door, as a party",
      "FILE --feed FEED --period PERIOD --kind KIND --as BIN [--mapping NAME] [--wait] [--message-id ID]\n"
      "  FILE             .xml, .json, .ndjson, .csv or .xlsx; - for standard input with --format\n"
      "  --format NAME    xml, json, ndjson, csv, xlsx or json-seq [by the file's ending]\n"
      "  --mapping NAME   read it by this mapping [the one it is bound to, if any]\n"
      "  --wait           wait for the protocol and print it\n" JSON_TOO "\n" CONFIG, cmd_submit },
    { "fetch", "fetch a delivery from a supplier's system now",
      "NAME [--period PERIOD] [--wait]\n"
      "  NAME             of a fetch in gateway.yaml\n"
      "  --period PERIOD  for this period [by the rule in gateway.yaml, today]\n"
      "  --wait           wait for the protocol and print it\n" JSON_TOO "\n" CONFIG, cmd_fetch },
    { "fetches", "what is fetched, when, and how it went last", "[--json]\n" JSON_TOO "\n" CONFIG, cmd_fetches },
    { "kafka", "what comes by Kafka: how far it is read, what is open, what was refused",
      "[partitions] | open | refused [--limit N] | resume TOPIC PARTITION --at OFFSET --ground TEXT\n"
      "       kafka message ID --ground TEXT [--value]\n"
      "  partitions       where each is read from, where it begins and ends, the lag, why it has stopped\n"
      "  open             deliveries of many messages whose end has not come, or that lack some\n"
      "  refused          messages that are part of no delivery, newest first\n"
      "  message          one of these as it came, headers and value; who read it, and the reason, stand in the audit\n"
      "  --value          only its value\n"
      "  resume           a stopped partition is read on from that offset; the reason stands in the audit\n" JSON_TOO "\n" CONFIG, cmd_kafka },
    { "publications", "what is published, how far it is, and what went wrong", "[--json]\n       publications key\n"
      "  key              the public key by which receivers check signatures\n" JSON_TOO "\n" CONFIG, cmd_publications },
    { "publish", "send a snapshot of a publication's feed now",
      "NAME [--as-known-at INSTANT]\n  --as-known-at    as it was known then [now]\n" CONFIG, cmd_publish },
    { "dead", "what a receiver would not take, and what becomes of it",
      "[--json] | retry ID | drop ID --reason TEXT\n"
      "  retry            send it once more\n"
      "  drop             it will never be sent; the reason goes to the audit trail\n" JSON_TOO "\n" CONFIG, cmd_dead },
    { "deliveries", "list deliveries, newest first", "[--feed FEED] [--period PERIOD] [--limit N] [--cursor C] [--json]\n" JSON_TOO "\n" CONFIG, cmd_deliveries },
    { "delivery", "the protocol of one delivery", "ID [--receipt] [--json]\n  --receipt        the receipt, byte for byte\n" JSON_TOO "\n" CONFIG, cmd_delivery },
    { "findings", "what is complained about in a delivery", "ID [--all] [--limit N] [--json]\n  --all            beyond the first hundred\n" JSON_TOO "\n" CONFIG, cmd_findings },
    { "outcomes", "what became of each record of a delivery", "ID [--all] [--limit N] [--json]\n" JSON_TOO "\n" CONFIG, cmd_outcomes },
    { "records", "canonical records of a feed",
      "FEED [--as-known-at INSTANT] [--as-of-period PERIOD] [--limit N] [--cursor C] [--json]\n"
      "       records transfer FEED KEY… --to BIN --ground TEXT\n"
      "  transfer         gives the row of that key to another owner; KEY: one argument a key field\n" JSON_TOO "\n" CONFIG, cmd_records },
    { "replay", "work a delivery once more from its bytes", "ID\n" CONFIG, cmd_replay },
    { "audit", "the audit trail", "list [--limit N] | verify\n  verify           walks the hash chain\n" CONFIG, cmd_audit },
    { "contract", "contracts of feeds", "list | check FILE_OR_FOLDER | generate [--contracts DIR] [--out DIR] [--check] | template FEED [--lang kk|ru|en] [-o FILE]\n"
      "       contract asyncapi [FEED] [--bootstrap HOST:PORT,…] [--contracts DIR] [-o FILE]", cmd_contract },
    { "mapping", "mappings of suppliers' own formats",
      "list | show NAME | check FILE [--sample FILE]\n"
      "  check            the file by itself, or what becomes of a sample of the supplier's\n"
      "  --sample FILE    .xml, .json, .ndjson, .csv, .xlsx\n"
      "  --format NAME    of the sample [by the file's ending]\n"
      "  --fragment       the sample is what stands in <data> of a SOAP message, perhaps without a root\n"
      "  --party BIN      whose delivery it would be: rows of others are found\n"
      "  --limit N        records shown [20]\n"
      "  --show-personal  personal values too\n"
      "  --contracts DIR  [as configured, or schemas/contracts under share]\n"
      "  --mappings DIR   mappings, and files of value tables, of the installation's own [as configured]\n"
      "  --share DIR      the product's schemas and mappings [as configured, or here, or ../share/nqs-gateway beside the binary]\n" JSON_TOO "\n" CONFIG, cmd_mapping },
    { "calendar", "the working-day calendar and its editions",
      "show YEAR [--as-known-at INSTANT] | check | import FILE [--yes]\n"
      "  show             days off and why, days worked on a weekend, working days of each month, the year's editions\n"
      "  check            can all be loaded, and what do editions say beyond the Law?\n"
      "  import           what the editions of a file change; with --yes it is written beside the others\n" LAW_PLACES JSON_TOO "\n" CONFIG, cmd_calendar },
    { "law", "the register of obligations, what of it is in force, and when a term ends",
      "due | obligations [--json] | explain OBLIGATION [--period PERIOD | --event DAY] [--json]\n"
      "       law approve OBLIGATION --reading ID --by NAME --ground TEXT | in-force OBLIGATION|all DAY --by NAME --ground TEXT\n"
      "  obligations      all of them: which reading goes, whether it is approved, since when it is in force\n"
      "  explain          its norm, who owes, its readings; with a period or the day of an event: when that is due, and how it was counted\n"
      "  approve          this reading goes from now on, by the text it has now; what it makes of past duties is said anew, finally\n"
      "  in-force         duties are opened from that day on\n"
      "  due              one JSON object a line: {\"from\": DAY, \"plus\": \"5 working days\"}, {\"period\": \"2024-11\", \"plus\": \"0 calendar days\"} or\n"
      "                   {\"period\": \"2024\", \"on\": \"15 December\"}; with \"shift\": \"none\", \"known_at\": INSTANT, \"explain\": true where wanted\n" LAW_PLACES CONFIG, cmd_law },
    { "event", "report what happened: duties begin with it, or are settled by it",
      "TYPE --day DAY --ground TEXT [--party BIN] [--subject REFERENCE] [--period PERIOD] [--at INSTANT] [--message-id ID]\n"
      "  TYPE             without one: which there are\n"
      "  --party BIN      whom it concerns [all who hold the role]\n"
      "  --subject        what it is about: a number, a reference; never a person's name or IIN\n" CONFIG, cmd_event },
    { "events", "what was reported, newest first", "[--type TYPE] [--limit N] [--json]\n" JSON_TOO "\n" CONFIG, cmd_events },
    { "support", "support requests of users, and what became of them",
      "[N] [--file FILE] [--limit N] [--cursor C] [--json] | class N correction|functioning --reason TEXT | answer N --text TEXT\n"
      "  --file FILE      writes the file that came with it there\n"
      "  class            it takes longer: 10 working days for a correction, 20 where the platform's functioning is the cause; the reason stands on the duty\n"
      "  answer           settles it\n" JSON_TOO "\n" CONFIG, cmd_support },
    { "notices", "what parties and officers were told of duties, and what the transport answered",
      "[--failing] [--party BIN] [--limit N] [--cursor C] [--json] | show N [--json] | retry N | tell\n"
      "  --failing        only those that were not taken yet though it was tried, or were given up\n"
      "  show             one of them, its attempts, and the bytes that were handed over\n"
      "  retry            send one that was not taken once more, now\n"
      "  tell             tell what there is to tell today now, before its hour\n" JSON_TOO "\n" CONFIG, cmd_notices },
    { "duties", "who owes what by when, and what came of it",
      "[--late | --next DAYS] [--party BIN] [--feed FEED] [--period PERIOD] [--state STATE] [--as-known-at INSTANT] [--limit N] [--cursor C] [--json | --csv] | verify\n"
      "  verify           walks the hash chain of statements\n"
      "  --late           what is overdue\n"
      "  --next DAYS      open ones that are due within so many days\n"
      "  --state STATE    open, in_time, overdue, late, missing, waived, met, cancelled\n" JSON_TOO "\n" CONFIG, cmd_duties },
    { "timeliness", "who delivers in time: duties whose time is over, counted by what became of them",
      "[--by feed,period,party] [--party BIN] [--feed FEED] [--period PERIOD] [--obligation ID] [--from DAY] [--to DAY] [--as-known-at INSTANT] [--json | --csv]\n"
      "  --by             what is counted apart [feed,period]\n"
      "  --from, --to     the first and the last due day\n"
      "  complete         all that owe have delivered or are not asked any more; lacking: who has not\n" JSON_TOO "\n" CONFIG, cmd_timeliness },
    { "analysis", "the data of the annual analysis: indicators of a year, and how timely suppliers were; of persons only anonymous figures",
      "YEAR [--as-known-at INSTANT] [--format json|csv|html] [--lang kk|ru] [--out FILE]\n"
      "  --as-known-at    what was known then; the same question has the same answer for good [now]\n"
      "  --format         html: a page to print, with charts [as FILE ends; json]\n"
      "  --lang           of csv and html [yours, or ru]\n" CONFIG, cmd_analysis },
    { "duty", "one duty: its norm, how its term is counted, what happened, what was established",
      "ID [--json] | waive ID --by NAME --ground TEXT | extend ID DAY --by NAME --ground TEXT\n"
      "  waive            it is not asked for any more\n"
      "  extend           it is due at the end of that day\n" JSON_TOO "\n" CONFIG, cmd_duty },
    { "heartbeats", "was the gateway there? times without a heartbeat, and whether all are signed by this installation",
      "[--from INSTANT] [--to INSTANT] [--json]\n  --from, --to     [the last 24 hours]\n" JSON_TOO "\n" CONFIG, cmd_heartbeats },
    { "config", "explain or check the configuration file", "help | check FILE", cmd_config },
    { NULL, NULL, NULL, NULL }
};

const Command *command_find(const char *name)
{
    for (const Command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

static int help(FILE *to)
{
    fprintf(to, "nqs-gateway %s: takes the deliveries of Order 391, keeps, checks and settles them, and answers for every record\n\nusage: nqs-gateway COMMAND …\n\n", NQS_VERSION);
    for (const Command *c = commands; c->name; c++)
        fprintf(to, "  %-17s %s\n", c->name, c->summary);
    fprintf(to, "\nnqs-gateway COMMAND --help says more.\n");
    return to == stdout ? EXIT_OK : EXIT_USAGE;
}

int main(int argc, char **argv)
{
    heap_tame();
    registry_use();
    if (argc < 2)
        return help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return help(stdout);
    if (strcmp(argv[1], "--version") == 0) {
        printf("nqs-gateway %s\n", NQS_VERSION);
        return EXIT_OK;
    }
    const Command *c = command_find(argv[1]);
    if (!c) {
        fprintf(stderr, "nqs-gateway: there is no command %s; see nqs-gateway --help\n", argv[1]);
        return EXIT_USAGE;
    }
    return c->run(argc - 1, argv + 1);
}
