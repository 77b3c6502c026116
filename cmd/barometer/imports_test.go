package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is what `go list -json` tells of a package.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

const module = "barometer/"

// stages orders the areas of the flow: a package may import its own area and
// earlier ones, never a later one.
var stages = []string{"internal", "survey", "weighting", "analysis", "reports", "publish", "casebook", "cmd"}

// pure packages compute: they know no database, no network and no clock.
var pure = []string{"weighting/...", "analysis/...", "reports/...", "casebook/match/...",
	"survey/sample/...", "survey/questionnaire/...", "survey/microdata", "survey/codebook"}

// impure are the exceptions inside a pure area; the library of workbooks has a
// network client for pictures, which is never asked.
var impure = []string{"survey/questionnaire/xlsform", "analysis/duck/...", "analysis/internal/livedata", "reports/pdf"}

// reserved names packages that only the listed ones may import.
var reserved = []struct {
	imported string
	by       []string
	why      string
}{
	{"github.com/marcboeker/go-duckdb/...", []string{"analysis/duck/..."}, "one package knows the DuckDB driver"},
	{module + "analysis/internal/livedata", nil, "it starts R, for tests only"},
	{module + "analysis/internal/gate", []string{"analysis/table", "analysis/disclosure"}, "only disclosure makes a table"},
	{module + "survey/contact", []string{"survey/...", "cmd/..."}, "contact data stay in collection"},
	{module + "survey/response", []string{"survey/...", "cmd/..."}, "raw answers stay in collection"},
	{module + "survey/frame", []string{"survey/...", "cmd/..."}, "names and addresses stay in collection"},
	{module + "cmd/...", []string{"cmd/..."}, "nobody imports a command"},
}

func TestImportsFollowTheFlow(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if why := forbidden(p.ImportPath, imported); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, why)
			}
		}
	}
}

func TestPurePackagesKnowNoOutsideWorld(t *testing.T) {
	outside := []string{"database/sql", "net/http", "os/exec", "github.com/marcboeker/go-duckdb/v2", "modernc.org/sqlite"}
	for _, p := range packages(t) {
		if !isPure(p.ImportPath) {
			continue
		}
		for _, dep := range p.Deps {
			if slices.Contains(outside, dep) {
				t.Errorf("%s reaches %s", p.ImportPath, dep)
			}
		}
		for _, file := range p.GoFiles {
			for _, call := range clockReads(t, filepath.Join(p.Dir, file)) {
				t.Errorf("%s reads the clock: pass the time as an argument", call)
			}
		}
	}
}

// forbidden gives the reason why one package may not import another, "" where
// it may.
func forbidden(from, imported string) string {
	local := strings.TrimPrefix(from, module)
	for _, r := range reserved {
		if matches(r.imported, imported) && !matchesAny(r.by, local) {
			return r.why
		}
	}
	if !strings.HasPrefix(imported, module) {
		return ""
	}
	if stage(strings.TrimPrefix(imported, module)) > stage(local) {
		return "an earlier stage may not import a later one"
	}
	return ""
}

func isPure(path string) bool {
	local := strings.TrimPrefix(path, module)
	return matchesAny(pure, local) && !matchesAny(impure, local)
}

func stage(local string) int {
	area, _, _ := strings.Cut(local, "/")
	return slices.Index(stages, area)
}

func matchesAny(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, path) })
}

func matches(pattern, path string) bool {
	prefix, tree := strings.CutSuffix(pattern, "/...")
	return path == prefix || tree && strings.HasPrefix(path, prefix+"/")
}

// clockReads lists the places where a file calls time.Now or time.Since.
func clockReads(t *testing.T, file string) []string {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && (s.Sel.Name == "Now" || s.Sel.Name == "Since") {
				found = append(found, set.Position(s.Pos()).String())
			}
		}
		return true
	})
	return found
}

func packages(t *testing.T) []listed {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports,Deps", module+"...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
