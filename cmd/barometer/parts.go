package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// bom is a list of parts in CycloneDX 1.6 (ECMA-424).
type bom struct {
	Format     string `json:"bomFormat"`
	Spec       string `json:"specVersion"`
	Version    int    `json:"version"`
	Metadata   bomOf  `json:"metadata"`
	Components []part `json:"components"`
}

type bomOf struct {
	Component part `json:"component"`
}

// part is one component of the program.
type part struct {
	Type    string     `json:"type"`
	Ref     string     `json:"bom-ref"`
	Name    string     `json:"name"`
	Version string     `json:"version,omitempty"`
	PURL    string     `json:"purl,omitempty"`
	Hashes  []partHash `json:"hashes,omitempty"`
}

type partHash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"`
}

// vendored are the parts that no module holds: they lie in the tree.
var vendored = []part{
	{Type: "library", Ref: "pkg:npm/dkfds@11.2.0", Name: "dkfds", Version: "11.2.0", PURL: "pkg:npm/dkfds@11.2.0"},
}

// partsOf lists what a program is made of, by what its builder noted in it: the
// modules that are linked, the language's own library, and what lies in the
// tree.
func partsOf(info *debug.BuildInfo) bom {
	list := bom{Format: "CycloneDX", Spec: "1.6", Version: 1}
	list.Metadata.Component = part{Type: "application", Ref: "barometer", Name: "barometer", Version: programVersion}
	list.Components = append(list.Components, golang("std", strings.TrimPrefix(info.GoVersion, "go"), ""))
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		list.Components = append(list.Components, golang(m.Path, m.Version, m.Sum))
	}
	list.Components = append(list.Components, vendored...)
	return list
}

// golang is a module with its checksum as go.sum has it, a hash of the hashes of
// all its files.
func golang(path, version, sum string) part {
	p := part{Type: "library", Name: path, Version: version, PURL: "pkg:golang/" + path + "@" + version}
	p.Ref = p.PURL
	if content, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sum, "h1:")); err == nil && len(content) > 0 {
		p.Hashes = []partHash{{"SHA-256", hex.EncodeToString(content)}}
	}
	return p
}

// writeParts writes the list of parts of this program.
func writeParts(w io.Writer) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("the builder of this program noted nothing in it: build it with go build")
	}
	text, err := json.MarshalIndent(partsOf(info), "", " ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}
