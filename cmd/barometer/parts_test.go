package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The list of parts names every module whose packages the program is built from,
// with version and checksum, each once, and what is vendored.
func TestPartsNameEveryModule(t *testing.T) {
	status, out, stderr := runs(t, "version", "--parts")
	var list bom
	if err := json.Unmarshal([]byte(out), &list); status != 0 || err != nil {
		t.Fatal(status, err, stderr)
	}
	named := map[string]part{}
	for _, p := range append(list.Components, list.Metadata.Component) {
		if _, twice := named[p.Ref]; twice || p.Ref == "" || p.Name == "" || p.Version == "" {
			t.Errorf("%+v stands twice or lacks something", p)
		}
		named[p.Ref] = p
	}
	linked, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}pkg:golang/{{.Path}}@{{.Version}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := slices.Compact(slices.Sorted(strings.FieldsSeq(string(linked))))
	if len(modules) < 30 {
		t.Fatalf("%d modules", len(modules))
	}
	for _, m := range modules {
		if p, ok := named[m]; !ok || len(p.Hashes) != 1 || len(p.Hashes[0].Content) != 64 {
			t.Errorf("%s is linked: %+v", m, p)
		}
	}
}

// The version of the design system is the one that was vendored.
func TestVendoredPartsAreOfTheVersionInTheTree(t *testing.T) {
	script, err := os.ReadFile("../../internal/web/vendor.sh")
	must(t, err)
	version := regexp.MustCompile(`(?m)^version=(\S+)`).FindSubmatch(script)
	if len(version) != 2 || string(version[1]) != vendored[0].Version {
		t.Errorf("vendor.sh takes dkfds %s, the list of parts says %s", version, vendored[0].Version)
	}
}
