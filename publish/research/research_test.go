package research_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/publish/release"
	"barometer/publish/release/releasetest"
	"barometer/publish/research"
)

var (
	noon  = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	ida   = policy.Subject{Person: "1", Roles: []policy.Role{policy.Researcher}, Factors: 2}
	other = policy.Subject{Person: "2", Roles: []policy.Role{policy.Researcher}, Factors: 2}
	staff = policy.Subject{Person: "3", Roles: []policy.Role{policy.Statistician}, Factors: 2}
	both  = policy.Subject{Person: "4", Roles: []policy.Role{policy.Researcher, policy.Approver}, Factors: 2}
	root  = policy.Subject{Roles: []policy.Role{policy.Operator}}
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// office is the projects of a home with a clock and the letters that were asked
// for.
type office struct {
	*research.Projects
	db      *store.DB
	now     time.Time
	letters []mail.Message
	out     map[string]release.Version
}

// Send notes a letter.
func (o *office) Send(_ context.Context, _ *store.Tx, m mail.Message) error {
	o.letters = append(o.letters, m)
	return nil
}

func open(t testing.TB, where string) *office {
	t.Helper()
	rules, err := policy.Load()
	must(t, err)
	o := &office{db: storetest.Open(t, where), now: noon, out: map[string]release.Version{releasetest.Wave: release.First}}
	dir := t.TempDir()
	releasetest.Restricted(t, dir, release.First)
	o.Projects, err = research.New(research.Options{
		Store: o.db, Rules: rules, Mail: o, Now: func() time.Time { return o.now }, Dir: dir,
		Link: func(l i18n.Lang, path string) string { return "https://example.dk/" + string(l) + path },
		Out:  func(context.Context) (map[string]release.Version, error) { return o.out, nil },
		Person: func(_ context.Context, id string) (research.Person, error) {
			return research.Person{ID: id, Name: "Ida Idé", Address: "p" + id + "@example.dk", Lang: i18n.Danish}, nil
		},
		Staff: func(context.Context) ([]research.Person, error) {
			return []research.Person{{ID: "3", Name: "Sia", Address: "p3@example.dk", Lang: i18n.English}, {ID: "1", Address: "p1@example.dk"}}, nil
		},
		Seal:  func(plain []byte, about string) []byte { return mask(plain, about) },
		Open:  func(sealed []byte, about string) ([]byte, error) { return mask(sealed, about), nil },
		Keyed: func(secret string) []byte { return mask([]byte(secret), "key") },
	})
	must(t, err)
	return o
}

// mask hides a text from a search, for tests that look for it in the store.
func mask(text []byte, about string) []byte {
	out := make([]byte, len(text))
	for i := range text {
		out[i] = text[i] ^ about[i%len(about)] ^ 0x80
	}
	return out
}

func form() research.Form {
	return research.Form{Words: research.Words{Title: "Innovation i ældreplejen", Institution: "Universitetet",
		Purpose: "Vi undersøger, hvordan små arbejdspladser deler fornyelser, og skal bruge region og størrelse.", Persons: "Ida Idé, ph.d.-studerende"},
		Wave: releasetest.Wave, Until: noon.AddDate(0, 6, 0), Agreed: true}
}

// fresh is somebody who has just shown the second factor.
func (o *office) fresh(s policy.Subject) policy.Subject {
	s.At = o.now
	return s
}

func (o *office) applied(t testing.TB, by policy.Subject) research.Project {
	t.Helper()
	one, err := o.Apply(t.Context(), by, form())
	must(t, err)
	return one
}

func (o *office) accepted(t testing.TB) research.Project {
	t.Helper()
	one, err := o.Accept(t.Context(), o.fresh(staff), o.applied(t, ida).ID)
	must(t, err)
	return one
}

func (o *office) events(t testing.TB, action string) []audit.Entry {
	t.Helper()
	list, err := audit.Of(t.Context(), o.db, action)
	must(t, err)
	return list
}

func TestResearcherFetchesFilesOfAnAcceptedProject(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		o := open(t, where)
		one := o.accepted(t)
		token, err := o.Link(t.Context(), ida, one.ID)
		must(t, err)
		_, folder, ends, err := o.Files(t.Context(), ida, one.ID, token)
		must(t, err)
		if !ends.Equal(noon.Add(research.LinkLife)) || len(folder.Manifest.Files) < 10 {
			t.Errorf("until %v, %d files", ends, len(folder.Manifest.Files))
		}
		f, entry, err := o.Download(t.Context(), ida, one.ID, token, "microdata.csv")
		must(t, err)
		data, err := io.ReadAll(f)
		must(t, errors.Join(err, f.Close()))
		if int64(len(data)) != entry.Bytes || !bytes.HasPrefix(data, []byte("record,")) {
			t.Errorf("%d bytes of %d", len(data), entry.Bytes)
		}
		logged := o.events(t, "research.download")
		if len(logged) != 1 || logged[0].Actor != "1" || logged[0].Detail["file"] != "microdata.csv" || logged[0].Detail["version"] != "1.0" || logged[0].Detail["wave"] != "2025" {
			t.Errorf("events %+v", logged)
		}
		if _, _, err := o.Download(t.Context(), ida, one.ID, token, "../../secrets/release.key"); err == nil {
			t.Error("a file outside the folder was handed out")
		}
		if got := len(o.events(t, "research.download")); got != 1 {
			t.Errorf("%d downloads in the log after a refused one", got)
		}
	})
}

// Nobody gets a file but the researcher of an accepted project, with a second
// factor, by a link that has not expired, and while the access lasts.
func TestAccessIsBoundAndEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		o := open(t, where)
		one := o.accepted(t)
		token, err := o.Link(t.Context(), ida, one.ID)
		must(t, err)
		second := o.applied(t, ida)
		weak, plain := ida, ida
		weak.Factors, plain.Roles = 1, nil
		refused := func(name string, by policy.Subject, id int64, token string, want error) {
			t.Helper()
			_, _, err := o.Download(t.Context(), by, id, token, "microdata.csv")
			var rule *research.RefusedError
			if want == nil && !errors.As(err, &rule) || want != nil && !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
		refused("another researcher", other, one.ID, token, research.ErrUnknown)
		refused("one factor", weak, one.ID, token, nil)
		refused("without the role", plain, one.ID, token, nil)
		refused("staff", staff, one.ID, token, nil)
		refused("no link", ida, one.ID, "", research.ErrLink)
		refused("a link that is none", ida, one.ID, "x"+token[1:]+"x", research.ErrLink)
		refused("a project that waits", ida, second.ID, token, research.ErrClosed)
		_, err = o.Accept(t.Context(), o.fresh(staff), second.ID)
		must(t, err)
		refused("the link of another project", ida, second.ID, token, research.ErrLink)
		o.out = map[string]release.Version{}
		refused("a release that is not out", ida, one.ID, token, research.ErrNoFiles)
		o.out = map[string]release.Version{releasetest.Wave: release.First}
		o.now = noon.Add(research.LinkLife)
		refused("an expired link", ida, one.ID, token, research.ErrLink)
		token, err = o.Link(t.Context(), ida, one.ID)
		must(t, err)
		_, err = o.End(t.Context(), root, one.ID, "Aftalen er brudt.")
		must(t, err)
		refused("an access that was ended", ida, one.ID, token, research.ErrClosed)
		token, err = o.Link(t.Context(), ida, second.ID)
		must(t, err)
		o.now = second.Until.AddDate(0, 0, 1)
		refused("a project past its last day", ida, second.ID, token, research.ErrClosed)
		if got := len(o.events(t, "research.download")); got != 0 {
			t.Errorf("%d downloads are in the log, and none was let through", got)
		}
	})
}

func TestNobodyAcceptsTheirOwnProject(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		o := open(t, where)
		one := o.applied(t, both)
		if _, err := o.Accept(t.Context(), o.fresh(both), one.ID); !errors.Is(err, policy.ErrSamePerson) {
			t.Errorf("accepted by its own researcher: %v", err)
		}
		var rule *research.RefusedError
		if _, err := o.Accept(t.Context(), staff, one.ID); !errors.As(err, &rule) || rule.Decision != policy.Stale {
			t.Errorf("accepted on a factor shown long ago: %v", err)
		}
		if _, err := o.Accept(t.Context(), root, one.ID); err == nil {
			t.Error("accepted by the operator, who is no person")
		}
		_, err := o.Accept(t.Context(), o.fresh(staff), one.ID)
		must(t, err)
		if _, err := o.Accept(t.Context(), o.fresh(staff), one.ID); !errors.Is(err, research.ErrState) {
			t.Errorf("accepted twice: %v", err)
		}
		if _, err := o.Refuse(t.Context(), staff, one.ID, "For sent."); !errors.Is(err, research.ErrState) {
			t.Errorf("refused after it was accepted: %v", err)
		}
		if got := o.events(t, "research.accept"); len(got) != 1 || got[0].Actor != "3" {
			t.Errorf("events %+v", got)
		}
	})
}

func TestLettersTellOfEveryDecision(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		o := open(t, where)
		one := o.accepted(t)
		_, err := o.End(t.Context(), staff, one.ID, "Projektet er slut.")
		must(t, err)
		second := o.applied(t, ida)
		_, err = o.Refuse(t.Context(), staff, second.ID, "Filen til alle rækker.")
		must(t, err)
		var told []string
		keys := make(map[string]bool)
		for _, m := range o.letters {
			told = append(told, m.To+" "+m.Template)
			if keys[m.Key] {
				t.Errorf("two letters have the key %s", m.Key)
			}
			keys[m.Key] = true
			if l := m.Data.(research.Letter); strings.Contains(l.Link, "Ida") || !strings.HasPrefix(l.Link, "https://example.dk/") {
				t.Errorf("link %s", l.Link)
			}
		}
		want := []string{"p1@example.dk research-asked", "p3@example.dk research-new", "p1@example.dk research-accepted", "p1@example.dk research-ended",
			"p1@example.dk research-asked", "p3@example.dk research-new", "p1@example.dk research-refused"}
		if !slices.Equal(told, want) {
			t.Errorf("letters %q, want %q", told, want)
		}
		if _, err := research.Letters(); err != nil {
			t.Error(err)
		}
	})
}

func TestFaultyApplicationsAreRefusedWhole(t *testing.T) {
	o := open(t, storetest.SQLite(t))
	cases := map[string]func(f *research.Form){
		"title short": func(f *research.Form) { f.Title = " x " }, "title long": func(f *research.Form) { f.Title = strings.Repeat("x", 201) },
		"title control": func(f *research.Form) { f.Title = "to\nlinjer" }, "institution short": func(f *research.Form) { f.Institution = "" },
		"purpose short": func(f *research.Form) { f.Purpose = "Fordi." }, "purpose control": func(f *research.Form) { f.Purpose += "\x00" },
		"persons control": func(f *research.Form) { f.Persons = "navn\xff" }, "persons short": func(f *research.Form) { f.Persons = "" },
		"wave wave": func(f *research.Form) { f.Wave = "2023" }, "until none": func(f *research.Form) { f.Until = time.Time{} },
		"until past": func(f *research.Form) { f.Until = noon.AddDate(0, 0, -1) }, "until far": func(f *research.Form) { f.Until = noon.AddDate(4, 0, 0) },
		"agree agree": func(f *research.Form) { f.Agreed = false },
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		f := form()
		cases[name](&f)
		field, why, _ := strings.Cut(name, " ")
		var fault research.FormError
		if _, err := o.Apply(t.Context(), ida, f); !errors.As(err, &fault) || len(fault) != 1 || fault[field] != why {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := o.All(t.Context(), root); err != nil || len(list) != 0 || len(o.letters) != 0 {
		t.Errorf("%d projects and %d letters of refused applications, %v", len(list), len(o.letters), err)
	}
}

// What researchers write of persons cannot be read in a copy of the store.
func TestApplicationsAreSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		o := open(t, where)
		one := o.applied(t, ida)
		var words, reason []byte
		_, err := o.Refuse(t.Context(), staff, one.ID, "Ida skal vente.")
		must(t, err)
		must(t, o.db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT words, reason FROM research_project WHERE id = ?`, one.ID).Scan(&words, &reason)
		}))
		if bytes.Contains(append(words, reason...), []byte("Ida")) {
			t.Error("the store holds the name in clear")
		}
		back, err := o.Own(t.Context(), ida, one.ID)
		if err != nil || back.Words != form().Words || back.Reason != "Ida skal vente." {
			t.Errorf("read back %+v, %v", back, err)
		}
		if _, err := o.Own(t.Context(), other, one.ID); !errors.Is(err, research.ErrUnknown) {
			t.Errorf("another researcher reads it: %v", err)
		}
		if mine, err := o.Mine(t.Context(), other); err != nil || len(mine) != 0 {
			t.Errorf("%d projects of another, %v", len(mine), err)
		}
	})
}
