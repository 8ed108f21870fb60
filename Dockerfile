# Build: everything that the running image needs and none of what it takes to get there.
FROM python:3.13-slim AS build
ENV PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY requirements.txt requirements-uv.txt ./
RUN python -m venv .venv \
    && pip install --quiet --require-hashes -r requirements-uv.txt \
    && uv pip install --quiet --no-cache --python .venv/bin/python --require-hashes --compile-bytecode -r requirements.txt
COPY . .
# Collecting static files asks for a key; this one stays in the build.
RUN SECRET_KEY=only-for-the-build .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && .venv/bin/python -m compileall -q leadcrm leads scoring

FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PATH=/app/.venv/bin:$PATH
RUN useradd --uid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin leadcrm
WORKDIR /app
COPY --from=build /app /app
RUN install -d -o leadcrm -g leadcrm var var/mail var/media && chown leadcrm:leadcrm var/static
USER leadcrm
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "scripts/healthcheck.py"]
# One part of the product; `worker` and `beat` run from the same image, `python manage.py migrate` before them.
CMD ["python", "manage.py", "serve", "web", "--host", "0.0.0.0"]
