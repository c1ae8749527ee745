# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_ctl_global_optspecs
    string join \n region= profile= endpoint-url= expect-account= sandbox o/output= jmespath= q/quiet v/verbose color= y/yes allow-http partners= h/help V/version
end

function __fish_ctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_ctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_ctl_using_subcommand
    set -l cmd (__fish_ctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c ctl -n "__fish_ctl_needs_command" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_needs_command" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_needs_command" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_needs_command" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_needs_command" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_needs_command" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_needs_command" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_needs_command" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_needs_command" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_needs_command" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_needs_command" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_needs_command" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_needs_command" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_needs_command" -s V -l version -d 'Print version'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "enable" -d 'Create an integration, or converge one that exists'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "disable" -d 'Take an integration down'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "status" -d 'Show what is there, whether it is healthy, and whether it has drifted'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "send" -d 'Validate events and deliver them'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "query" -d 'Ask the stores a question in SQL, and print every row'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "events" -d 'Show the latest events of an integration'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "event" -d 'Check events, write new ones, show the schema; all offline'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "partners" -d 'Show the partners that CloudTrail Lake knows, and what each needs'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "policy" -d 'Render, show and check the policy that says who may send'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "sandbox" -d 'Run an embedded CloudTrail Lake, without AWS'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "demo" -d 'Play the whole life of an integration, without AWS'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "man" -d 'Print the manual page, or write one per verb into a directory'
complete -c ctl -n "__fish_ctl_needs_command" -f -a "help" -d 'Print help about ctl, a verb, or exit-codes'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l partner -d 'The partner\'s key; `ctl partners list` shows them' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l name -d 'The channel\'s name' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l source -d 'Choose one of the partner\'s sources' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l principal -d 'Who may send: an account or an IAM ARN; repeatable' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l tag -d 'A tag for store and channel; repeatable' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l service -d 'A service of the partner that is to deliver, for the hand-off; repeatable' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l timeout -d 'How long to wait for resources to become ready, for instance 90s or 10m' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l external-id -d 'The external ID; it is never printed' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l external-id-file -d 'A file that holds the external ID; one newline at its end is dropped' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l event-data-store -d 'An event data store to feed, created if a NAME does not exist; repeatable' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l retention-days -d 'How many days events are kept: 7 to 3653, or to 2557 with fixed pricing' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l billing-mode -d 'How the store is billed' -r -f -a "extendable\t'366 days included, up to 3653'
fixed\t'2557 days included, and no more'"
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l kms-key-id -d 'The KMS key of the store; it can never be changed' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l custom -d 'Make an integration for applications of your own; needs --name'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l second-channel -d 'Make a second custom channel although AWS documents one per source'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l replace-access -d 'Remove principals or replace an external ID that is in force'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l take-over -d 'Change what a CloudFormation stack owns'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l dry-run -d 'Show the plan and change nothing'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l exit-code -d 'With --dry-run, exit 10 when something would be changed'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l no-external-id -d 'Say on purpose that there is no external ID'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l no-termination-protection -d 'Leave the store unprotected against deletion'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l shorten-retention -d 'Allow --retention-days to remove events'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l restore -d 'Restore a store that is pending deletion, and protect it again'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand enable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l delete-store -d 'An event data store to delete too; naming it is the confirmation; repeatable' -r
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l timeout -d 'How long to wait for resources to become ready, for instance 90s or 10m' -r
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand disable" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l keep-channel -d 'Take only ctl\'s policy statement away, and keep the channel with its ARN'
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l take-over -d 'Change what a CloudFormation stack owns'
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l dry-run -d 'Show the plan and change nothing'
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l exit-code -d 'With --dry-run, exit 10 when something would be changed'
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand disable" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand disable" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand disable" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand disable" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand disable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand status" -l fail-on -d 'From which severity on --exit-code counts a finding' -r -f -a "error\t'Errors alone'
warning\t'Errors and warnings'"
complete -c ctl -n "__fish_ctl_using_subcommand status" -l ignore -d 'A finding\'s code that does not count; repeatable' -r
complete -c ctl -n "__fish_ctl_using_subcommand status" -l max-silence -d 'Warn when no event was taken for this long, for instance 24h' -r
complete -c ctl -n "__fish_ctl_using_subcommand status" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand status" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand status" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand status" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand status" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand status" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand status" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand status" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand status" -l exit-code -d 'Exit 10 when there is an error or a warning among the findings'
complete -c ctl -n "__fish_ctl_using_subcommand status" -l all -d 'Show channels that AWS services made for themselves, too'
complete -c ctl -n "__fish_ctl_using_subcommand status" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand status" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand status" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand status" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand status" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand send" -l channel -d 'A channel ARN or ID, a partner key, or a channel name; the only integration if left out' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -l rejects -d 'Put what is refused or pending into this file, which must not exist yet and which send takes again' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand send" -l rejects-summary -d 'Say what a file of rejects holds, by code and reason, and send nothing' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand send" -l journal -d 'Keep the journal in this file; if left out, of each file one in the state directory' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand send" -l rate -d 'Requests a second at most, of the 100 that AWS allows to the account; 0: no limit, where it is not AWS' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -l concurrency -d 'Requests under way at a time at most' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -l timeout -d 'How long the run may take in all, for instance 10m; no limit if left out' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -l external-id -d 'The external ID; it is never printed' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -l external-id-file -d 'A file that holds the external ID; one newline at its end is dropped' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand send" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand send" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand send" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand send" -l no-journal -d 'Keep no journal: run again, everything is sent again'
complete -c ctl -n "__fish_ctl_using_subcommand send" -l resend -d 'Send again what the journal says was accepted'
complete -c ctl -n "__fish_ctl_using_subcommand send" -l strict -d 'Send nothing if any event is refused'
complete -c ctl -n "__fish_ctl_using_subcommand send" -l no-fill -d 'Refuse events that lack something instead of filling it in'
complete -c ctl -n "__fish_ctl_using_subcommand send" -l dry-run -d 'Validate, show what would be sent, and send nothing'
complete -c ctl -n "__fish_ctl_using_subcommand send" -l exit-code -d 'With --dry-run, exit 10 when something would be sent'
complete -c ctl -n "__fish_ctl_using_subcommand send" -l no-external-id -d 'Say on purpose that there is no external ID'
complete -c ctl -n "__fish_ctl_using_subcommand send" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand send" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand send" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand send" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand send" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand send" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand query" -s f -l file -d 'Read the statement from this file, - for standard input' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand query" -l sample -d 'Print a statement that is ready to run, or list those there are; with --event-data-store, run it' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l event-data-store -d 'The store that `$EDS_ID` stands for' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l since -d 'How far back to look by eventTime, for instance 90m, 24h or 7d; 24h if nothing else is said' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l from -d 'Look at events from this time on: 2026-11-20, or with the time of day in UTC, or RFC 3339' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l to -d 'Look at events before this time' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l max-rows -d 'Stop after so many rows' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l page-size -d 'How many rows to ask for at a time, 1 to 1000' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l timeout -d 'How long it may take in all, for instance 10m; the query is then cancelled' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand query" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand query" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand query" -l unbounded -d 'Put no bound into the statement: it scans, and costs, whatever is in the store'
complete -c ctl -n "__fish_ctl_using_subcommand query" -l dry-run -d 'Print the statement as it would be sent, and send nothing'
complete -c ctl -n "__fish_ctl_using_subcommand query" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand query" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand query" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand query" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand query" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand query" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand events" -l event-data-store -d 'The store to look into, instead of that of an integration' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l source -d 'Only events of this eventSource' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l name -d 'Only events of this eventName' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l user -d 'Only events of this principal, userIdentity.principalId' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l uid -d 'Only events with this UID' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l error -d 'Only events with an error, or with this errorCode' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l since -d 'How far back to look by eventTime, for instance 90m, 24h or 7d; 24h if nothing else is said' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l from -d 'Look at events from this time on: 2026-11-20, or with the time of day in UTC, or RFC 3339' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l to -d 'Look at events before this time' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l limit -d 'How many events at most' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l timeout -d 'How long it may take in all, for instance 10m; the query is then cancelled' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand events" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand events" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand events" -l dry-run -d 'Print the statement as it would be sent, and send nothing'
complete -c ctl -n "__fish_ctl_using_subcommand events" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand events" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand events" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand events" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand events" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -f -a "validate" -d 'Check events against the schema, without sending them'
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -f -a "schema" -d 'Print the JSON Schema of events'
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -f -a "new" -d 'Write a new event: an example, or one to test with'
complete -c ctl -n "__fish_ctl_using_subcommand event; and not __fish_seen_subcommand_from validate schema new catalog" -f -a "catalog" -d 'List the event sources and event names that are known'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -l as-sent -d 'Judge the events as they would be sent to this channel' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -l stored -d 'Of the record that CloudTrail stores: the event, and what CloudTrail adds'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l source -d 'The event source, or the service\'s name; `ctl event catalog` shows those that are known' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l name -d 'The event name: what was done' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l account -d 'The account that owns the channel' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l channel -d 'The channel, whose account is taken' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l user -d 'Who did it; a placeholder if left out' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l parameter -d 'A parameter of the request; repeatable' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l custom -d 'The event source is an application of your own, and need not be in the catalogue'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand event; and __fish_seen_subcommand_from catalog" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -f -a "list" -d 'List the partners'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and not __fish_seen_subcommand_from list show" -f -a "show" -d 'Show everything that is known about one partner'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand partners; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -f -a "render" -d 'Print the policy that enable would put on a new channel'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -f -a "show" -d 'Print the policy that is attached, whole'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and not __fish_seen_subcommand_from render show check" -f -a "check" -d 'Look for mistakes in a policy, in a file or attached'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l partner -d 'The partner\'s key; `ctl partners list` shows them' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l principal -d 'Who may send: an account or an IAM ARN; repeatable' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l channel-arn -d 'The channel' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l external-id -d 'The external ID; it is never printed' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l external-id-file -d 'A file that holds the external ID; one newline at its end is dropped' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l custom -d 'For applications of your own; needs --principal'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l no-external-id -d 'Say on purpose that there is no external ID'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from render" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l partner -d 'The partner that the policy in FILE is for' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l channel-arn -d 'The channel that the policy in FILE is for' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand policy; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -f -a "serve" -d 'Serve it until interrupted'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -f -a "exec" -d 'Run a command against a sandbox of its own'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and not __fish_seen_subcommand_from serve exec reset" -f -a "reset" -d 'Empty the state that `ctl --sandbox` uses'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l listen -d 'The address to listen on' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l state -d 'A file to keep the state in, or :memory:' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l account -d 'The account of callers whose access key ID is not an account' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l store-delay -d 'How long a new store stays CREATED' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l ingestion-delay -d 'How long an event stays invisible to queries' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l query-delay -d 'How long a query is under way before it has finished' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l sources -d 'The sources a channel may have, separated by commas' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l max-tps -d 'Throttle deliveries at over N requests a second, as AWS does at over 100' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l faults -d 'A file of faults to play' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l expose-to-the-network -d 'Allow an address that other machines can reach'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l closed-to-new-customers -d 'Refuse new customers, as AWS has since 31 May 2026'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l api-quotas -d 'Throttle every operation at the rate that AWS documents for it'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l state -d 'A file to keep the state in, or :memory:' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l account -d 'The account of callers whose access key ID is not an account' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l store-delay -d 'How long a new store stays CREATED' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l ingestion-delay -d 'How long an event stays invisible to queries' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l query-delay -d 'How long a query is under way before it has finished' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l sources -d 'The sources a channel may have, separated by commas' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l max-tps -d 'Throttle deliveries at over N requests a second, as AWS does at over 100' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l faults -d 'A file of faults to play' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l closed-to-new-customers -d 'Refuse new customers, as AWS has since 31 May 2026'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l api-quotas -d 'Throttle every operation at the rate that AWS documents for it'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l state -d 'The file that holds the state' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l dry-run -d 'Show the plan and change nothing'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand demo" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand demo" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand demo" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand demo" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand demo" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand demo" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand demo" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand demo" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand demo" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand demo" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand demo" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand demo" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand demo" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand completions" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand completions" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand completions" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand completions" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand completions" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand completions" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand completions" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand completions" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand completions" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand completions" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand completions" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand completions" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand completions" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand man" -l dir -d 'Write the page of every verb into this directory' -r -F
complete -c ctl -n "__fish_ctl_using_subcommand man" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand man" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand man" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand man" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand man" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand man" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand man" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand man" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand man" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand man" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand man" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand man" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand man" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ctl -n "__fish_ctl_using_subcommand help" -l region -d 'The Region [env: AWS_REGION]' -r
complete -c ctl -n "__fish_ctl_using_subcommand help" -l profile -d 'The profile of the AWS configuration [env: AWS_PROFILE]' -r
complete -c ctl -n "__fish_ctl_using_subcommand help" -l endpoint-url -d 'An endpoint for every service [env: AWS_ENDPOINT_URL and its kin]' -r
complete -c ctl -n "__fish_ctl_using_subcommand help" -l expect-account -d 'Refuse to act in any other account' -r
complete -c ctl -n "__fish_ctl_using_subcommand help" -s o -l output -d 'The output format' -r -f -a "table\t'A table for people; tab-separated when piped'
json\t'One JSON document'
ndjson\t'A JSON document a line'
csv\t'CSV with a header, for the verbs that answer with rows'"
complete -c ctl -n "__fish_ctl_using_subcommand help" -l jmespath -d 'Select from the JSON answer with a JMESPath expression' -r
complete -c ctl -n "__fish_ctl_using_subcommand help" -l color -d 'When to colour' -r -f -a "auto\t'At a terminal, unless `NO_COLOR` says otherwise'
always\t'Always'
never\t'Never'"
complete -c ctl -n "__fish_ctl_using_subcommand help" -l partners -d 'A file of partners over the built-in catalogue' -r
complete -c ctl -n "__fish_ctl_using_subcommand help" -l sandbox -d 'Use the embedded CloudTrail Lake instead of AWS'
complete -c ctl -n "__fish_ctl_using_subcommand help" -s q -l quiet -d 'Say nothing but the answer, warnings and errors'
complete -c ctl -n "__fish_ctl_using_subcommand help" -s v -l verbose -d 'Log what is done, on stderr; twice for more'
complete -c ctl -n "__fish_ctl_using_subcommand help" -s y -l yes -d 'Agree beforehand to what would be asked [env: CTL_YES]'
complete -c ctl -n "__fish_ctl_using_subcommand help" -l allow-http -d 'Allow plain http to a host that is not this machine'
complete -c ctl -n "__fish_ctl_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
