"""What the tests and benchmarks stand on; not part of the product."""
