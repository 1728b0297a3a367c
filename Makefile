# Everything a newcomer runs. Each target does its own set-up; nothing but Python, make and a
# package registry is expected.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .venv-uv/bin/uv
RUN := .venv/bin/python
export PYTHONPATH := functions:.

.PHONY: help setup clean lock
help:
	@echo "make translate [AUDIO=file-or-URL] [FORMAT=json|text|srt|vtt|verbose_json]"
	@echo "make serve     the service at http://127.0.0.1:8080 until Ctrl-C"
	@echo "make test      everything that CI runs"
	@echo "make bench     cold start, overhead and memory"

setup: .venv/.done

$(UV):
	@echo "Setting up uv $(UV_VERSION) ..."
	@$(PYTHON) -m venv .venv-uv
	@.venv-uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.done: $(UV) pyproject.toml uv.lock
	@echo "Installing what uv.lock lists into .venv (the first time: about 0.4 GB to download) ..."
	@$(UV) sync --frozen --python $(PYTHON)
	@touch $@

lock: $(UV)
	$(UV) lock
	$(UV) export --frozen --quiet --only-group runtime --no-emit-project --no-annotate --no-header \
	  --output-file layers/dependencies/requirements.txt

clean:
	rm -rf .venv .venv-* .aws-sam .cache
