"""How long the language server takes for a change of a 10 KB file, and whether its memory grows.

    python benchmarks/server.py [--changes N]

Starts `flylint server`, opens a file of 10 KB and changes it N times, each time waiting for the diagnostics of that
version. Prints the latencies, from the change being sent to the diagnostics having arrived, the processor time that
the server spent on them, which a busy machine distorts less, and the memory of the server on the way.
"""

from __future__ import annotations

import argparse
import glob
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

SERVICE = """\
[[services]]
  internal_port = {port}
  protocol = "tcp"
  auto_stop_machines = "stop"
  auto_start_machines = true

  [[services.ports]]
    port = {port}
    handlers = ["tls", "http"]

  [[services.http_checks]]
    grace_period = "10s"
    interval = "15s"
    timeout = "5s"
    method = "GET"
    path = "/health"

"""
GROUP = """\
# The group {name}: what it is for, and who to ask about it.
# Keep the numbers below in step with the dashboards.

[[services]]
  internal_port = {port}
  protocol = "tcp"
  processes = ["{name}"]
  auto_stop_machines = "suspend"
  auto_start_machines = true
  min_machines_running = 1

  [services.concurrency]
    type = "requests"
    soft_limit = 200
    hard_limit = 250

  [[services.ports]]
    port = {external}
    handlers = ["tls", "http"]

  [[services.http_checks]]
    grace_period = "10s"
    interval = "15s"
    timeout = "5s"
    method = "GET"
    path = "/health"

[[vm]]
  size = "shared-cpu-2x"
  memory = "1gb"
  processes = ["{name}"]

[[mounts]]
  source = "{name}_data"
  destination = "/data"
  initial_size = "10gb"
  processes = ["{name}"]

"""
URI = "file:///benchmark/fly.toml"


def services(size: int) -> str:
    """A fly.toml of about that many bytes that is nothing but services: there is something to say about each."""
    text = 'app = "benchmark"\nprimary_region = "fra"\n\n'
    port = 3000
    while len(text) < size:
        text += SERVICE.format(port=port)
        port += 1
    return text


def mixed(size: int) -> str:
    """A fly.toml of about that many bytes with something of everything."""
    names = [f"group{number}" for number in range(size // 950)]
    text = 'app = "benchmark"\nprimary_region = "fra"\nkill_signal = "SIGTERM"\nkill_timeout = "30s"\n\n[processes]\n'
    text += "".join(f'  {name} = "bin/server --group {name}"\n' for name in names)
    text += '\n[deploy]\n  release_command = "bin/migrate"\n\n[env]\n'
    text += "".join(f'  VARIABLE_{number} = "value of variable {number}"\n' for number in range(size // 250))
    for number, name in enumerate(names):
        text += "\n" + GROUP.format(name=name, port=3000 + number, external=8443 + number)
    return text


class Client:
    """As little of a client as the measurement needs, so that what is measured is the server."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        command = [sys.executable, "-m", "flylint", "server"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def send(self, method: str, params: Any, number: int | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        body = json.dumps(message).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message

    def diagnostics(self, version: int) -> list[Any]:
        """The diagnostics of a version of the file, when they have come."""
        while True:
            message = self.receive()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["version"] == version:
                found: list[Any] = message["params"]["diagnostics"]
                return found

    def processor(self) -> float:
        """The processor time of the server in milliseconds; 0 where the system does not say."""
        spent = 0
        for file in glob.glob(f"/proc/{self.process.pid}/task/*/schedstat"):
            with open(file) as statistics:
                spent += int(statistics.read().split()[0])
        return spent / 1e6

    def memory(self) -> float | None:
        """The memory of the server in MiB; None where the system does not say."""
        try:
            with open(f"/proc/{self.process.pid}/status") as file:
                return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))
        except OSError:
            return None


def row(times: list[float]) -> str:
    """The median, the 99th percentile and the longest of some times in milliseconds."""
    times = sorted(times)
    return "".join(f"{ms:6.1f} ms" for ms in (statistics.median(times), times[int(len(times) * 0.99)], times[-1]))


def measured(changes: int, client: Client) -> Iterator[tuple[str, list[float], list[float]]]:
    """For each kind of text: its name, the latency of each change and the processor time of each, in milliseconds."""
    many = services(10_000)
    variants = {
        "something of everything": mixed(10_000).replace("benchmark", "benchmark-{}", 1),
        "services only": many.replace("benchmark", "benchmark-{}", 1),
        "... with a misspelt key": many.replace("protocol", "protocl", 1).replace("benchmark", "benchmark-{}", 1),
        "... that do not parse": many.replace("internal_port = 3005", "internal_port = ", 1).replace("fra", "fr{}", 1),
    }
    client.send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1)
    client.receive()
    client.send("initialized", {})
    opened = {"uri": URI, "languageId": "toml", "version": 0, "text": many}
    client.send("textDocument/didOpen", {"textDocument": opened})
    client.diagnostics(0)
    version = 0
    for name, variant in variants.items():
        times, spent = [], []
        for _ in range(changes // len(variants)):
            version += 1
            change = {"uri": URI, "version": version}
            start, before_it = time.perf_counter(), client.processor()
            whole = [{"text": variant.replace("{}", str(version))}]
            client.send("textDocument/didChange", {"textDocument": change, "contentChanges": whole})
            client.diagnostics(version)
            times.append(1000 * (time.perf_counter() - start))
            spent.append(client.processor() - before_it)
        yield f"{name}, {len(variant)} bytes", times, spent
    client.send("shutdown", None, 2)
    client.send("exit", None)
    client.process.wait(10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=10_000)
    client = Client()
    memory = []
    print(f"{'':34}latency{'':20}processor time")
    print(f"{'':34}" + f"{'median':>9}{'p99':>9}{'most':>9}" * 2)
    for name, times, spent in measured(parser.parse_args().changes, client):
        print(f"{name:34}{row(times)}{row(spent)}")
        memory.append(client.memory())
    print("memory after each of them:", ", ".join(f"{size:.1f} MiB" for size in memory if size))


if __name__ == "__main__":
    main()
