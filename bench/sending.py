"""What `ctl send` and `ctl event validate` do in a second and with what, beside boto3 and beside the least possible.

All senders deliver the same file to the same sink on loopback, in turn. The sink is a stranger that says yes to every
event; how many came is asked of it, not of the sender.
"""

import contextlib
import datetime
import itertools
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHANNEL = "arn:aws:cloudtrail:us-east-1:111122223333:channel/00000000-0000-4000-8000-000000000001"
PARSE = "import json,sys\nfor line in open(sys.argv[1], encoding='utf-8'): json.loads(line)"
THREADS = (1, 2, 4, 8)


class Rig:
    """The measuring program of bench/rig."""

    def __init__(self, scratch):
        target = ROOT / "target/rig"
        subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", "--manifest-path",
                        ROOT / "bench/rig/Cargo.toml", "--target-dir", target], check=True)
        self.program = str(target / "release/rig")
        self.scratch = Path(scratch)
        # An event older than a year is warned of, so the day is not fixed.
        self.day = (datetime.date.today() - datetime.timedelta(days=1)).isoformat()

    def events(self, count):
        """A file of so many events; made once."""
        path = self.scratch / f"{count}.ndjson"
        if not path.exists():
            with open(path, "wb") as file:
                subprocess.run([self.program, "events", str(count), self.day], stdout=file, check=True)
        return path

    @contextlib.contextmanager
    def sink(self):
        server = subprocess.Popen([self.program, "sink"], stdout=subprocess.PIPE, text=True)
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
            server.wait()

    def time(self, command, env):
        """Runs a command to its end; answers what it took and what it said. A failure ends the benchmark."""
        output = self.scratch / "output"
        done = subprocess.run([self.program, "run", output, *command], env=env, capture_output=True, text=True,
                              check=True)
        took = json.loads(done.stdout)
        if took["code"] != 0:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{output.read_text()[-2000:]}{done.stderr[-2000:]}")
        return {**took, "cpu": took["user"] + took["system"], "said": output.read_text()}


def ask(endpoint, path, method):
    with urllib.request.urlopen(urllib.request.Request(endpoint + path, method=method)) as reply:
        return json.load(reply)


class Senders:
    """The programs that deliver a file to the sink, each in a home of its own, so that no journal is found again."""

    def __init__(self, rig, endpoint, ctl, python, environment, flags):
        self.rig, self.endpoint, self.environment, self.program = rig, endpoint, environment, ctl
        boto3 = [python, ROOT / "bench/boto3_sender.py"]
        self.ctl = lambda file, *more: [ctl, "send", file, "--channel", CHANNEL, "-o", "json", *(more or flags)]
        self.boto3 = lambda kind, threads: lambda file: [*boto3, kind, file, endpoint, CHANNEL, str(threads)]
        self.floor = lambda file: [rig.program, "floor", file, endpoint]

    def deliver(self, command, count):
        """Delivers so many events; answers what it took, for each event too, and what the sink saw."""
        home = tempfile.mkdtemp(dir=self.rig.scratch)
        env = self.environment(home, AWS_ENDPOINT_URL=self.endpoint, AWS_REGION="us-east-1",
                               AWS_DEFAULT_REGION="us-east-1", AWS_ACCESS_KEY_ID="111122223333",
                               AWS_SECRET_ACCESS_KEY="bench")
        ask(self.endpoint, "/reset", "POST")
        took = self.rig.time(command(self.rig.events(count)), env)
        shutil.rmtree(home)
        seen = ask(self.endpoint, "/stats", "GET")
        if seen["events"] != count:
            sys.exit(f"{command('FILE')[0]} delivered {seen['events']} of {count} events")
        return {**took, "rate": count / took["seconds"], "each": took["cpu"] / count * 1e6, "seen": seen}

    def best_boto3(self, kind, count):
        """The sender with the number of threads that suits it best."""
        tries = [(self.deliver(self.boto3(kind, threads), count)["rate"], threads) for threads in THREADS]
        threads = max(tries)[1]
        return threads, self.boto3(kind, threads)


def spread(runs, member, form):
    values = [run[member] for run in runs]
    return f"{form(statistics.median(values))} ({form(min(values))}–{form(max(values))})"


def thousands(value):
    return f"{value:,.0f}".replace(",", " ")


def per_second(value):
    return thousands(round(value, -2))


def micro(value):
    return f"{value:.1f} µs"


def full_speed(senders, count, runs):
    """Everything in turn, over and over."""
    lean_threads, lean = senders.best_boto3("lean", min(count, 100_000))
    checked_threads, checked = senders.best_boto3("checked", min(count, 100_000))
    took = {"ctl": [], "lean": [], "checked": [], "floor": []}
    commands = {"ctl": senders.ctl, "lean": lean, "checked": checked, "floor": senders.floor}
    for _, (name, command) in itertools.product(range(runs), commands.items()):
        took[name].append(senders.deliver(command, count))

    def ratio(name, member):
        of = [statistics.median(run[member] for run in took[which]) for which in ("ctl", name)]
        return of[0] / of[1]

    peers = ((f"lean boto3 (best of threads: {lean_threads})", "lean"),
             (f"checked boto3 (best of threads: {checked_threads})", "checked"))
    for title, name in peers:
        more = ratio(name, "rate")
        yield ("`ctl send`, events/s", spread(took["ctl"], "rate", per_second),
               f"{title}: {spread(took[name], 'rate', per_second)}; ratio {more:.1f}", "5 times", more >= 5)
    for title, name in peers:
        less = 1 / ratio(name, "each")
        yield ("`ctl send`, processor time an event", spread(took["ctl"], "each", micro),
               f"{title}: {spread(took[name], 'each', micro)}; ratio 1/{less:.1f}", "a quarter", less >= 4)
    least = ratio("floor", "each")
    yield ("the same", spread(took["ctl"], "each", micro),
           f"the least possible: {spread(took['floor'], 'each', micro)}; ratio {least:.1f}", "8 µs",
           statistics.median(run["each"] for run in took["ctl"]) <= 8)


def memory(senders, few, many):
    least, most = [senders.deliver(senders.ctl, count)["peak_mib"] for count in (few, many)]
    yield f"peak memory of `ctl send`, {thousands(many)} events", f"{most:.1f} MiB", "", "64 MiB", most < 64
    yield ("how much more that is", f"{most - least:+.1f} MiB", f"{thousands(few)} events: {least:.1f} MiB", "8 MiB",
           most - least <= 8)


def paced(senders, seconds):
    """100 requests a second for a minute. The last second the sink saw is not a whole one, and where one second ends and
    the next begins, a request may fall on either side."""
    run = senders.deliver(lambda file: senders.ctl(file, "--rate", "100"), seconds * 10_000)
    seen = run["seen"]["seconds"]
    whole = seen[:-1] if len(seen) > 1 else seen
    yield (f"`ctl send --rate 100` for {len(whole)} s, events in a second",
           f"{statistics.mean(whole):.0f} on average ({min(whole)}–{max(whole)})", "", "9900–10000",
           9900 <= statistics.mean(whole) <= 10_000 and min(whole) >= 9800 and max(whole) <= 10_100)
    share = run["cpu"] / run["seconds"] * 100
    yield "its share of one core", f"{share:.1f} %", "", "15 %", share < 15


STORE = "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/00000000-0000-4000-8000-000000000002"


def export(senders, count):
    """Takes so many events out of a store that has ten in each second: once as fast as it goes, and once within the quotas
    of AWS, which are what is to be the bound."""
    begin = datetime.datetime(2026, 1, 1)
    end = begin + datetime.timedelta(seconds=count // 10)
    home = tempfile.mkdtemp(dir=senders.rig.scratch)
    took = {}
    for name, more in (("free", {}), ("paced", {"CTL_QUOTAS": "1"})):
        env = senders.environment(home, AWS_ENDPOINT_URL=senders.endpoint, AWS_REGION="us-east-1",
                                  AWS_ACCESS_KEY_ID="111122223333", AWS_SECRET_ACCESS_KEY="bench", **more)
        command = [senders.program, "export", "--event-data-store", STORE, "--into", f"{home}/{name}/", "--from",
                   f"{begin.isoformat()}Z", "--to", f"{end.isoformat()}Z", "-o", "json"]
        ask(senders.endpoint, "/reset", "POST")
        run = senders.rig.time(command, env)
        seen = ask(senders.endpoint, "/stats", "GET")
        if json.loads(run["said"])["events"] != count // 10 * 10 or seen["events"] != count // 10 * 10:
            sys.exit(f"ctl export took {run['said']} of {count} events, and the sink gave {seen['events']}")
        took[name] = {**run, "pages": seen["requests"] / run["seconds"]}
    free, paced = took["free"], took["paced"]
    verified = senders.rig.time([senders.program, "export", "--verify", f"{home}/paced/"], env)
    shutil.rmtree(home)
    yield (f"`ctl export` of {thousands(count)} events within the quotas, pages a second", f"{paced['pages']:.2f}",
           f"in {paced['seconds']:.0f} s; unpaced {free['pages']:.0f} pages/s", "9.5 to 10",
           9.5 <= paced["pages"] <= 10.5)
    share = paced["cpu"] / paced["seconds"] * 100
    yield ("its share of one core", f"{share:.1f} %", f"processor time an event: {micro(paced['cpu'] / count * 1e6)}",
           "10 %", share < 10)
    yield ("its peak memory", f"{paced['peak_mib']:.1f} MiB", f"unpaced: {free['peak_mib']:.1f} MiB", "64 MiB",
           paced["peak_mib"] < 64)
    yield ("`ctl export --verify` of it, events/s", per_second(count / verified["seconds"]),
           f"peak memory {verified['peak_mib']:.1f} MiB", "64 MiB", verified["peak_mib"] < 64)


def validate(rig, ctl, python, env, count, runs):
    file = rig.events(count)
    commands = {"ctl": [ctl, "event", "validate", file], "peer": [python, "-c", PARSE, file]}
    took = {"ctl": [], "peer": []}
    for _, (name, command) in itertools.product(range(runs), commands.items()):
        run = rig.time(["taskset", "-c", "0", *command], env)
        took[name].append({**run, "rate": count / run["seconds"]})
    rates = [statistics.median(run["rate"] for run in took[name]) for name in ("ctl", "peer")]
    yield ("`ctl event validate` on one core, events/s", spread(took["ctl"], "rate", per_second),
           f"Python's `json.loads`: {spread(took['peer'], 'rate', per_second)}; ratio {rates[0] / rates[1]:.1f}",
           "250 000", rates[0] >= 250_000)
