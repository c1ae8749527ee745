"""What `ctl query` takes over the events of a sandbox, beside a Python program that reads the same file."""

import json
import statistics

COUNT = ("import collections,json,sys\n"
         "print(collections.Counter(json.loads(line)['eventSource'] for line in open(sys.argv[1], encoding='utf-8')))")
STATEMENTS = {
    "count by eventSource": "SELECT eventData.eventSource AS source, count(*) AS events FROM {bench-events-ds} GROUP BY "
                            "eventData.eventSource",
    "count by a value in requestParameters": "SELECT element_at(eventData.requestParameters, 'note') AS note, count(*) AS "
                                             "events FROM {bench-events-ds} GROUP BY "
                                             "element_at(eventData.requestParameters, 'note')",
}


def query(rig, ctl, python, env, count, runs):
    """Aggregates over so many events, from the command to its last row; polls are within."""
    file = rig.events(count)
    rig.time([ctl, "enable", "--custom", "--name", "bench", "--yes", "-q"], env)
    sent = json.loads(rig.time([ctl, "send", file, "--rate", "0", "--no-journal", "-o", "json", "-q"], env)["said"])
    if sent["accepted"] != count:
        raise SystemExit(f"the sandbox took {sent['accepted']} of {count} events")
    ours, peer = {name: [] for name in STATEMENTS}, []
    for _ in range(runs):
        for name, statement in STATEMENTS.items():
            took = rig.time([ctl, "query", statement, "--since", "30d", "-o", "json", "-q"], env)
            answer = json.loads(took["said"])
            if sum(row["events"] for row in answer["rows"]) != count:
                raise SystemExit(f"the sandbox counted other events: {took['said'][:500]}")
            ours[name].append(took["seconds"])
        peer.append(rig.time([python, "-c", COUNT, file], env)["seconds"])

    def told(samples):
        return f"{statistics.median(samples) * 1000:.0f} ms ({min(samples) * 1000:.0f}–{max(samples) * 1000:.0f})"

    for name, samples in ours.items():
        ratio = statistics.median(peer) / statistics.median(samples)
        yield (f"`ctl query` over {count} events of a sandbox, {name}", told(samples),
               f"Python over the same file: {told(peer)}; ratio {ratio:.1f}", "300 ms", statistics.median(samples) < 0.3)
