package embargo

import (
	"context"
	"errors"
	"fmt"

	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/publish/release"
)

// build is the action of the table of rules that makes a release and enters it.
const build = "build"

// Basis is what a new version of a wave is built on.
type Basis struct {
	Withdrawn []release.Version // numbers used by versions that never came out
	Out       int               // versions that came out
}

// MayBuild answers whether somebody may build a further version of a wave. A
// change is told from the version that readers know; so none is built while an
// earlier one can still come out, or lies there without having been entered.
func (r *Releases) MayBuild(ctx context.Context, by policy.Subject, wave string) (Basis, error) {
	if d := r.opt.Rules.Decide(by, object, build, r.opt.Now()); d != policy.Allowed {
		return Basis{}, &RefusedError{build, d}
	}
	all, err := r.List(ctx)
	if err != nil {
		return Basis{}, err
	}
	var b Basis
	var faults []error
	for _, e := range all {
		switch {
		case e.Wave != wave:
		case e.State == "":
			faults = append(faults, fmt.Errorf("release %s lies in its folder and was not entered: barometer release enter %s %s", e.Name, e.Wave, e.Version))
		case e.State.Pending():
			faults = append(faults, fmt.Errorf("release %s is %s: publish or withdraw it before the next version is built", e.Name, e.State))
		case e.State == Withdrawn:
			b.Withdrawn = append(b.Withdrawn, e.Version)
		default:
			b.Out++
		}
	}
	return b, errors.Join(faults...)
}

// Enter notes a release that lies in its folder, as built by somebody. Its files
// are compared with its manifest first. A person who may answer for it does so
// from then on. Entering it again changes nothing; entered reports whether it
// was new.
func (r *Releases) Enter(ctx context.Context, by policy.Subject, n Name) (e Entry, entered bool, err error) {
	if d := r.opt.Rules.Decide(by, object, build, r.opt.Now()); d != policy.Allowed {
		return Entry{}, false, &RefusedError{build, d}
	}
	fresh, err := r.look(n)
	if err != nil {
		return Entry{}, false, err
	}
	fresh.BuiltBy, fresh.Built = actor(by), r.opt.Now()
	err = r.opt.Store.Write(ctx, func(tx *store.Tx) error {
		if e, entered, err = r.insert(tx, by, fresh); err != nil || !entered || by.Person == "" || r.may(by, Submit, e) != nil {
			return err
		}
		before := e
		e.SubmittedBy, e.Submitted = actor(by), r.opt.Now()
		return r.step(tx, actor(by), before, &e, Submit)
	})
	return e, entered, err
}

// look reads what a folder holds.
func (r *Releases) look(n Name) (Entry, error) {
	dir := r.dir(n)
	if err := release.Verify(dir); err != nil {
		return Entry{}, err
	}
	opened, err := release.Open(dir)
	if err != nil {
		return Entry{}, err
	}
	if m := opened.Manifest; m.Wave != n.Wave || m.Version != n.Version {
		return Entry{}, fmt.Errorf("release %s: the folder %s holds the release %s", n, dir, m.ID())
	}
	hash, err := release.HashManifest(dir)
	return Entry{Name: n, State: Built, Manifest: hash}, err
}

// insert adds an entry, or returns the one that is there if it is of the same
// folder.
func (r *Releases) insert(tx *store.Tx, by policy.Subject, e Entry) (Entry, bool, error) {
	added, err := tx.Exec(`INSERT INTO release_state (wave, version, state, manifest, built_by, built_ms, submitted_by, submitted_ms,
		approved_by, approved_ms, scheduled_by, opens_ms, turn, published_by, published_ms, ended_by, ended_ms, successor)
		VALUES (?, ?, ?, ?, ?, ?, '', 0, '', 0, '', 0, 0, '', 0, '', 0, '') ON CONFLICT DO NOTHING`,
		e.Wave, e.Version.String(), string(e.State), e.Manifest, e.BuiltBy, millis(e.Built))
	if err != nil {
		return Entry{}, false, err
	}
	if added == 1 {
		return e, true, r.record(tx, actor(by), "build", e, nil)
	}
	there, err := one(tx, e.Name)
	if err == nil && there.Manifest != e.Manifest {
		err = fmt.Errorf("release %s: %w", e.Name, ErrChanged)
	}
	return there, false, err
}
