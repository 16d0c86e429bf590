"""Meaning of replies: vocabulary, rules and a trained classifier. Knows nothing of lines."""

import os

# A reply is small: more BLAS threads only make workers fight over cores. Both names are read
# when NumPy is first imported, hence before anything else of this package.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
