"""The parent of an embedded PostgreSQL: it ends the server when whoever wanted it is gone.

Run as a program with one JSON argument; it imports nothing of ours. Its standard input is the
leash: the end of it, however it comes about, a SIGKILL of the other side included, stops the
server and removes its directory. The word `crash` stops the server as a crash would, and keeps it.
"""

import json
import shutil
import signal
import subprocess
import sys
from threading import Thread

# Longer than a server with fsync needs for its last checkpoint.
_FAST_SHUTDOWN_S = 20.0


def main() -> None:
    order = json.loads(sys.argv[1])
    with open(order["log"], "ab") as log:  # noqa: PTH123 - start quickly: no pathlib
        server = subprocess.Popen(
            order["command"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=order["home"],
            user=order["uid"],
            group=order["gid"],
            extra_groups=None if order["uid"] is None else [],
            # Ctrl-C in a terminal is meant for the tests; they decide when their server ends.
            start_new_session=True,
        )
    released: list[str] = []
    Thread(target=hold_leash, args=(server, released), daemon=True).start()
    status = server.wait()
    if released == [""]:
        shutil.rmtree(order["home"], ignore_errors=True)
    sys.exit(0 if released else status or 1)


def hold_leash(server: "subprocess.Popen[bytes]", released: list[str]) -> None:
    word = sys.stdin.readline().strip()
    released.append(word)
    if word == "crash":
        server.send_signal(signal.SIGQUIT)
        return
    server.send_signal(signal.SIGINT)
    try:
        server.wait(_FAST_SHUTDOWN_S)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
