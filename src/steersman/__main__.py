"""``python -m steersman``."""

from steersman.start import run

if __name__ == "__main__":
    run()
