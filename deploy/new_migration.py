"""`make migration SERVICE=… NAME="Add a second reviewer"`: the next migration from the models.

It is compared with a database of its own that is thrown away after."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from deploy.databases import make_databases
from deploy.embedded_postgres import STOP_SIGNAL, binary, connection_url

START_SECONDS = 60.0


@contextmanager
def scratch_server() -> Iterator[Path]:
    """The folder of a throw-away server's socket."""
    folder = Path(tempfile.mkdtemp(prefix="gongjiang-scratch-"))
    sockets = folder / "s"
    command = [sys.executable, "-m", "deploy.embedded_postgres", str(folder / "data"), str(sockets)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ask = [str(binary("pg_isready")), "-q", "-U", "postgres", "-h", str(sockets)]
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run(ask).returncode != 0:
            if running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("临时数据库没有启动 / the scratch database did not start")
            time.sleep(0.1)
        yield sockets
    finally:
        running.send_signal(STOP_SIGNAL)
        running.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    owner, sentence = sys.argv[1], sys.argv[2]
    if not sentence:
        sys.exit('需要一句话 / a sentence is needed: make migration SERVICE=subsidy NAME="Add …"')
    with scratch_server() as sockets:
        url = connection_url(sockets, "scratch")
        make_databases({"scratch": make_url(url)})
        revise = [sys.executable, "-m", "shared.persistence", "revise", owner, url, sentence]
        code = subprocess.run(revise).returncode
    sys.exit(code)


if __name__ == "__main__":
    main()
