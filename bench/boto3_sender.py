"""A well-written sender of boto3: what `bench/run` measures ctl beside.

    boto3_sender.py (lean|checked) FILE ENDPOINT CHANNEL THREADS

NDJSON in, 100 events a request, several threads, each with a client and a connection of its own, standard retries,
failed events sent again. `lean` leaves out what can be left out: it finds the UID without parsing the event, computes
no checksum, and has boto3 check no parameters. `checked` does these. Neither knows the schema or keeps a journal.
"""

import base64
import hashlib
import itertools
import json
import sys
import threading

import boto3
from botocore.config import Config

BATCH = 100
UID = '"UID":"'


def lean(line):
    at = line.index(UID) + len(UID)
    return {"id": line[at:line.index('"', at)], "eventData": line}


def checked(line):
    checksum = base64.b64encode(hashlib.sha256(line.encode()).digest()).decode()
    return {"id": json.loads(line)["UID"], "eventData": line, "eventDataChecksum": checksum}


def deliver(client, channel, entries):
    accepted = 0
    for _ in range(5):
        reply = client.put_audit_events(channelArn=channel, auditEvents=entries)
        accepted += len(reply["successful"])
        again = {failed["id"] for failed in reply["failed"]}
        if not again:
            break
        entries = [entry for entry in entries if entry["id"] in again]
    return accepted


def main():
    kind, path, endpoint, channel, threads = sys.argv[1:]
    to_entry = {"lean": lean, "checked": checked}[kind]
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 10},
        parameter_validation=kind == "checked",
        max_pool_connections=1,
        tcp_keepalive=True,
    )
    session = boto3.Session()
    clients = [session.client("cloudtrail-data", endpoint_url=endpoint, config=config) for _ in range(int(threads))]
    lock = threading.Lock()
    counts = []
    with open(path, encoding="utf-8") as lines:

        def work(client):
            accepted = 0
            while True:
                with lock:
                    batch = list(itertools.islice(lines, BATCH))
                if not batch:
                    break
                accepted += deliver(client, channel, [to_entry(line.rstrip("\n")) for line in batch])
            counts.append(accepted)

        workers = [threading.Thread(target=work, args=(client,)) for client in clients]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    print(json.dumps({"accepted": sum(counts)}))


if __name__ == "__main__":
    main()
