// Package i18ntest checks that a package says all it has to say, and has
// nothing to say that it never says. It serves tests only.
package i18ntest

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"barometer/internal/i18n"
)

var (
	inTemplate = regexp.MustCompile(`\b(?:t|word) "([^"]+)"`)
	quoted     = regexp.MustCompile(`"([a-z][a-z0-9.-]*)"`)
	inSource   = regexp.MustCompile(`(?:T|Message)\([^"()]*(?:\([^()]*\))?[^"()]*"([^"]+)"`)
)

// Audit compares the messages of the catalogue in file with those that the
// templates and Go sources under root ask for. built lists the keys that code
// puts together from parts.
func Audit(t *testing.T, root fs.FS, file string, built ...string) {
	t.Helper()
	src, err := fs.ReadFile(root, file)
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := i18n.ParseCatalogue(file, src)
	if err != nil {
		t.Fatal(err)
	}
	known := catalogue.Keys()
	used := map[string]bool{}
	keys, literals := asked(t, root)
	for _, key := range append(keys, built...) {
		used[key] = true
		if !slices.Contains(known, key) {
			t.Errorf("%s has no message %q", file, key)
		}
	}
	for _, key := range known {
		if !used[key] && !literals[key] {
			t.Errorf("%s: message %q is never used", file, key)
		}
	}
}

// asked lists the keys that stand whole in templates and sources where a
// message is asked for, and all texts that stand in quotes in sources: a key that
// is handed on from function to function is one of them.
func asked(t *testing.T, root fs.FS) (keys []string, literals map[string]bool) {
	t.Helper()
	literals = map[string]bool{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		pattern := inTemplate
		switch {
		case err == nil && d.IsDir() && name != "." && speaksForItself(root, name):
			return fs.SkipDir
		case err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go"):
			return err
		case path.Ext(name) == ".go":
			pattern = inSource
		case path.Ext(name) != ".html":
			return nil
		}
		content, err := fs.ReadFile(root, name)
		for _, m := range quoted.FindAllSubmatch(content, -1) {
			if path.Ext(name) == ".go" {
				literals[string(m[1])] = true
			}
		}
		for _, m := range pattern.FindAllSubmatch(content, -1) {
			if key := string(m[1]); !strings.HasSuffix(key, ".") && !strings.HasPrefix(key, ".") {
				keys = append(keys, key)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys, literals
}

// speaksForItself reports whether a folder has a catalogue of its own.
func speaksForItself(root fs.FS, folder string) bool {
	_, err := fs.Stat(root, path.Join(folder, "messages.yaml"))
	return err == nil
}
