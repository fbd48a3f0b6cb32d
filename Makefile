# Gongjiang (工匠). A fresh machine needs Python 3.11 and make, nothing else.
# `make` 不带参数列出所有目标。

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
RUN := $(PY) -m deploy.run
SERVICE ?= subsidy
LAYERS ?= unit workflow integration contract architecture e2e browser

# What a terminal of another encoding cannot show is `?`, and ends nothing.
export PYTHONIOENCODING ?= :replace

.DEFAULT_GOAL := help
.PHONY: help venv dev run up down status logs doctor free replay restart rotate demo verify test check bench faults migration clean

help: ## 列出所有目标 / list every target
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1@\2/' | column -t -s @ 2>/dev/null \
	  || grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST)

# Stamps: an install runs again only when its lock changed.
$(VENV)/.run-stamp: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更新 / Python 3.11 or later is needed")'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev-stamp: requirements-dev.lock $(VENV)/.run-stamp
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

venv: $(VENV)/.run-stamp ## 安装运行所需（锁定且带校验和） / install what running needs, locked and hashed

dev: $(VENV)/.dev-stamp ## 另装开发与测试所需 / install what checks and tests need as well

run: venv ## 在前台启动全部；Ctrl-C 停止，SHOWN=everything 显示全部日志 / start everything here; Ctrl-C stops it, SHOWN=everything shows every line
	@exec $(RUN) --shown $(or $(SHOWN),trouble)

up: venv ## 在后台启动 / start everything in the background
	@$(RUN) up

down: venv ## 停止后台的系统 / stop what runs in the background
	@$(RUN) down

status: venv ## 进程表 / the processes: pid, up since, restarts, ready
	@$(RUN) status

logs: venv ## 跟随日志，NAME=进程名 / follow the logs, NAME=process
	@exec $(RUN) logs $(NAME)

doctor: venv ## 缺什么、哪里不正常、怎么办 / what is missing or unhealthy, and what to do
	@$(RUN) doctor

free: venv ## 重新发送被搁置案件的消息，SERVICE=… / send again what is parked, SERVICE=…
	@$(RUN) with -- sh -c '$(PY) -m shared.messaging parked free "$$GONGJIANG_$(shell echo $(SERVICE) | tr a-z A-Z)_DATABASE_URL"'

replay: venv ## 重放死信，SERVICE=… / replay dead letters, SERVICE=…
	@$(RUN) with -- sh -c '$(PY) -m shared.messaging dead-letters replay "$$GONGJIANG_$(shell echo $(SERVICE) | tr a-z A-Z)_DATABASE_URL"'

restart: venv ## 重新启动丢失或终止的流程，SERVICE=…，或只限 CASES="…" / start lost and ended workflows again, SERVICE=…; only some with CASES="…"
	@$(RUN) with -- $(PY) -m services.$(SERVICE).app restart $(CASES)

rotate: venv ## 用新密钥重新加密，SERVICE=… / encrypt anew under the active key, SERVICE=…
	@$(RUN) with -- $(PY) -m services.$(SERVICE).app rotate-keys

demo: venv ## 逐步演示全过程 / run the story, step by step
	@$(RUN) with -- $(PY) -m deploy.demonstration.story

verify: venv ## 核对数据库、事件与银行流水 / check databases, feeds and the bank's log
	@$(RUN) with -- $(PY) -m deploy.verify

test: dev ## 按层运行测试，LAYERS=… / the tests by layer, LAYERS=…
	@$(PY) -m pytest -q $(addprefix tests/,$(LAYERS))

check: dev ## 代码检查 / ruff, mypy, import contracts, untranslated messages
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m shared.web.messages check

bench: dev ## 性能比值表 / the figures, as ratios to a floor
	@$(PY) -m tests.bench

faults: dev ## 逐类 kill -9 后核对 / kill -9 of each process kind under load
	@$(PY) -m pytest tests/faults -q -s

migration: dev ## 新建迁移，SERVICE=… NAME=… / a new migration, SERVICE=… NAME=…
	@$(PY) -m deploy.new_migration $(SERVICE) "$(NAME)"

clean: ## 删除环境与缓存；数据（.gongjiang）保留 / remove the environment and caches; data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
