package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"barometer/internal/audit"
	"barometer/internal/store"
	"barometer/publish/release"
	"barometer/reports/pdf"
)

func doctorCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	asJSON := flags.Bool("json", false, "print JSON")
	var noted []audit.Head
	flags.Func("noted", "end of the audit log as noted earlier; may be given again", func(s string) error {
		head, err := audit.ParseHead(s)
		noted = append(noted, head)
		return err
	})
	return func(ctx context.Context, args []string) error {
		if err := exactly(0, "no arguments", args); err != nil {
			return err
		}
		h, err := openHome(*dir)
		if err != nil {
			return err
		}
		findings := a.examine(ctx, h, noted)
		if err := printFindings(a.stdout, findings, *asJSON); err != nil {
			return err
		}
		for _, f := range findings {
			if f.State == broken {
				return errReported
			}
		}
		return nil
	}
}

// The states of a finding, from good to bad.
const (
	sound  = "ok"
	poor   = "warning" // works, but not as it should
	broken = "fault"   // something will not work, or cannot be trusted
)

// finding is what the doctor says of one part of a home.
type finding struct {
	Part  string `json:"part"`
	State string `json:"state"`
	Says  string `json:"says"`
	Do    string `json:"do,omitempty"` // what to do about it
}

func printFindings(w io.Writer, findings []finding, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(findings)
	}
	for _, f := range findings {
		fmt.Fprintf(w, "%-8s %-14s %s\n", f.State, f.Part, f.Says)
		if f.Do != "" {
			fmt.Fprintf(w, "%23s → %s\n", "", f.Do)
		}
	}
	return nil
}

// examine looks at every part of a home. It changes nothing; that the store can
// be written is tried on a row of its own.
func (a *app) examine(ctx context.Context, h *home, noted []audit.Head) []finding {
	findings := []finding{h.examineAddress(), h.examineFolder(), h.examineSecrets(), h.examineClock(a.now()), h.examineDisk(), examinePrinter()}
	findings = append(findings, a.examineStore(ctx, h, noted)...)
	findings = append(findings, h.examineLinks(a.now())...)
	return append(findings, a.examineReleases(ctx, h)...)
}

// examineLinks looks for waves whose answers can be traced to workplaces for
// longer than was promised.
func (h *home) examineLinks(now time.Time) []finding {
	late, err := h.lateWaves(now)
	if err != nil {
		return []finding{{"links", broken, err.Error(), ""}}
	}
	if len(late) == 0 {
		return []finding{{"links", sound, "no wave is linked to its workplaces for longer than promised", ""}}
	}
	var findings []finding
	for _, w := range late {
		findings = append(findings, finding{"links", poor, fmt.Sprintf("wave %s was to be unlinked by %s", w.ID, w.due.Format(time.DateOnly)),
			"barometer unlink " + w.ID + " says what it takes"})
	}
	return findings
}

func (h *home) examineAddress() finding {
	f := finding{Part: "address", State: sound, Says: h.BaseURL}
	u, err := url.Parse(h.BaseURL)
	switch {
	case err != nil || u.Host == "":
		f.State, f.Do = broken, "give base_url in barometer.yaml: https://barometer.example.dk"
	case u.Scheme != "https" && u.Hostname() != "localhost":
		f.State, f.Do = poor, "visitors reach the site without encryption: put it behind HTTPS and say so in base_url"
	}
	return f
}

// examineFolder asks whether others on the machine may look into the home, which
// has the addresses of workplaces and, in SQLite, those of persons.
func (h *home) examineFolder() finding {
	info, err := os.Stat(h.dir)
	switch {
	case err != nil:
		return finding{"home", broken, err.Error(), ""}
	case info.Mode().Perm()&0o077 != 0:
		return finding{"home", poor, fmt.Sprintf("%s can be read by others (%v)", h.dir, info.Mode().Perm()), "chmod go= " + h.dir}
	}
	return finding{"home", sound, h.dir + " is for its owner alone", ""}
}

// examineSecrets looks for files that others may read.
func (h *home) examineSecrets() finding {
	f := finding{Part: "secrets", State: sound}
	var open []string
	n := 0
	err := filepath.WalkDir(h.path("secrets"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if n++; info.Mode().Perm()&0o077 != 0 {
			open = append(open, path)
		}
		return nil
	})
	switch {
	case err != nil:
		return finding{f.Part, broken, err.Error(), "restore the folder secrets from where you keep it: without it nobody's code and no answer can be read"}
	case open != nil:
		return finding{f.Part, broken, "others may read " + strings.Join(open, ", "), "chmod go= what is named, and consider replacing the keys"}
	}
	f.Says = fmt.Sprintf("%d files, readable by their owner alone", n-1)
	return f
}

// examineClock compares the clock with the newest file of the home, which no
// clock that is right can be behind.
func (h *home) examineClock(now time.Time) finding {
	const slack = 5 * time.Minute
	newest := time.Time{}
	for _, name := range []string{"barometer.yaml", "barometer.db", "barometer.db-wal", "waves", "releases"} {
		if info, err := os.Stat(h.path(name)); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	if newest.After(now.Add(slack)) {
		return finding{"clock", broken, fmt.Sprintf("it is %s, but a file was written at %s", now.Format(time.RFC3339), newest.Format(time.RFC3339)),
			"set the clock by NTP: deadlines, sessions and releases go by it"}
	}
	return finding{"clock", sound, now.UTC().Format(time.RFC3339), ""}
}

// leastFree is the room on the disk below which a wave may not end.
const leastFree = 2 << 30

func (h *home) examineDisk() finding {
	free, err := freeSpace(h.dir)
	if err != nil {
		return finding{"disk", poor, err.Error(), ""}
	}
	f := finding{Part: "disk", State: sound, Says: fmt.Sprintf("%.1f GB free", float64(free)/1e9)}
	if free < leastFree {
		f.State, f.Do = poor, "make room: answers are refused when the disk is full"
	}
	return f
}

func examinePrinter() finding {
	if path := pdf.Find(); path != "" {
		return finding{"PDF", sound, "printed by " + path, ""}
	}
	return finding{"PDF", poor, "no Chromium: reports come as pages only", "install the package chromium"}
}

// examineStore checks the store and the audit log in it. A home that nothing
// was collected in has none.
func (a *app) examineStore(ctx context.Context, h *home, noted []audit.Head) []finding {
	if _, err := h.storePlace(); err != nil {
		return []finding{{"store", broken, err.Error(), "write the address of the store to secrets/store.url, readable by its owner alone"}}
	}
	if !h.hasStore() {
		return []finding{{"store", sound, "none yet: made when the server starts or a wave is invited", ""}}
	}
	c, err := openCollection(ctx, h, a.now)
	if err != nil {
		return []finding{{"store", broken, err.Error(), "restore the store and its keys from the same backup"}}
	}
	defer c.close() //nolint:errcheck // nothing was written but a heartbeat
	findings := []finding{{Part: "store", State: sound, Says: "can be read and written"}}
	if err := errors.Join(c.db.Health(ctx), c.db.Check(ctx)); err != nil {
		findings[0] = finding{"store", broken, err.Error(), "stop the server and restore a backup"}
	}
	if doubts, err := c.db.Doubts(ctx); err == nil && len(doubts) > 0 && findings[0].State == sound {
		findings[0] = finding{"store", poor, strings.Join(doubts, "; "), "set them on in postgresql.conf"}
	}
	findings = append(findings, a.examineJobs(ctx, c), h.examineMail(ctx), examineStaff(ctx, c))
	head, err := audit.Verify(ctx, c.db, noted...)
	if err != nil {
		return append(findings, finding{"audit log", broken, err.Error(), "keep a copy of the store, and find out who could write to it"})
	}
	says := fmt.Sprintf("%d events, unbroken; note its end: %s", head.Position, head)
	return append(findings, finding{"audit log", sound, says, ""})
}

// examineReleases compares every folder of a release with its manifest, and with
// what was entered of it where there is a store.
func (a *app) examineReleases(ctx context.Context, h *home) []finding {
	releases, err := release.List(h.path("releases"))
	if err != nil {
		return []finding{{"releases", broken, err.Error(), "restore the folder releases from a backup"}}
	}
	if h.hasStore() {
		if c, err := openCollection(ctx, h, a.now); err == nil { // else the store has a finding of its own
			defer c.close() //nolint:errcheck // nothing was written
			return a.examineEntries(ctx, c)
		}
	}
	var findings []finding
	for _, r := range releases {
		findings = append(findings, examineFolder(r.Manifest.ID(), r.Manifest.ID()+" is as it was built", release.Verify(r.Dir)))
	}
	return findings
}

// hasStore reports whether the home has a store already.
func (h *home) hasStore() bool {
	where, err := h.storePlace()
	if err != nil || store.IsPostgres(where) {
		return err == nil
	}
	_, err = os.Stat(where)
	return err == nil
}

func examineFolder(name, says string, err error) finding {
	if err != nil {
		return finding{"release", broken, name + ": " + err.Error(), "restore it from a backup: a release is never changed, and is shown to nobody otherwise"}
	}
	return finding{"release", sound, says, ""}
}

// examineEntries looks through what was entered, and for folders that were not
// and so are shown to nobody.
func (a *app) examineEntries(ctx context.Context, c *collection) (findings []finding) {
	all, err := c.releases.List(ctx)
	if err != nil {
		return []finding{{"releases", broken, err.Error(), "restore the folder releases from a backup"}}
	}
	for _, e := range all {
		if e.State == "" {
			findings = append(findings, finding{"release", poor, e.Name.String() + " was not entered and is shown to nobody",
				fmt.Sprintf("barometer release enter %s %s, then have it approved", e.Wave, e.Version)})
			continue
		}
		if e.Overdue(a.now()) {
			findings = append(findings, finding{"release", broken, fmt.Sprintf("%s was to come out at %s and did not", e.Name, e.Opens.Format(time.RFC3339)),
				"see why with barometer jobs list, then retry the job or set another moment"})
		}
		findings = append(findings, examineFolder(e.Name.String(), fmt.Sprintf("%s is as it was built, and %s", e.Name, e.State), c.releases.Verify(e)))
	}
	return findings
}
