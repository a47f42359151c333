# Genrescope, serving the page and POST /predict:
#
#   docker build -t genrescope . && docker run -p 8080:80 genrescope
#
# The process is not root. It may listen on port 80 because container engines let everybody use low ports; where
# one does not, set PORT to another (docker run -e PORT=8000 -p 8080:8000). With a read-only root file system it
# needs a writable /tmp for uploads: docker run --read-only --tmpfs /tmp ...
#
# Python packages are those of requirements.lock, each checked against its hash; /app/sbom.json lists all that is in
# the image. How the base image is pinned, too: docs/image.md.
FROM python:3.11-slim-bookworm AS build
RUN dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' >/opt/base-packages.txt
RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg binutils patchelf \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY tools/image tools/image
RUN tools/image/collect-ffmpeg.sh /opt/ffmpeg
COPY requirements.lock ./
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes \
      -r requirements.lock
# docker build --build-arg GPU=1: TensorFlow with NVIDIA's libraries in place of the CPU's; docker run --gpus all ...
ARG GPU=
COPY requirements-gpu.txt constraints.txt ./
RUN if [ -n "$GPU" ]; then \
      /opt/venv/bin/pip uninstall --yes tensorflow-cpu \
      && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements-gpu.txt; \
    fi
RUN tools/image/slim-packages.sh /opt/venv
RUN python tools/image/sbom.py /opt/base-packages.txt /opt/ffmpeg/packages.txt -- /opt/venv >/opt/sbom.json

FROM python:3.11-slim-bookworm
COPY --from=build /opt/ffmpeg /opt/ffmpeg
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY --from=build /opt/sbom.json ./
COPY LICENSE NOTICE ./
COPY genrescope genrescope
COPY model model
COPY server server
COPY static static
ENV PATH=/opt/venv/bin:/opt/ffmpeg/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    GENRESCOPE_HOST=0.0.0.0 \
    PORT=80
RUN ffmpeg -v error -f lavfi -i anullsrc -t 1 -f null - && ffprobe -v error -version >/dev/null \
 && python -m compileall -q genrescope model server \
 && python -m server.prepare \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin genrescope
USER genrescope
EXPOSE 80
HEALTHCHECK --start-period=20s --interval=30s --timeout=5s CMD ["python", "-c", \
  "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
CMD ["python", "-m", "server"]
