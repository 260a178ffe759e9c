"""``make bench``: how long it takes to take an account back, compared, and what that costs. See docs/performance.md."""
