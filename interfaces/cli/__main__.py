"""`python -m interfaces.cli`, the same as `q2c`."""

from interfaces.cli import main

main()
