#!/bin/bash
# Kafka Connect with the Debezium JDBC sink, for kafka_in.py: one worker, a task for each topic, upsert by the key of the records into a table that is there.
#   connect.sh install                                          fetches the jars once, from Maven
#   connect.sh run FOLDER BOOTSTRAP NAME TOPICS TABLE JDBC_URL SCHEMA_FILE      runs until it is killed; SCHEMA_FILE: the records' schema, as Connect's JSON converter wants it
# Set up for speed, as its documentation has it: reduction buffer and batches of 5000, as many polled at once, the driver's rewritten batches, schemas not in every message.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${XDG_CACHE_HOME:-$HOME/.cache}/nqs-connect

install() {
    [ ! -f "$home/.complete" ] || return 0
    rm -rf "$home"
    mvn -q -B -Dstyle.color=never -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$home/libs" >&2
    touch "$home/.complete"
}

run() {
    local folder=$1 bootstrap=$2 name=$3 topics=$4 table=$5 url=$6 schema=$7
    mkdir -p "$folder"
    cat >"$folder/worker.properties" <<END
bootstrap.servers=$bootstrap
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.json.JsonConverter
value.converter.schemas.enable=true
value.converter.schema.content=$(tr -d '\n' <"$schema")
offset.storage.file.filename=$folder/offsets
consumer.auto.offset.reset=earliest
consumer.max.poll.records=5000
consumer.fetch.min.bytes=262144
consumer.partition.assignment.strategy=org.apache.kafka.clients.consumer.RoundRobinAssignor
listeners=http://127.0.0.1:0
plugin.discovery=only_scan
END
    cat >"$folder/sink.properties" <<END
name=$name
connector.class=io.debezium.connector.jdbc.JdbcSinkConnector
tasks.max=$(tr -cd , <<<"$topics," | wc -c)
topics=$topics
connection.url=$url
connection.username=nqs
connection.password=
connection.pool.max_size=32
insert.mode=upsert
primary.key.mode=record_value
primary.key.fields=centre_bin,document_number
schema.evolution=none
collection.name.format=$table
batch.size=5000
use.reduction.buffer=true
transforms=end
transforms.end.type=org.apache.kafka.connect.transforms.Filter
transforms.end.predicate=end
predicates=end
predicates.end.type=org.apache.kafka.connect.transforms.predicates.HasHeaderKey
predicates.end.name=bench_end
END
    exec java -Xmx1500m -XX:+UseG1GC -cp "$home/libs/*" org.apache.kafka.connect.cli.ConnectStandalone "$folder/worker.properties" "$folder/sink.properties"
}

"$@"
