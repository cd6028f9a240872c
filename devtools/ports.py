import socket


def free_port() -> int:
    """Of this machine alone; another program may take it before it is opened."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
