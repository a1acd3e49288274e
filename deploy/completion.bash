# Completion of nqs-gateway for bash: into /usr/share/bash-completion/completions/nqs-gateway.

_nqs_gateway_options() {
    case $1 in
        party) echo '--from --to --ground --lang --mail --json' ;;
        submit) echo '--feed --period --kind --as --format --mapping --message-id --wait --json' ;;
        fetch) echo '--period --wait --json' ;;
        fetches | publications) echo '--json' ;;
        kafka) echo '--at --ground --limit --value --json' ;;
        publish) echo '--as-known-at' ;;
        dead) echo '--reason --json' ;;
        deliveries) echo '--feed --period --limit --cursor --json --csv' ;;
        delivery) echo '--receipt --json' ;;
        findings | outcomes) echo '--all --limit --json' ;;
        records) echo '--as-known-at --as-of-period --limit --cursor --to --ground --json' ;;
        audit) echo '--limit --json' ;;
        contract) echo '--contracts --out --check --lang --bootstrap' ;;
        calendar) echo '--as-known-at --yes --calendars --share --json' ;;
        law) echo '--reading --by --ground --period --event --calendars --share --json' ;;
        duties) echo '--late --next --party --feed --period --state --obligation --as-known-at --limit --cursor --json' ;;
        timeliness) echo '--by --party --feed --period --obligation --from --to --as-known-at --json --csv' ;;
        analysis) echo '--as-known-at --format --lang --out' ;;
        duty) echo '--by --ground --json' ;;
        event) echo '--day --at --party --subject --period --ground --message-id' ;;
        events) echo '--type --limit --json' ;;
        heartbeats) echo '--from --to --json' ;;
        notices) echo '--failing --party --limit --cursor --json' ;;
        support) echo '--file --limit --cursor --reason --text --json' ;;
        mapping) echo '--sample --format --fragment --party --limit --show-personal --contracts --mappings --share --json' ;;
    esac
}

_nqs_gateway_actions() {
    case $1 in
        key) echo make ;;
        party) echo 'add role token calendar password revoke disable enable set webhook list' ;;
        kafka) echo 'partitions open refused message resume' ;;
        records) echo transfer ;;
        publications) echo key ;;
        dead) echo 'retry drop' ;;
        audit) echo 'list verify' ;;
        contract) echo 'list check generate template asyncapi' ;;
        mapping) echo 'list show check' ;;
        calendar) echo 'show check import' ;;
        law) echo 'due obligations explain approve in-force' ;;
        duties) echo verify ;;
        duty) echo 'waive extend' ;;
        support) echo 'class answer' ;;
        notices) echo 'show retry tell' ;;
        event) echo 'platform-launched platform-registered standards-plan-received certificate-received application-started candidate-registered analysis-handed-over' ;;
        config) echo 'help check' ;;
    esac
}

_nqs_gateway() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
    local commands='serve migrate key party submit fetch fetches kafka publications publish dead deliveries delivery findings outcomes records replay audit contract mapping calendar law event events support notices duties analysis timeliness duty heartbeats config'
    local roles='authorised-body national-body administrator sector-body education-authority higher-education-authority national-chamber regional-chamber accreditation-body recognition-centre personal-reader'
    COMPREPLY=()
    case $before in
        --config | --contracts | --out | --sample | --mappings | --calendars | --share | --file | -o) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        --lang) mapfile -t COMPREPLY < <(compgen -W 'kk ru en' -- "$word"); return ;;
        --kind) mapfile -t COMPREPLY < <(compgen -W 'list changes facts edition nil' -- "$word"); return ;;
        --format) mapfile -t COMPREPLY < <(compgen -W 'xml json ndjson json-seq csv xlsx' -- "$word"); return ;;
        --feed | --period | --as | --party | --from | --to | --ground | --limit | --cursor | --message-id | --bootstrap | --reason | --text | --by | --reading | --day | --at | --subject | --type | --next | --state | --obligation | --event | --as-known-at | --as-of-period) return ;;
    esac
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_nqs_gateway_options "$command") --config --help" -- "$word")
    elif [ "$COMP_CWORD" = 2 ] && [ -n "$(_nqs_gateway_actions "$command")" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_nqs_gateway_actions "$command")" -- "$word")
    elif [ "$COMP_CWORD" = 4 ] && [ "$command ${COMP_WORDS[2]}" = 'party role' ]; then
        mapfile -t COMPREPLY < <(compgen -W "$roles" -- "$word")
    elif [ "$command" = submit ] || [ "$command" = contract ] || [ "$command" = mapping ] || [ "$command" = calendar ] || [ "$command" = config ] || [ "$command" = key ]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}

complete -o filenames -F _nqs_gateway nqs-gateway
