"""What the service does a second on this machine, by `make bench`. Only ratios travel."""
