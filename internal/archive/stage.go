package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Archive is the folder that holds the outputs of one wave's stages.
type Archive struct {
	dir     string
	program string // version of the program, part of every record
}

// Open returns the archive in dir, which is made where it is not there yet.
func Open(dir, program string) (*Archive, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return &Archive{dir: dir, program: program}, nil
}

// Path returns the path of an output by its name.
func (a *Archive) Path(name string) string { return filepath.Join(a.dir, name) }

// Stage is one step from input files to output files of the archive.
type Stage struct {
	Name       string
	Parameters map[string]string // everything else that the outputs depend on
	Inputs     map[string]string // name → path; each is hashed into the record
	Outputs    []string          // names of files in the archive
}

// Record says how the outputs of a stage came about.
type Record struct {
	Stage      string            `json:"stage"`
	Program    string            `json:"program"`
	Parameters map[string]string `json:"parameters"`
	Inputs     map[string]string `json:"inputs"`  // name → SHA-256
	Outputs    map[string]string `json:"outputs"` // name → SHA-256
}

// Run carries a stage out unless its record and outputs show that the same
// inputs, parameters and program already made them. It reports whether the
// stage ran. The record is written last: a stage that was interrupted has none
// and runs again.
func (a *Archive) Run(s Stage, produce func() error) (ran bool, err error) {
	want, err := a.expected(s)
	if err != nil {
		return false, err
	}
	if done, err := a.Record(s.Name); err == nil && a.current(want, done) {
		return false, nil
	}
	if err := os.Remove(a.recordPath(s.Name)); ignoreGone(err) != nil {
		return false, err
	}
	if err := produce(); err != nil {
		return false, fmt.Errorf("%s: %w", s.Name, err)
	}
	for _, name := range s.Outputs {
		if want.Outputs[name], err = HashFile(a.Path(name)); err != nil {
			return false, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return true, a.writeRecord(want)
}

// Record reads the provenance record of a stage.
func (a *Archive) Record(stage string) (Record, error) {
	data, err := os.ReadFile(a.recordPath(stage))
	if err != nil {
		return Record{}, err
	}
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return Record{}, fmt.Errorf("%s: %w", a.recordPath(stage), err)
	}
	return r, nil
}

// expected is the record the stage would leave, its outputs not yet hashed.
func (a *Archive) expected(s Stage) (Record, error) {
	r := Record{Stage: s.Name, Program: a.program, Parameters: s.Parameters,
		Inputs: map[string]string{}, Outputs: map[string]string{}}
	var missing []error
	for _, name := range slices.Sorted(maps.Keys(s.Inputs)) {
		hash, err := HashFile(s.Inputs[name])
		if err != nil {
			missing = append(missing, fmt.Errorf("%s needs %s: %w", s.Name, name, err))
		}
		r.Inputs[name] = hash
	}
	return r, errors.Join(missing...)
}

// current reports whether the recorded run answers to what is wanted and its
// outputs are still as it left them.
func (a *Archive) current(want, done Record) bool {
	if want.Stage != done.Stage || want.Program != done.Program ||
		!maps.Equal(want.Parameters, done.Parameters) || !maps.Equal(want.Inputs, done.Inputs) {
		return false
	}
	for name, hash := range done.Outputs {
		if now, err := HashFile(a.Path(name)); err != nil || now != hash {
			return false
		}
	}
	return true
}

func (a *Archive) recordPath(stage string) string { return a.Path(stage + ".provenance.json") }

func (a *Archive) writeRecord(r Record) error {
	return WriteFile(a.recordPath(r.Stage), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	})
}
