# The commands of the project. `make help` lists them.

BIN   := bin/barometer
HOME_DIR ?= demo-home
SEED  ?= 2025
ADDR  ?= localhost:8080

.DEFAULT_GOAL := help
.PHONY: help build run demo test kill lint parts golden bench bench-full fuzz clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build the program to bin/barometer
	go build -o $(BIN) ./cmd/barometer

run: build ## Make the demonstration wave and serve it on http://localhost:8080
	$(BIN) demo --dir $(HOME_DIR) --seed $(SEED) --addr $(ADDR) --serve

demo: build ## Make the demonstration wave and stop
	$(BIN) demo --dir $(HOME_DIR) --seed $(SEED)

test: ## Install what the tests need where possible, then run them all
	@.ci/install
	go test -timeout 30m $(GOTESTFLAGS) ./...

KILLS ?= 100

kill: ## Kill the server under load, 100 times or KILLS times on each store
	go test ./cmd/barometer -run Goal29 -kill-rounds $(KILLS) -timeout 2h -v

lint: ## Formatting and vet
	@test -z "$$(gofmt -l .)" || { echo "not formatted:"; gofmt -l .; exit 1; }
	go vet ./...

parts: build ## List what the program is made of in bin/parts.cdx.json, and look for known weaknesses in it
	$(BIN) version --parts >bin/parts.cdx.json
	.ci/weaknesses

golden: ## Write the golden files anew (read the differences before committing them)
	go test ./internal/store ./reports/chart ./survey/frame ./survey/questionnaire ./weighting -update

# The statistics, each beside R survey where R is installed (BENCH_R= leaves it out).
BENCHMARKS := ./publish/api ./publish/formats ./analysis/duck ./analysis/estimate ./weighting ./survey/sample ./cmd/barometer
BENCH_R    ?= $(shell command -v Rscript)

bench: ## Coverage of 500 repeated draws, then the server under load and the statistics beside their peers in one table
	@go test -run '^$$' -bench Coverage -benchtime 1x -timeout 30m ./cmd/barometer
	@BENCH_R=$(BENCH_R) go test -p 1 -run '^$$' -bench 'API|MixedReads|Survey|Overload|Export|Draw|Statistics|Wave|Million|Indicators' -benchtime 3x -timeout 60m $(BENCHMARKS) | .ci/benchtable

bench-full: ## Every benchmark, with ten million rows and R's bootstrap (hours)
	@BENCH_FULL=1 BENCH_R=$(BENCH_R) go test -p 1 -run '^$$' -bench . -benchtime 1x -timeout 6h ./... | .ci/benchtable

fuzz: ## Fuzz every parser for a short while
	.ci/fuzz

clean: ## Remove what was built and the demonstration wave
	rm -rf bin $(HOME_DIR)
