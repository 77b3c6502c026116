package embargo_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/audit"
	"barometer/internal/policy"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/publish/embargo"
	"barometer/publish/release"
	"barometer/publish/release/releasetest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

var (
	one  = release.Version{Major: 1}
	two  = release.Version{Major: 2}
	v1   = embargo.Name{Wave: releasetest.Wave, Version: one}
	v2   = embargo.Name{Wave: releasetest.Wave, Version: two}
	anna = person("4", policy.Statistician, policy.Approver) // holds both: four eyes are those of persons, not of roles
	bo   = person("5", policy.Approver)
	dan  = person("6", policy.Editor)
	root = policy.Subject{Roles: []policy.Role{policy.Operator}}
)

func person(id string, roles ...policy.Role) policy.Subject {
	return policy.Subject{Person: id, Roles: roles, Factors: 2}
}

// desk is a store with the releases of a folder, and a clock.
type desk struct {
	*embargo.Releases
	db    *store.DB
	queue *queue.Queue
	dir   string
	mu    sync.Mutex
	now   time.Time
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) at(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = now
}

// fresh is somebody who has just shown the second factor.
func (d *desk) fresh(s policy.Subject) policy.Subject {
	s.At = d.clock()
	return s
}

var zone = func() *time.Location {
	z, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		panic(err)
	}
	return z
}()

// folders are a folder with version 1.0 and one with 1.0 and 2.0, built once.
var folders = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "embargo-*")
	if err != nil {
		panic(err)
	}
	return dir
})

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(folders())
	os.Exit(code)
}

var buildOnce sync.Once

// releases returns a folder of its own with some versions.
func releases(t testing.TB, versions ...release.Version) string {
	t.Helper()
	buildOnce.Do(func() {
		releasetest.Build(t, folders(), one)
		releasetest.Build(t, folders(), two)
	})
	dir := t.TempDir()
	for _, v := range versions {
		from := release.Folder(folders(), releasetest.Wave, v)
		must(t, os.CopyFS(release.Folder(dir, releasetest.Wave, v), os.DirFS(from)))
	}
	return dir
}

func open(t testing.TB, where, dir string) *desk {
	t.Helper()
	d := &desk{db: storetest.Open(t, where), dir: dir, now: noon}
	var err error
	d.queue, err = queue.New(t.Context(), d.db, queue.Options{Key: bytes.Repeat([]byte{1}, 32), Now: d.clock, Zone: zone, Owner: t.Name(), Poll: 5 * time.Millisecond})
	must(t, err)
	rules, err := policy.Load()
	must(t, err)
	d.Releases, err = embargo.New(embargo.Options{Store: d.db, Queue: d.queue, Rules: rules, Dir: dir, Now: d.clock, Zone: zone})
	must(t, err)
	return d
}

// opened is a desk without a store, for questions to the tables.
var opened = func() func(t testing.TB, rules *policy.Table) *embargo.Releases {
	var once sync.Once
	var r *embargo.Releases
	return func(t testing.TB, rules *policy.Table) *embargo.Releases {
		once.Do(func() {
			db, err := store.Open(context.Background(), filepath.Join(folders(), "none.db"))
			must(t, err)
			q, err := queue.New(context.Background(), db, queue.Options{Key: make([]byte, 32), Now: func() time.Time { return noon }, Zone: zone})
			must(t, err)
			r, err = embargo.New(embargo.Options{Store: db, Queue: q, Rules: rules, Dir: folders(), Now: func() time.Time { return noon }, Zone: zone})
			must(t, err)
		})
		return r
	}
}()

// each runs a test on a desk with version 1.0 in both kinds of store.
func each(t *testing.T, test func(t *testing.T, d *desk), versions ...release.Version) {
	if versions == nil {
		versions = []release.Version{one}
	}
	storetest.Each(t, func(t *testing.T, where string) { test(t, open(t, where, releases(t, versions...))) })
}

// approved enters a release and has it approved.
func (d *desk) approved(t testing.TB, n embargo.Name) {
	t.Helper()
	_, _, err := d.Enter(t.Context(), root, n)
	must(t, err)
	_, err = d.Submit(t.Context(), d.fresh(anna), n)
	must(t, err)
	_, err = d.Approve(t.Context(), d.fresh(bo), n)
	must(t, err)
}

// scheduled has it wait for a moment.
func (d *desk) scheduled(t testing.TB, n embargo.Name, at time.Time) {
	t.Helper()
	d.approved(t, n)
	_, err := d.Schedule(t.Context(), d.fresh(dan), n, at)
	must(t, err)
}

func (d *desk) run(t testing.TB) int {
	t.Helper()
	n, err := d.queue.RunDue(t.Context())
	must(t, err)
	return n
}

func (d *desk) state(t testing.TB, n embargo.Name) embargo.Entry {
	t.Helper()
	e, err := d.Entry(t.Context(), n)
	must(t, err)
	return e
}

// visible names the versions that everyone may see.
func (d *desk) visible(t testing.TB) string {
	t.Helper()
	out, err := d.Out(t.Context())
	must(t, err)
	var names []string
	for _, e := range out {
		names = append(names, e.Version.String())
	}
	return strings.Join(names, " ")
}

func eight(t testing.TB, day string) time.Time {
	t.Helper()
	at, err := embargo.Moment(day, embargo.Usual, zone)
	must(t, err)
	return at
}

func TestReleaseComesOutAtEightAndNotBefore(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		at := eight(t, "2026-03-26")
		d.scheduled(t, v1, at)
		for _, now := range []time.Time{noon, at.Add(-time.Hour), at.Add(-time.Millisecond)} {
			d.at(now)
			d.run(t)
			if got := d.visible(t); got != "" {
				t.Fatalf("at %s everyone sees %s", now, got)
			}
		}
		d.at(at)
		d.run(t)
		e := d.state(t, v1)
		if e.State != embargo.Published || !e.Published.Equal(at) || e.PublishedBy != audit.System || d.visible(t) != "1.0" {
			t.Errorf("at eight: %+v, everyone sees %q", e, d.visible(t))
		}
		events, err := audit.List(t.Context(), d.db, 0, 100)
		must(t, err)
		var acts []string
		for i := range events {
			acts = append(acts, events[len(events)-1-i].Action+" "+events[len(events)-1-i].Actor)
		}
		want := "release.build operator, release.submit 4, release.approve 5, release.schedule 6, release.publish system"
		if got := strings.Join(acts, ", "); got != want {
			t.Errorf("the audit log has %s, want %s", got, want)
		}
		if _, err := audit.Verify(t.Context(), d.db); err != nil {
			t.Error(err)
		}
	})
}

// A server that was down at eight publishes when it starts, and once.
func TestPublicationIsMadeUpFor(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		at := eight(t, "2026-03-26")
		d.scheduled(t, v1, at)
		d.at(at.Add(3 * 24 * time.Hour))
		d.run(t)
		if e := d.state(t, v1); e.State != embargo.Published || !e.Published.Equal(d.clock()) || !e.Opens.Equal(at) {
			t.Errorf("three days late: %+v", e)
		}
		d.at(at.Add(4 * 24 * time.Hour))
		d.run(t)
		if got := count(t, d, "release.publish"); got != 1 {
			t.Errorf("published %d times", got)
		}
	})
}

func count(t testing.TB, d *desk, action string) (n int) {
	t.Helper()
	events, err := audit.List(t.Context(), d.db, 0, 1000)
	must(t, err)
	for _, e := range events {
		if e.Action == action {
			n++
		}
	}
	return n
}

func TestFourEyes(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		_, entered, err := d.Enter(t.Context(), root, v1)
		if must(t, err); !entered {
			t.Error("not entered")
		}
		if e, entered, err := d.Enter(t.Context(), d.fresh(dan), v1); err != nil || entered || e.BuiltBy != audit.Operator {
			t.Errorf("entered again: %+v, %t, %v", e, entered, err)
		}
		for name, who := range map[string]policy.Subject{"the operator": root, "an approver": bo} {
			if _, err := d.Submit(t.Context(), who, v1); err == nil {
				t.Errorf("%s answers for a release", name)
			}
		}
		if _, err := d.Approve(t.Context(), d.fresh(bo), v1); !errors.Is(err, embargo.ErrTransition) {
			t.Errorf("approving what nobody answers for: %v", err)
		}
		_, err = d.Submit(t.Context(), d.fresh(anna), v1)
		must(t, err)
		if _, err := d.Approve(t.Context(), d.fresh(anna), v1); !errors.Is(err, policy.ErrSamePerson) {
			t.Errorf("approving one's own: %v", err)
		}
		if _, err := d.Approve(t.Context(), root, v1); err == nil {
			t.Error("the operator is the second pair of eyes")
		}
		stale := d.fresh(bo)
		stale.At = d.clock().Add(-16 * time.Minute)
		var refused *embargo.RefusedError
		if _, err := d.Approve(t.Context(), stale, v1); !errors.As(err, &refused) || refused.Decision != policy.Stale {
			t.Errorf("a factor shown long ago: %v", err)
		}
		if _, err := d.PublishNow(t.Context(), d.fresh(bo), v1); !errors.Is(err, embargo.ErrTransition) {
			t.Errorf("publishing what nobody approved: %v", err)
		}
		if _, err := d.Schedule(t.Context(), d.fresh(dan), v1, eight(t, "2026-03-26")); !errors.Is(err, embargo.ErrTransition) {
			t.Errorf("scheduling what nobody approved: %v", err)
		}
		_, err = d.Approve(t.Context(), d.fresh(bo), v1)
		must(t, err)
		if _, err := d.PublishNow(t.Context(), d.fresh(dan), v1); !errors.As(err, &refused) {
			t.Errorf("an editor publishes at once: %v", err)
		}
		if d.visible(t) != "" {
			t.Error("something is out")
		}
		_, err = d.PublishNow(t.Context(), d.fresh(bo), v1)
		if must(t, err); d.visible(t) != "1.0" {
			t.Error("nothing is out")
		}
	})
}

// Whoever builds under a name answers for it, on whatever way in.
func TestBuilderWithANameAnswersForTheRelease(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e, _, err := d.Enter(t.Context(), d.fresh(anna), v1)
		if must(t, err); e.State != embargo.Submitted || e.BuiltBy != "4" || e.SubmittedBy != "4" {
			t.Errorf("entered as %+v", e)
		}
		if _, err := d.Approve(t.Context(), d.fresh(anna), v1); !errors.Is(err, policy.ErrSamePerson) {
			t.Errorf("approving one's own: %v", err)
		}
		if _, _, err := d.Enter(t.Context(), bo, v2); err == nil {
			t.Error("an approver builds")
		}
	})
}

func TestFolderThatChangedIsNeverShown(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		file := filepath.Join(release.Folder(d.dir, v1.Wave, v1.Version), "tables.csv")
		content, err := os.ReadFile(file)
		must(t, err)
		tamper := func() { must(t, os.WriteFile(file, append([]byte("x"), content[1:]...), 0o644)) }
		restore := func() { must(t, os.WriteFile(file, content, 0o644)) }
		_, _, err = d.Enter(t.Context(), d.fresh(anna), v1)
		must(t, err)
		tamper()
		if _, err := d.Approve(t.Context(), d.fresh(bo), v1); !errors.Is(err, embargo.ErrChanged) || !strings.Contains(err.Error(), "tables.csv") {
			t.Errorf("approving a folder that changed: %v", err)
		}
		restore()
		_, err = d.Approve(t.Context(), d.fresh(bo), v1)
		must(t, err)
		tamper()
		if _, err := d.PublishNow(t.Context(), d.fresh(bo), v1); !errors.Is(err, embargo.ErrChanged) {
			t.Errorf("publishing a folder that changed: %v", err)
		}
		at := eight(t, "2026-03-26")
		_, err = d.Schedule(t.Context(), d.fresh(dan), v1, at)
		must(t, err)
		d.at(at)
		d.run(t)
		if d.visible(t) != "" {
			t.Fatal("a folder that changed came out")
		}
		waiting, err := d.queue.List(t.Context(), "waiting", 100)
		must(t, err)
		if e := d.state(t, v1); !e.Overdue(at.Add(time.Hour)) || e.Overdue(at.Add(time.Minute)) {
			t.Error("that it is late is not told, or told too soon")
		}
		if len(waiting) != 1 || !strings.Contains(waiting[0].Error, "tables.csv has other content") {
			t.Errorf("staff are told %+v", waiting)
		}
		restore()
		d.at(at.Add(time.Minute))
		if d.run(t); d.visible(t) != "1.0" {
			t.Error("put right, it does not come out")
		}
	})
}

// A manifest that was exchanged together with the files fits them, and is not
// what was approved.
func TestFolderWithAnotherManifestIsLeftOut(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.approved(t, v1)
		_, err := d.PublishNow(t.Context(), d.fresh(bo), v1)
		must(t, err)
		dir := release.Folder(d.dir, v1.Wave, v1.Version)
		manifest := filepath.Join(dir, release.ManifestName)
		content, err := os.ReadFile(manifest)
		must(t, err)
		must(t, os.WriteFile(manifest, []byte(strings.Replace(string(content), "CC BY 4.0", "CC BY 3.0", 1)), 0o644))
		must(t, release.Verify(dir))
		out, err := d.Out(t.Context())
		must(t, err)
		if opened, err := d.Open(out); len(opened) != 0 || !errors.Is(err, embargo.ErrChanged) {
			t.Errorf("opened %d, %v", len(opened), err)
		}
		must(t, os.RemoveAll(dir))
		if opened, err := d.Open(out); len(opened) != 0 || !errors.Is(err, embargo.ErrChanged) {
			t.Errorf("without a folder: %d, %v", len(opened), err)
		}
	})
}

func TestMomentCanBeSetAnewAndTakenBack(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		first, later := eight(t, "2026-03-26"), eight(t, "2026-04-09")
		d.scheduled(t, v1, first)
		_, err := d.Schedule(t.Context(), d.fresh(bo), v1, later)
		must(t, err)
		d.at(first.Add(time.Hour))
		if d.run(t); d.visible(t) != "" {
			t.Fatal("it came out at the moment that was given up")
		}
		if _, err := d.Schedule(t.Context(), d.fresh(bo), v1, first); !errors.As(err, new(*embargo.MomentError)) {
			t.Errorf("a moment that has passed: %v", err)
		}
		_, err = d.Withdraw(t.Context(), d.fresh(anna), v1)
		must(t, err)
		d.at(later.Add(time.Hour))
		if d.run(t); d.visible(t) != "" || d.state(t, v1).State != embargo.Withdrawn {
			t.Error("it came out though it was withdrawn")
		}
		if _, err := d.Schedule(t.Context(), d.fresh(bo), v1, eight(t, "2026-05-07")); !errors.Is(err, embargo.ErrTransition) {
			t.Errorf("scheduling what was withdrawn: %v", err)
		}
	})
}

// Staff who bring the job forward do not bring the release forward.
func TestRetryingTheJobDoesNotBreakTheEmbargo(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		at := eight(t, "2026-03-26")
		d.scheduled(t, v1, at)
		must(t, d.db.Write(t.Context(), func(tx *store.Tx) error { return d.queue.Retry(tx, "release.open", "2025/1.0/1") }))
		if d.run(t); d.visible(t) != "" {
			t.Fatal("the release came out before its moment")
		}
		d.at(at)
		if d.run(t); d.visible(t) != "1.0" {
			t.Error("it did not come out at its moment")
		}
	})
}

// Goal 4 of publishing: the version before stays readable, marked.
func TestGoal4_CorrectionMarksTheVersionBefore(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		hidden := filepath.Join(t.TempDir(), "2.0")
		must(t, os.Rename(release.Folder(d.dir, v2.Wave, two), hidden))
		d.approved(t, v1)
		if _, err := d.MayBuild(t.Context(), root, v1.Wave); err == nil || !strings.Contains(err.Error(), "publish or withdraw it") {
			t.Errorf("building a second version on one that is not out: %v", err)
		}
		_, err := d.PublishNow(t.Context(), d.fresh(bo), v1)
		must(t, err)
		if b, err := d.MayBuild(t.Context(), root, v1.Wave); err != nil || b.Out != 1 {
			t.Errorf("building on what is out: %+v, %v", b, err)
		}
		must(t, os.Rename(hidden, release.Folder(d.dir, v2.Wave, two)))
		at := eight(t, "2026-04-09")
		d.scheduled(t, v2, at)
		if e := d.state(t, v1); e.State != embargo.Published {
			t.Errorf("before the correction is out, the first version is %s", e.State)
		}
		d.at(at)
		d.run(t)
		e := d.state(t, v1)
		if e.State != embargo.Corrected || e.Successor != "2.0" || d.visible(t) != "2.0 1.0" || d.state(t, v2).State != embargo.Published {
			t.Errorf("after the correction %+v, everyone sees %s", e, d.visible(t))
		}
		if _, err := d.Withdraw(t.Context(), d.fresh(dan), v1); !errors.Is(err, embargo.ErrTransition) {
			t.Errorf("withdrawing what is out: %v", err)
		}
	}, one, two)
}

// Folders of a home from before there were rows are shown to nobody until they
// were entered and approved; the older of two is then corrected by the newer.
func TestFoldersWithoutARowAreShownToNobody(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		all, err := d.List(t.Context())
		must(t, err)
		if len(all) != 2 || all[0].State != "" || all[0].Name != v2 || d.visible(t) != "" {
			t.Errorf("listed %+v, everyone sees %q", all, d.visible(t))
		}
		if _, err := d.MayBuild(t.Context(), root, v1.Wave); err == nil || !strings.Contains(err.Error(), "barometer release enter 2025 1.0") {
			t.Errorf("building beside folders that were not entered: %v", err)
		}
		for _, n := range []embargo.Name{v2, v1} {
			d.approved(t, n)
			_, err = d.PublishNow(t.Context(), d.fresh(bo), n)
			must(t, err)
		}
		if e := d.state(t, v1); e.State != embargo.Corrected || e.Successor != "2.0" || d.state(t, v2).State != embargo.Published {
			t.Errorf("entered late: %+v", e)
		}
	}, one, two)
}

// Two processes on one store: one of them publishes.
func TestOneOfTwoServersPublishes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		dir := releases(t, one)
		first, second := open(t, where, dir), open(t, where, dir)
		at := eight(t, "2026-03-26")
		first.scheduled(t, v1, at)
		ctx, stop := context.WithCancel(t.Context())
		var servers sync.WaitGroup
		for _, d := range []*desk{first, second} {
			d.at(at)
			servers.Go(func() { d.queue.Work(ctx) })
		}
		deadline := time.Now().Add(20 * time.Second)
		for second.visible(t) == "" && time.Now().Before(deadline) {
			time.Sleep(5 * time.Millisecond)
		}
		stop()
		servers.Wait()
		if got := count(t, first, "release.publish"); got != 1 || first.visible(t) != "1.0" {
			t.Errorf("published %d times, everyone sees %q", got, first.visible(t))
		}
	})
}

// An act that the audit log cannot take does not happen.
func TestActAndEventAreOne(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		_, _, err := d.Enter(t.Context(), d.fresh(anna), v1)
		must(t, err)
		must(t, d.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`DROP TABLE audit_event`)
			return err
		}))
		if _, err := d.Approve(t.Context(), d.fresh(bo), v1); err == nil {
			t.Error("approved without an event")
		}
		if e := d.state(t, v1); e.State != embargo.Submitted || e.ApprovedBy != "" {
			t.Errorf("left %+v behind", e)
		}
	})
}

func TestUnknownReleasesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		if _, err := d.Submit(t.Context(), d.fresh(anna), v2); !errors.Is(err, embargo.ErrUnknown) {
			t.Errorf("submit: %v", err)
		}
		if _, err := d.Approve(t.Context(), d.fresh(bo), v1); !errors.Is(err, embargo.ErrUnknown) {
			t.Errorf("approve: %v", err)
		}
		if _, _, err := d.Enter(t.Context(), root, v2); err == nil || !strings.Contains(err.Error(), "2.0 is no folder") {
			t.Errorf("enter: %v", err)
		}
	})
}
