#!/usr/bin/env python
"""Django's command line. Where no database is named it starts the embedded servers for the time of the command."""

import sys

from config.embedded.command_line import main

if __name__ == "__main__":
    main(sys.argv)
