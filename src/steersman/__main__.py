"""``python -m steersman``."""

from steersman.cli.main import run

if __name__ == "__main__":
    run()
