# make demo   sets up, loads the demo city, serves it and says where     make demo CHECK=1   the same, then looks at three pages and stops
# make test   everything, on SQLite and on PostgreSQL, then in a browser make check          style, types, layers, migrations, templates
PY ?= python3
PORT ?= 8120
V := .venv
B := $(V)/bin
# Compiled once and kept, whatever the machine says: else each process compiles 800 modules anew, a second of its start.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check bench bench-factors spark lock clean

demo: $(V)/.warm build/.assets
	@$(B)/luodi demo --port $(PORT) $(if $(CHECK),--check)

test: $(V)/.dev $(V)/.warm build/.assets
	@$(B)/python tests/run.py

check: $(V)/.dev build/.assets
	@$(B)/python tests/check.py

bench: $(V)/.dev $(V)/.warm build/.assets
	@for file in benchmarks/[a-z]*.py; do $(B)/python $$file || exit 1; done

# Factors beside their peers in one run, about 50 minutes: LUODI_PEERS=PYTHON has PyJobShop (requirements/peers.txt); J120=FOLDER, KNOWN=TABLE for j120.
bench-factors: $(V)/.dev $(V)/.warm
	@$(B)/python benchmarks/factors_schedule.py j30 j60 --peers
	@$(B)/python benchmarks/factors_schedule.py patterson sm_j30 testset_ubo20 storages projects --every 30 --peers
	@test -z "$(J120)" || for s in 5 30; do $(B)/python benchmarks/factors_schedule.py --folder $(J120) --known $(KNOWN) --every 1 --seconds $$s --peers || exit 1; done
	@$(B)/python benchmarks/factors_plan.py 30 100 --seconds 10 --peers
	@$(B)/python benchmarks/factors_plan.py 300 1000 3000 --seconds 60 --peers

# Optional: counting and linking on a Spark cluster (two local workers). Half a gigabyte and a Java, so neither `make test` nor CI asks for it.
spark: $(V)/.dev
	@command -v java >/dev/null || { echo "请先安装：apt-get install openjdk-17-jre-headless"; exit 1; }
	@$(B)/python -m pip install -q --no-compile --disable-pip-version-check --require-hashes -r requirements/spark.txt
	@$(B)/python -m pytest -q -n0 tests/outcomes/test_counting_sql.py tests/integrity/test_linkage_spark.py

$(V)/.ok: requirements/base.txt pyproject.toml
	@test -x $(B)/python || $(PY) -m venv $(V)
	@$(B)/python -m pip install -q --no-compile --disable-pip-version-check --require-hashes -r requirements/base.txt
	@$(B)/python -m pip install -q --no-compile --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# The planner's inner loops, compiled for this machine; a second core can do it while the first installs what developers need.
$(V)/.warm: $(V)/.ok luodi/factors/engine/warming.py
	@$(B)/luodi factors warm
	@touch $@

$(V)/.dev: $(V)/.ok requirements/dev.txt
	@$(B)/python -m pip install -q --no-compile --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

build/.assets: $(V)/.ok package-lock.json frontend/vendor.json $(shell find luodi/static luodi/locale -type f ! -name '*.mo' 2>/dev/null)
	@command -v npm >/dev/null || $(B)/python -m pip install -q --no-compile --disable-pip-version-check --require-hashes -r requirements/node.txt
	@test -d node_modules/echarts || $(B)/python frontend/npm.py ci --silent
	@$(B)/python frontend/vendor.py
	@$(B)/pybabel -q compile -d luodi/locale -D django
	@$(B)/python manage.py collectstatic --noinput -v0
	@touch $@

# The lock files are made with `uv pip compile --universal --generate-hashes`; see docs/decisions.
lock:
	@cd requirements && for name in base dev node spark peers; do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url $$name.in -o $$name.txt; done

clean:
	@rm -rf $(V) build node_modules *.egg-info
