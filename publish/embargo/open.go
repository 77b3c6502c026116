package embargo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/publish/release"
)

// kind is the kind of job that lets a release out.
const kind = "release.open"

// job is the work of letting a release out at the moment set n-th. Each moment
// has its own, so that a job of an earlier one finds itself outdated.
func (e Entry) job(turn int) queue.Job {
	return queue.Job{Kind: kind, Key: e.Wave + "/" + e.Version.String() + "/" + strconv.Itoa(turn), RunAt: e.Opens, Urgent: true}
}

// parseKey reads the key of a job.
func parseKey(key string) (n Name, turn int, err error) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 {
		return n, 0, fmt.Errorf("job %s names no release", key)
	}
	n.Wave = parts[0]
	if n.Version, err = release.ParseVersion(parts[1]); err != nil {
		return n, 0, err
	}
	turn, err = strconv.Atoi(parts[2])
	return n, turn, err
}

// handler lets releases out. A folder that has changed is looked at again for a
// while, as it may be put right, and then left to staff.
func (r *Releases) handler() queue.Handler {
	return queue.Handler{
		Kind:     kind,
		Label:    i18n.Text{DA: "Offentliggørelse", EN: "Publication"},
		Limit:    10 * time.Minute, // every file is read
		Attempts: 30,
		Pause:    queue.Pause{First: 15 * time.Second, Longest: 5 * time.Minute},
		Run:      r.open,
	}
}

// open looks a release through and hands its publication back, to be written
// together with the job's outcome: whatever happens to processes, it comes out
// once.
func (r *Releases) open(ctx context.Context, j queue.Job) (queue.Effect, error) {
	n, turn, err := parseKey(j.Key)
	if err != nil {
		return nil, queue.Permanent(err)
	}
	e, err := r.Entry(ctx, n)
	if err != nil {
		return nil, err
	}
	if !e.due(turn) {
		return nil, nil
	}
	if e.Opens.After(r.opt.Now()) { // somebody retried the job before its time
		return nil, queue.Later(e.Opens)
	}
	if err := r.Verify(e); err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error { return r.publish(tx, n, turn) }, nil
}

// due reports whether the moment set n-th is the one that holds.
func (e Entry) due(turn int) bool { return e.State == Embargoed && e.turn == turn }

func (r *Releases) publish(tx *store.Tx, n Name, turn int) error {
	before, err := one(tx, n)
	if err != nil || !before.due(turn) {
		return err // set anew or withdrawn meanwhile
	}
	e := before
	e.PublishedBy, e.Published = audit.System, r.opt.Now()
	if err := r.step(tx, audit.System, before, &e, Open); err != nil {
		return err
	}
	return r.follow(tx, audit.System, e)
}

// follow marks every version of a wave that is out and has a later one beside it
// as corrected by the latest.
func (r *Releases) follow(tx *store.Tx, by string, came Entry) error {
	out, err := list(tx, `WHERE wave = ? AND state IN (?, ?)`, came.Wave, string(Published), string(Corrected))
	if err != nil {
		return err
	}
	slices.SortFunc(out, order)
	for _, before := range out[1:] {
		if before.State == Corrected {
			continue
		}
		e := before
		e.EndedBy, e.Ended, e.Successor = by, r.opt.Now(), out[0].Version.String()
		if err := r.step(tx, by, before, &e, Correct); err != nil {
			return err
		}
	}
	return nil
}
