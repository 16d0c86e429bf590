# One image for web, worker, beat, migrations and the simulated phone network. No database servers inside.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements-production.lock requirements-encoder.lock /
RUN /venv/bin/pip install --require-hashes -r /requirements-production.lock \
    && /venv/bin/pip install --require-hashes --no-deps -r /requirements-encoder.lock

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --home-dir /app --no-create-home switchboard \
    && mkdir -p /data/media && chown -R switchboard:switchboard /data
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    SWITCHBOARD_DATA_DIR=/data \
    STATIC_ROOT=/app/staticfiles
# Static files get names with their hash. The settings want to be whole, so they get values that lead nowhere, for this step alone.
RUN DATABASE_URL=postgresql://nobody@nowhere/none REDIS_URL=redis://nowhere SECRET_KEY=none ALLOWED_HOSTS=none \
    LINE_SECRET_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= PUBLIC_URL=http://nowhere EMAIL_URL=console:// \
    python manage.py collectstatic --no-input --verbosity 0
USER switchboard
VOLUME /data
EXPOSE 8000
ENV BIND=0.0.0.0:8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "config.wsgi", "-c", "python:config.gunicorn"]
