"""python -m bench: see bench.run; python -m bench compare: see bench.compare."""

import sys

from . import compare, run

sys.exit(compare.main(sys.argv[2:]) if sys.argv[1:2] == ["compare"] else run.main())
