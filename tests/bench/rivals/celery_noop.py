"""Celery as a side of the queue bench: jobs that do nothing, put in before the worker starts.

    celery_noop.py PORT JOBS PROCESSES      "items=N ns=N"

Time runs from the moment that the first job leaves the queue to the one when the worker has counted all of them.
"""
import subprocess
import sys
import time

import redis
from celery import Celery

port, jobs, processes = (int(argument) for argument in sys.argv[1:4])
app = Celery("celery_noop", broker=f"redis://127.0.0.1:{port}/0")
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=64)


@app.task(name="noop")
def noop(item):
    pass


def done():
    answers = app.control.inspect(timeout=1, limit=1).stats() or {}
    return sum(answer["total"].get("noop", 0) for answer in answers.values())


def main():
    server = redis.Redis(port=port)
    for item in range(jobs):
        noop.apply_async((item,))
    command = "from celery_noop import app; app.worker_main(['worker', '--loglevel=ERROR', '--without-gossip'," \
        " '--without-mingle', '--without-heartbeat', '--concurrency=" + str(processes) + "'])"
    worker = subprocess.Popen([sys.executable, "-W", "ignore", "-c",
                               f"import sys; sys.path.insert(0, {sys.path[0]!r}); sys.argv[1:] = {sys.argv[1:4]!r}; " + command],
                              stdout=subprocess.DEVNULL)
    try:
        while server.llen("celery") == jobs:
            time.sleep(0.001)
        begun = time.monotonic_ns()
        # The worker takes jobs ahead of its processes, but never more than these.
        while server.llen("celery") > 0:
            time.sleep(0.001)
        ended = time.monotonic_ns()
        while (count := done()) < jobs:
            ended = time.monotonic_ns()
        print(f"items={count} ns={ended - begun}")
    finally:
        worker.terminate()
        worker.wait(30)


if __name__ == "__main__":
    main()
