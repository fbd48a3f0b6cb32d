"""`python -m shared.notices verify URL --key PEM_FILE`: exit 0 when every snapshot holds."""

import argparse
from pathlib import Path

from sqlalchemy.orm import Session

from shared.notices.signing import read_public_pem
from shared.notices.verification import verify_snapshots
from shared.persistence.database import open_engine


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m shared.notices")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("verify", help="检查公示快照 / check the snapshots of notices")
    command.add_argument("url")
    command.add_argument(
        "--key",
        action="append",
        required=True,
        help="公钥文件 (PEM) / a public key file; GET /<service>/api/v1/notices/key serves it",
    )
    options = parser.parse_args(arguments)
    keys = [read_public_pem(Path(path).read_bytes()) for path in options.key]
    engine = open_engine(options.url, "gongjiang-notices-verify")
    try:
        with Session(engine) as session:
            count, changed = verify_snapshots(session, keys)
    finally:
        engine.dispose()
    for each in changed:
        print(f"不符 CHANGED {each.notice_id}: {each.what.zh} / {each.what.en}")
    print(f"公示 notices {count}, 不符 changed {len(changed)}")
    return 1 if changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
