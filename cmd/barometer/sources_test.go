package main

import (
	"errors"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// methods are the exported names that stand for a statistical method, by
// package: functions, types, constants, and methods of types as Type.Method.
var methods = map[string]string{
	"weighting": "UnknownEligibility NonresponseClass NonresponsePropensity Trim MSELimit Poststratify Rake Calibrate Summarise",

	"weighting/calibration": "Solve NewDistance",
	"weighting/replicate":   "New FromForm Form Set.Variance Fay Generalised GeneralisedFay",
	"weighting/rounding":    "Table",

	"analysis/estimate": "Stat Mean Total Ratio Logit Beta Wilson ProportionInterval RareInterval PooledDeff DomainDF " +
		"Quantiles RunMeasures RunJoint RunReplicated FromRecipe Estimate.EffectiveN NCHSRule QualityRule.Proportion",
	"analysis/variance":  "Design.FromSpreads Design.FromUnits Design.Covariance Design.Form Replication.Variance Replication.Covariance",
	"analysis/compare":   "AdjustP Changes Combine Independent Ranked TTestDomains TTestPaired Wald",
	"analysis/regress":   "Run AverageEffects Fit.Wald",
	"analysis/impute":    "Deck.Adjusted Deck.Complete Deck.Multiple Deck.Reimpute Combine",
	"analysis/smallarea": "Fit Smoothing.Variance",

	"casebook/match": "Solve",
}

// TestMethodsNameTheirSource: whoever signs a figure can look up the method it
// was computed by, so each one's documentation cites author and year.
func TestMethodsNameTheirSource(t *testing.T) {
	cited := regexp.MustCompile(`\p{Lu}\p{L}+([^.]|et al\.){0,60}?[ (\n](1[89]|20)\d\d\b`)
	for dir, names := range methods {
		documented := documentation(t, "../../"+dir)
		for _, name := range strings.Fields(names) {
			text, ok := documented[name]
			switch {
			case !ok:
				t.Errorf("%s has no %s: list the method under the name it has now", dir, name)
			case !cited.MatchString(text):
				t.Errorf("%s.%s: the documentation cites no author and year:\n%s", dir, name, text)
			}
		}
	}
}

// Who reads releases from their folders, and why that shows nobody a figure before
// its time. All others take what package embargo says is out.
var readsFolders = map[string]string{
	"publish/embargo/list.go":     "it decides what is out",
	"publish/embargo/enter.go":    "it enters what was built",
	"publish/research/files.go":   "it opens the research file of a version that is out, and of no other",
	"cmd/barometer/release.go":    "verify reads the folder that it is given",
	"cmd/barometer/correct.go":    "it asks for the number of the newest version",
	"cmd/barometer/doctor.go":     "it compares folders with their manifests",
	"cmd/barometer/unlink.go":     "it asks when the first version was built, and whether there is one",
	"cmd/barometer/indicators.go": "the gate protects what earlier versions show",
}

// TestReleasesAreShownByTheEmbargoAlone: whoever lists the folders of releases by
// themselves may show one that is not out.
func TestReleasesAreShownByTheEmbargoAlone(t *testing.T) {
	call := regexp.MustCompile(`\brelease\.(List|Latest|Open)\(`)
	found := map[string]bool{}
	for _, area := range []string{"cmd", "publish", "reports", "internal", "casebook"} {
		err := filepath.WalkDir(filepath.Join("..", "..", area), func(path string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || e.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if name := strings.TrimPrefix(filepath.ToSlash(path), "../../"); call.Match(text) {
				found[name] = true
				if readsFolders[name] == "" {
					t.Errorf("%s reads releases from their folders: take those that are out from package embargo", name)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range readsFolders {
		if !found[name] {
			t.Errorf("%s reads no releases any more", name)
		}
	}
}

// documentation returns the comments of a package's exported names.
func documentation(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := token.NewFileSet()
	parsed, err := parser.ParseDir(files, dir, func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, p := range parsed {
		d := doc.New(p, dir, 0)
		addFunctions(text, "", d.Funcs)
		addValues(text, d.Consts)
		for _, typ := range d.Types {
			text[typ.Name] = typ.Doc
			addFunctions(text, "", typ.Funcs)
			addFunctions(text, typ.Name+".", typ.Methods)
			addValues(text, typ.Consts)
		}
	}
	return text
}

func addFunctions(text map[string]string, prefix string, list []*doc.Func) {
	for _, f := range list {
		text[prefix+f.Name] = f.Doc
	}
}

// addValues notes constants with the comment above or beside each.
func addValues(text map[string]string, list []*doc.Value) {
	for _, group := range list {
		for _, spec := range group.Decl.Specs {
			value := spec.(*ast.ValueSpec)
			for _, name := range value.Names {
				text[name.Name] = group.Doc + value.Doc.Text() + value.Comment.Text()
			}
		}
	}
}
