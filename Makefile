# Everything a newcomer runs. Each target does its own set-up; nothing but Python, make and a
# package registry is expected.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .venv-uv/bin/uv
VENV_PYTHON := .venv/bin/python
export PYTHONPATH := functions:.
# Where it is set, every one of the many Pythons here compiles all that it imports anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup clean lock
help:
	@echo "make translate [AUDIO=file-or-URL] [FORMAT=json|text|srt|vtt|verbose_json] [MODEL=gpt-transcribe]"
	@echo "make serve     [PORT=8080] the service at http://127.0.0.1:8080 until Ctrl-C"
	@echo "make backfill  BUCKET=name [PREFIX=calls/] [RUN=1] queues what is untranslated in a bucket"
	@echo "make test      everything that CI runs"
	@echo "make bench     cold start, overhead, memory; splitting and jobs of hours; half an hour of speech"
	@echo "make conformance OpenAI's SDKs against the service; writes docs/conformance.md"
	@echo "make build     what is deployed, in .aws-sam/build"
	@echo "make sam-local every sample event through sam local, with Docker, Finch or podman"

setup: .venv/.done

$(UV):
	@echo "Setting up uv $(UV_VERSION) ..." >&2
	@sh tools/build/install_uv.sh $(PYTHON) $(UV_VERSION) .venv-uv

.venv/.done: $(UV) pyproject.toml uv.lock
	@echo "Installing what uv.lock lists into .venv (the first time: about 0.4 GB to download) ..." >&2
	@$(UV) sync --frozen --python $(PYTHON) >&2
	@touch $@

# Values reach the shell through the environment and unexpanded, so that any file name works.
.PHONY: translate serve
translate: export TRANSLATE_AUDIO := $(value AUDIO)
translate: export TRANSLATE_FORMAT := $(value FORMAT)
translate: export TRANSLATE_MODEL := $(value MODEL)
translate: .venv/.done
	@$(VENV_PYTHON) -m local translate --audio "$$TRANSLATE_AUDIO" --format "$$TRANSLATE_FORMAT" \
	  --model "$$TRANSLATE_MODEL"

serve: .venv/.done
	@$(VENV_PYTHON) -m local serve --port $(or $(PORT),8080)

.PHONY: backfill
_BACKFILL := BUCKET PREFIX STACK QUEUE AUDIO_FOLDER PRICE_PER_MINUTE RUN RETRY RESTART
$(foreach name,$(_BACKFILL),$(eval backfill: export BACKFILL_$(name) := $$(value $(name))))
backfill: .venv/.done
	@$(VENV_PYTHON) -m tools.backfill --bucket "$$BACKFILL_BUCKET" --prefix "$$BACKFILL_PREFIX" \
	  --stack "$$BACKFILL_STACK" --queue "$$BACKFILL_QUEUE" \
	  --audio-folder "$$BACKFILL_AUDIO_FOLDER" --price "$$BACKFILL_PRICE_PER_MINUTE" \
	  --run "$$BACKFILL_RUN" --retry "$$BACKFILL_RETRY" --restart "$$BACKFILL_RESTART"

# What CI runs: the checks beside the tests, and what the tests need of `sam build` beside both.
.PHONY: test pytest artifact lint bench
test: .venv/.done
	@$(MAKE) --no-print-directory --keep-going --jobs=4 lint lint-template artifact pytest

# Three workers for two cores: some tests wait.
pytest: .venv/.done .venv-sam/.done .venv-lambda/.done .venv-aws/.done .venv-openai-1/.done \
  .venv-node/.done
	$(VENV_PYTHON) -m pytest -n 3 --dist loadscope --no-loadscope-reorder

artifact: .venv/.done .venv-sam/.done
	@$(VENV_PYTHON) -m tools.build.sam_build >/dev/null

lint: .venv/.done
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy
	.venv/bin/lint-imports

bench: .venv/.done
	$(VENV_PYTHON) -m tests.benchmarks
	$(VENV_PYTHON) -m tests.benchmarks.splitting
	$(VENV_PYTHON) -m tests.benchmarks.jobs
	$(VENV_PYTHON) -m tests.benchmarks.long_speech
	$(VENV_PYTHON) -m tests.benchmarks.long_speech 1 --languages es,fr,it,ru --model gpt-transcribe
	$(VENV_PYTHON) -m tests.benchmarks.detector
	$(VENV_PYTHON) -m tests.benchmarks.backfill
	$(VENV_PYTHON) -m tests.benchmarks.uploads
	$(VENV_PYTHON) -m pytest tests/benchmarks/s3_batch.py

EXPORT := $(UV) export --frozen --quiet --no-emit-project --no-annotate --no-header
lock: $(UV)
	@mkdir -p .cache
	$(UV) lock
	$(EXPORT) --only-group runtime --output-file layers/dependencies/requirements.txt
	$(EXPORT) --only-group media --output-file .cache/media.txt
	$(PYTHON) -m tools.build.media_layer_requirements .cache/media.txt layers/dependencies/requirements.txt \
	  >layers/media/requirements.txt

clean:
	rm -rf .venv .venv-* .aws-sam .cache tests/sdk/node/node_modules

# What is deployed. .venv-sam and .venv-checkov are apart because they pin what the rest cannot share.
SAM := .venv-sam/bin/sam
export SAM_CLI_TELEMETRY := 0

.PHONY: build lint-template sam-local
build: .venv/.done .venv-sam/.done
	@echo "Building functions and layer into .aws-sam/build ..."
	@python=$$($(VENV_PYTHON) -m tools.build.lambda_python) && \
	  env -u PYTHONPATH LAMBDA_PYTHON="$$python" $(SAM) build

lint-template: .venv/.done .venv-sam/.done .venv-checkov/.done
	$(SAM) validate --lint --region us-east-1
	.venv-sam/bin/cfn-lint -a cfn_lint_serverless.rules -t template.yaml docs/step-functions.yaml
	.venv-checkov/bin/checkov
	@# Ruff has B108 and B311 too, and the reasons stand beside its exemptions.
	$(VENV_PYTHON) -m bandit --quiet --recursive --skip B108,B311 functions

sam-local: .venv/.done .venv-sam/.done
	$(VENV_PYTHON) -m tools.build.sam_local_check

.venv-sam/.done: $(UV) pyproject.toml uv.lock
	@echo "Installing the SAM CLI into .venv-sam ..."
	@UV_PROJECT_ENVIRONMENT=.venv-sam $(UV) sync --frozen --quiet --python $(PYTHON) --only-group sam
	@touch $@

.venv-checkov/.done: $(UV) pyproject.toml uv.lock
	@echo "Installing checkov into .venv-checkov ..."
	@UV_PROJECT_ENVIRONMENT=.venv-checkov $(UV) sync --frozen --quiet --python $(PYTHON) \
	  --only-group checkov
	@touch $@

# With it the tests run the README's commands.
.venv-aws/.done: $(UV) pyproject.toml uv.lock
	@echo "Installing the AWS CLI into .venv-aws ..."
	@UV_PROJECT_ENVIRONMENT=.venv-aws $(UV) sync --frozen --quiet --python $(PYTHON) --only-group aws
	@touch $@

# OpenAI's SDKs, which the tests run against the service: Python 1.x, and Node with the one from npm.
.PHONY: conformance
conformance: .venv/.done .venv-openai-1/.done .venv-node/.done
	$(VENV_PYTHON) -m tests.sdk.conformance

.venv-openai-1/.done: $(UV) pyproject.toml uv.lock
	@echo "Installing OpenAI's Python SDK 1.x into .venv-openai-1 ..."
	@UV_PROJECT_ENVIRONMENT=.venv-openai-1 $(UV) sync --frozen --quiet --python $(PYTHON) \
	  --only-group openai-1
	@touch $@

.venv-node/.done: $(UV) pyproject.toml uv.lock tests/sdk/node/package-lock.json
	@echo "Installing Node and OpenAI's SDK for it into .venv-node ..."
	@UV_PROJECT_ENVIRONMENT=.venv-node $(UV) sync --frozen --quiet --python $(PYTHON) --only-group node
	@cd tests/sdk/node && PATH="$(CURDIR)/.venv-node/bin:$$PATH" npm ci --silent --no-audit --no-fund
	@touch $@

# Lambda's own runtime client, which needs Lambda's Python.
.venv-lambda/.done: .venv/.done
	@echo "Installing Lambda's runtime client into .venv-lambda ..."
	@python=$$($(VENV_PYTHON) -m tools.build.lambda_python) && UV_PROJECT_ENVIRONMENT=.venv-lambda \
	  $(UV) sync --frozen --quiet --python "$$python" --only-group lambda-runtime
	@touch $@
