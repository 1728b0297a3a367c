# Everything a newcomer runs. Each target does its own set-up; nothing but Python, make and a
# package registry is expected.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .venv-uv/bin/uv
VENV_PYTHON := .venv/bin/python
export PYTHONPATH := functions:client:.
# Where it is set, every one of the many Pythons here compiles all that it imports anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup clean lock
help:
	@echo "make translate [AUDIO=file-or-URL] [FORMAT=json|text|srt|vtt|verbose_json|ttml|ass|csv|html] [MODEL=gpt-transcribe]"
	@echo "make serve     [PORT=8080] [LIMITS=none] the service at http://127.0.0.1:8080 until Ctrl-C"
	@echo "               [HOST=0.0.0.0] [S3_PORT=] [PUBLIC_HOST=name] [LOG=json] see docs/local.md"
	@echo "make backfill  BUCKET=name [PREFIX=calls/] [RUN=1] queues what is untranslated in a bucket"
	@echo "make test      everything that CI runs"
	@echo "make bench     cold start, overhead, memory; splitting and jobs of hours; speech; Whisper"
	@echo "make conformance OpenAI's SDKs against the service; writes docs/conformance.md"
	@echo "make build     what is deployed, in .aws-sam/build"
	@echo "make verify    FILE=record.json [KEY=key.pem] [SOURCE=audio] whether it is what was signed"
	@echo "make check-providers FILE=providers.json or PARAMETER=/name: docs/providers.md"
	@echo "make deploy-policy ACCOUNT=digits REGION=region [STACK=] [OUT=folder] for who deploys"
	@echo "make sam-local every sample event through sam local, with Docker, Finch or podman"

setup: .venv/.local

# .venv/.local is there when .venv has what running needs, .venv/.done when tests find all of theirs.
# Of two first runs one sets up; the other waits and finds everything there, because it looks again,
# by a make of its own.
ifdef _SET_UP_LOCKED
$(UV):
	@echo "Setting up uv $(UV_VERSION) in this folder ..." >&2
	@sh tools/build/install_uv.sh $(PYTHON) $(UV_VERSION) .venv-uv

.venv/.local: $(UV) pyproject.toml uv.lock
	@if [ -e .venv/.done ]; then $(MAKE) --no-print-directory .venv/.done; else \
	  echo "Installing what it runs on, once (0.3 GB to download, 0.7 GB on disk) ..." >&2; \
	  sh tools/build/install_packages.sh $(UV) $(PYTHON) local; fi
	@touch $@

.venv/.done: $(UV) pyproject.toml uv.lock
	@echo "Installing what tests need, too, once (0.4 GB to download, 0.9 GB on disk) ..."
	@sh tools/build/install_packages.sh $(UV) $(PYTHON) dev
	@touch .venv/.local $@
else
$(UV):
.venv/.local .venv/.done: pyproject.toml uv.lock
.venv/.local .venv/.done: | $(UV)
$(UV) .venv/.local .venv/.done:
	@sh tools/build/check_python.sh $(PYTHON)
	@$(PYTHON) local/file_lock.py .cache/set-up.lock $(MAKE) --no-print-directory _SET_UP_LOCKED=1 $@
endif

# Values reach the shell through the environment and unexpanded, so that any file name works.
.PHONY: translate serve
translate: export TRANSLATE_AUDIO := $(value AUDIO)
translate: export TRANSLATE_FORMAT := $(value FORMAT)
translate: export TRANSLATE_MODEL := $(value MODEL)
translate: .venv/.local
	@$(VENV_PYTHON) -m local translate --audio "$$TRANSLATE_AUDIO" --format "$$TRANSLATE_FORMAT" \
	  --model "$$TRANSLATE_MODEL"

# HOST by argument only: some shells have a variable of that name.
serve: export SERVE_HOST := $(if $(filter command,$(firstword $(origin HOST))),$(value HOST))
serve: export SERVE_PUBLIC_HOST := $(value PUBLIC_HOST)
serve: .venv/.local
	@$(VENV_PYTHON) -m local serve --port $(or $(PORT),8080) --s3-port $(or $(S3_PORT),0) \
	  --host "$${SERVE_HOST:-127.0.0.1}" --public-host "$$SERVE_PUBLIC_HOST" \
	  $(if $(filter json,$(LOG)),--json-log) $(if $(filter none,$(LIMITS)),--no-limits)

.PHONY: backfill
_BACKFILL := BUCKET PREFIX STACK QUEUE AUDIO_FOLDER PRICE_PER_MINUTE RUN RETRY RESTART
$(foreach name,$(_BACKFILL),$(eval backfill: export BACKFILL_$(name) := $$(value $(name))))
backfill: .venv/.local
	@$(VENV_PYTHON) -m tools.backfill --bucket "$$BACKFILL_BUCKET" --prefix "$$BACKFILL_PREFIX" \
	  --stack "$$BACKFILL_STACK" --queue "$$BACKFILL_QUEUE" \
	  --audio-folder "$$BACKFILL_AUDIO_FOLDER" --price "$$BACKFILL_PRICE_PER_MINUTE" \
	  --run "$$BACKFILL_RUN" --retry "$$BACKFILL_RETRY" --restart "$$BACKFILL_RESTART"

.PHONY: check-providers
check-providers: export PROVIDERS_FILE := $(value FILE)
check-providers: export PROVIDERS_PARAMETER := $(or $(value PARAMETER),/audio-translation/providers)
check-providers: .venv/.local
	@$(VENV_PYTHON) -m tools.check_providers --file "$$PROVIDERS_FILE" \
	  --parameter "$$PROVIDERS_PARAMETER"

.PHONY: verify
verify: export VERIFY_FILE := $(value FILE)
verify: export VERIFY_KEY := $(value KEY)
verify: export VERIFY_SOURCE := $(value SOURCE)
verify: .venv/.local
	@$(VENV_PYTHON) -m tools.verify --file "$$VERIFY_FILE" --key "$$VERIFY_KEY" \
	  --source "$$VERIFY_SOURCE"

# What CI runs: the checks beside the tests, and what the tests need of `sam build` beside both.
.PHONY: test pytest artifact lint bench
test: .venv/.done
	@$(MAKE) --no-print-directory --keep-going --jobs=4 lint lint-template artifact pytest

# Three workers for two cores: some tests wait.
pytest: .venv/.done .venv-sam/.done .venv-lambda/.done .venv-aws/.done .venv-openai-1/.done \
  .venv-node/.done .venv-browser/.done .venv-openapi-python/.done .venv-typescript/.done
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
	$(VENV_PYTHON) -m tests.benchmarks.pipeline
	$(VENV_PYTHON) -m tests.benchmarks.quality
	$(VENV_PYTHON) -m tests.benchmarks.long_speech
	$(VENV_PYTHON) -m tests.benchmarks.long_speech 1 --languages es,fr,it,ru --model gpt-transcribe
	$(VENV_PYTHON) -m tests.benchmarks.local_whisper
	$(VENV_PYTHON) -m tests.benchmarks.detector
	$(VENV_PYTHON) -m tests.benchmarks.practice
	$(VENV_PYTHON) -m tests.benchmarks.subtitles
	$(VENV_PYTHON) -m tests.benchmarks.subtitle_peers
	$(VENV_PYTHON) -m tests.benchmarks.backfill
	$(VENV_PYTHON) -m tests.benchmarks.uploads
	$(VENV_PYTHON) -m tests.benchmarks.live
	$(VENV_PYTHON) -m tests.benchmarks.provider_chain
	$(VENV_PYTHON) -m tests.benchmarks.damaged_files
	$(VENV_PYTHON) -m pytest tests/benchmarks/s3_batch.py

EXPORT := $(UV) export --frozen --quiet --no-emit-project --no-annotate --no-header
lock: $(UV)
	@mkdir -p .cache
	$(UV) lock
	$(EXPORT) --only-group runtime --output-file layers/dependencies/requirements.txt
	$(EXPORT) --only-group media --output-file .cache/media.txt
	$(PYTHON) -m tools.build.media_layer_requirements .cache/media.txt layers/dependencies/requirements.txt \
	  >layers/media/requirements.txt
	for group in runtime media; do \
	  $(EXPORT) --format cyclonedx1.5 --only-group $$group --output-file .cache/$$group.cdx.json; done
	$(VENV_PYTHON) -m tools.build.layer_sbom .cache/runtime.cdx.json >layers/dependencies/sbom.cdx.json
	$(VENV_PYTHON) -m tools.build.layer_sbom .cache/media.cdx.json .cache/runtime.cdx.json \
	  >layers/media/sbom.cdx.json

clean:
	rm -rf .venv .venv-* .aws-sam .cache tests/sdk/*/node_modules tests/browser/node_modules

# What is deployed. .venv-sam and .venv-checkov are apart because they pin what the rest cannot share.
SAM := .venv-sam/bin/sam
export SAM_CLI_TELEMETRY := 0

.PHONY: build lint-template sam-local
build: .venv/.local .venv-sam/.done
	@echo "Building functions and layer into .aws-sam/build ..."
	@python=$$($(VENV_PYTHON) -m tools.build.lambda_python) && \
	  env -u PYTHONPATH LAMBDA_PYTHON="$$python" $(SAM) build

lint-template: .venv/.done .venv-sam/.done .venv-checkov/.done
	$(SAM) validate --lint --region us-east-1
	.venv-sam/bin/cfn-lint -a cfn_lint_serverless.rules -t template.yaml docs/step-functions.yaml \
	  docs/custom-domain.yaml
	.venv-checkov/bin/checkov
	@# Ruff has B108 and B311 too, and the reasons stand beside its exemptions.
	$(VENV_PYTHON) -m bandit --quiet --recursive --skip B108,B311 functions

# The IAM policies of whoever deploys, as JSON: printed, or a file each.
.PHONY: deploy-policy
deploy-policy: .venv/.local .venv-sam/.done
	@$(VENV_PYTHON) -m tools.deploy_policy --account "$(ACCOUNT)" --region "$(REGION)" \
	  --stack "$(or $(STACK),audio-translation)" --out "$(OUT)"

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

# Chromium from npm, with the libraries that a bare machine lacks, for tests with pages.
.venv-browser/.done: .venv-node/.done tests/browser/package-lock.json tests/browser/unpack.mjs
	@echo "Installing Chromium into .venv-browser ..."
	@rm -rf .venv-browser && mkdir .venv-browser
	@cd tests/browser && export PATH="$(CURDIR)/.venv-node/bin:$$PATH" && \
	  npm ci --silent --no-audit --no-fund && \
	  TMPDIR="$(CURDIR)/.venv-browser" node unpack.mjs >/dev/null
	@touch $@

# What makes clients of /openapi.json: one for Python, and those from npm, which run with .venv-node.
.venv-openapi-python/.done: $(UV) pyproject.toml uv.lock
	@echo "Installing openapi-python-client into .venv-openapi-python ..."
	@UV_PROJECT_ENVIRONMENT=.venv-openapi-python $(UV) sync --frozen --quiet --python $(PYTHON) \
	  --only-group openapi-python
	@touch $@

.venv-typescript/.done: .venv-node/.done tests/sdk/typescript/package-lock.json
	@echo "Installing generators of TypeScript clients into tests/sdk/typescript ..."
	@cd tests/sdk/typescript && PATH="$(CURDIR)/.venv-node/bin:$$PATH" \
	  npm ci --silent --no-audit --no-fund
	@mkdir -p $(@D)
	@touch $@

# Lambda's own runtime client, which needs Lambda's Python.
.venv-lambda/.done: .venv/.done
	@echo "Installing Lambda's runtime client into .venv-lambda ..."
	@python=$$($(VENV_PYTHON) -m tools.build.lambda_python) && UV_PROJECT_ENVIRONMENT=.venv-lambda \
	  $(UV) sync --frozen --quiet --python "$$python" --only-group lambda-runtime
	@touch $@
