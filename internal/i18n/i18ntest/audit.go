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
	for _, key := range append(asked(t, root), built...) {
		used[key] = true
		if !slices.Contains(known, key) {
			t.Errorf("%s has no message %q", file, key)
		}
	}
	for _, key := range known {
		if !used[key] {
			t.Errorf("%s: message %q is never used", file, key)
		}
	}
}

// asked lists the keys that stand whole in templates and sources.
func asked(t *testing.T, root fs.FS) []string {
	t.Helper()
	var keys []string
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
	return keys
}

// speaksForItself reports whether a folder has a catalogue of its own.
func speaksForItself(root fs.FS, folder string) bool {
	_, err := fs.Stat(root, path.Join(folder, "messages.yaml"))
	return err == nil
}
