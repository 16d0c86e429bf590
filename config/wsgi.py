"""The web process, for gunicorn: `gunicorn config.wsgi -c python:config.gunicorn`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.checks import refuse_powerful_role  # noqa: E402 - needs the apps, loaded above

refuse_powerful_role()
