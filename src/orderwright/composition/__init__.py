"""The parts that `container.py` is put together from: each says how one area is built and wired."""
