"""A study of 24 runs on Ray, with two nodes as processes of this machine, whose workers and nodes are killed at random
moments: every run must end once, with the bits of the study that one worker trains, and none may begin again from the
start.

    pip install "./python[ray]" && python scripts/ray_study.py

Exit code 1 if anything differs.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ray
from ray.cluster_utils import Cluster
from study_checks import RULES, SEEDS, SETTINGS, TASK, Attempts, differences, kill_one

import dalenet
import dalenet.ray

#: A small store of objects for each node: nothing large is sent.
MEMORY = {"object_store_memory": 100 * 2**20}


def tasks():
    """Process numbers of the workers that train."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cmdline").read_bytes().startswith(b"ray::_train"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


class Killer:
    """Kills workers, and each eighth time a node, until there were enough kills."""

    def __init__(self, cluster, nodes, kills, moments):
        self.cluster, self.nodes, self.kills, self.moments = cluster, nodes, kills, moments
        self.killed, self.next = Counter(), time.monotonic() + 5

    def kill(self):
        """Kills one, if it is time to."""
        if self.killed.total() >= self.kills or time.monotonic() < self.next or not tasks():
            return
        if self.killed.total() % 8 == 3:
            node = self.nodes.pop(self.moments.randrange(len(self.nodes)))
            self.cluster.remove_node(node, allow_graceful=False)
            self.nodes.append(self.cluster.add_node(num_cpus=2, **MEMORY))
            self.killed["node"] += 1
        else:
            self.killed["worker"] += kill_one(tasks(), self.moments)
        self.next = time.monotonic() + self.moments.uniform(0.5, 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, help="of the moments")
    options = parser.parse_args()
    # Nobody else kills workers.
    os.environ.setdefault("RAY_memory_monitor_refresh_ms", "0")

    with tempfile.TemporaryDirectory() as folder:
        serial, study = Path(folder) / "serial", Path(folder) / "study"
        begin = time.monotonic()
        alone = dalenet.Study.compare(serial, [TASK], rules=RULES, seeds=SEEDS, **SETTINGS)
        alone.work()
        alone.collect()
        print(f"one worker: {time.monotonic() - begin:.0f} s", flush=True)

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0} | MEMORY)
        nodes = [cluster.add_node(num_cpus=2, **MEMORY) for _ in range(2)]
        ray.init(address=cluster.address, log_to_driver=False)
        begin = time.monotonic()
        planned = dalenet.Study.compare(study, [TASK], rules=RULES, seeds=SEEDS, **SETTINGS)
        attempts, came = Attempts(study), Counter()
        killer = Killer(cluster, nodes, options.kills, random.Random(options.seed))
        # Ray adds nodes in the main thread alone.
        with ThreadPoolExecutor(1) as pool:
            count = {"on_result": lambda name, _: came.update([name])}
            findings = pool.submit(dalenet.ray.run, planned, **count)
            while not findings.done():
                attempts.look()
                killer.kill()
                time.sleep(0.1)
            findings.result()
        seconds = time.monotonic() - begin
        print(f"Ray: {seconds:.0f} s, killed {dict(killer.killed)}, {len(attempts.seen)} attempts seen", flush=True)
        ray.shutdown()
        cluster.shutdown()
        found = differences(serial, study) + attempts.repeated
    if came.total() != len(RULES) * SEEDS or max(came.values()) > 1:
        found.append(f"results came {came.total()} times")
    if killer.killed.total() < options.kills:
        found.append(f"only {killer.killed.total()} kills before the study ended")
    print("\n".join(found) or "every run ended once, with the bits of one worker's")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
