# One image for web, worker, beat and the operator's commands.
FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 RONDA_HOME=/var/lib/ronda BIND_ADDRESS=0.0.0.0
WORKDIR /opt/ronda
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements.lock
COPY . .
RUN useradd --system --home-dir /var/lib/ronda --create-home ronda
USER ronda
VOLUME /var/lib/ronda
CMD ["gunicorn", "--config", "python:config.gunicorn", "--bind", "0.0.0.0:8000"]
