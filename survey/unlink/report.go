package unlink

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"time"
)

// Report is what was destroyed, and what was found afterwards. It names nobody.
type Report struct {
	Wave        string         `json:"wave"`
	AskedBy     string         `json:"asked_by"` // a person's id, or operator
	ConfirmedBy string         `json:"confirmed_by"`
	At          time.Time      `json:"at"`
	Rows        map[string]int `json:"rows"`  // removed, by table
	Files       []string       `json:"files"` // removed, from the home folder
	Keys        []string       `json:"keys"`  // secrets removed
	Addresses   int            `json:"addresses"`
	FrameHash   string         `json:"frame_sha256,omitempty"` // of the frame before it was thinned
	Checks      []Check        `json:"checks"`
	Alone       Alone          `json:"alone"`
	Cautions    []Caution      `json:"beware,omitempty"` // what cannot be seen from here
}

// Check is a way from workplaces to answers that was tried.
type Check struct {
	Name  string   `json:"name"`
	Way   string   `json:"way"`   // in words
	Tried int      `json:"tried"` // times, values or files
	Found []string `json:"found,omitempty"`
}

// Caution is something that whoever keeps copies has to do.
type Caution struct {
	Name string `json:"name"`
	What string `json:"what,omitempty"` // it is about
	Says string `json:"says"`
}

// Alone counts frozen rows that stand alone in their background among all that
// were drawn. Who knows that a workplace was drawn, and what it is like, finds
// its row in the frozen wave; no destruction of keys changes that, and the wave
// must stay where few can read it. What is published is another matter: see
// package disclosure.
type Alone struct {
	Rows     int `json:"rows"`
	Answered int `json:"answered"`
	Of       int `json:"of"`
}

// Passed reports whether no way is left.
func (r *Report) Passed() bool {
	return !slices.ContainsFunc(r.Checks, func(c Check) bool { return len(c.Found) > 0 })
}

// Write writes the report for people.
func (r *Report) Write(w io.Writer) error {
	fmt.Fprintf(w, "wave %s, asked for by %s, confirmed by %s, %s\n", r.Wave, r.AskedBy, r.ConfirmedBy, r.At.Format(time.RFC3339))
	for _, t := range slices.Sorted(maps.Keys(r.Rows)) {
		fmt.Fprintf(w, "destroyed   %7d rows of %s\n", r.Rows[t], t)
	}
	for _, f := range slices.Concat(r.Files, r.Keys) {
		fmt.Fprintf(w, "destroyed   %s\n", f)
	}
	if r.Addresses > 0 {
		fmt.Fprintf(w, "destroyed   %7d addresses in the frame\n", r.Addresses)
	}
	for _, c := range r.Checks {
		says := "nothing"
		if len(c.Found) > 0 {
			says = fmt.Sprintf("LEFT: %s", c.Found[0])
			if more := len(c.Found) - 1; more > 0 {
				says += fmt.Sprintf(" and %d more", more)
			}
		}
		fmt.Fprintf(w, "tried       %s (%d): %s\n", c.Way, c.Tried, says)
	}
	fmt.Fprintf(w, "alone       %d of %d rows stand alone in their background among those drawn, %d of them answered: keep the frozen wave from others\n",
		r.Alone.Rows, r.Alone.Of, r.Alone.Answered)
	for _, c := range r.Cautions {
		fmt.Fprintf(w, "beware      %s\n", c.Says)
	}
	_, err := fmt.Fprintln(w, map[bool]string{true: "unlinked    no way was found from a workplace to its answers", false: "NOT DONE    a way is left: remove what is named and run it again"}[r.Passed()])
	return err
}

// short is a path as seen from the home folder.
func (w Wave) short(path string) string {
	if rel, err := filepath.Rel(w.Home, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}
