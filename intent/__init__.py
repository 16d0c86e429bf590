"""Meaning of replies: what a contact wants, and whether they want silence. Knows nothing of lines. Where to look:

spoken     vocabulary (statuses, reasons, opt-out bands, verdicts), models (what a workspace decides)
read       classifier (the door: `read(thread)`), text (a thread laid out), blend (rules and models become one verdict)
rules      rules, with keywords and slips, tapbacks, marks, wordless, questions and answers, phrase_book (whole messages);
           silence, with wishes and wishes_elsewhere, and doubts (wishes for silence, and what takes them back)
models     encoder, with wordpiece and layout; ngrams; artefact (both, on disk in `model/`)
asked      llm (a second opinion), masking (what is taken out of a text before it leaves the workspace)
measured   examples (labelled replies of `data/`), measuring, agreement; training/ makes the artefact, by commands
"""

import os

# A reply is small: more BLAS threads only make workers fight over cores. Both names are read
# when NumPy is first imported, hence before anything else of this package.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
