"""The load generator: a process of its own, so cheap that the server keeps the machine."""
