"""``python -m steersman.sandbox FOLDER DATA PORT``: the process that ``steer sandbox up`` starts."""

import sys

from steersman.sandbox.process import serve

serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
