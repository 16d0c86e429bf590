"""Lists of leads from files: read (tables), understood (mapping, cells), matched and written (chunks), taken back (undo)."""
