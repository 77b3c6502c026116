package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"text/tabwriter"
	"time"

	"barometer/internal/account/pages"
	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/queue"
	"barometer/internal/queue/jobpage"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/runner"
)

// openWork opens the queue of a collection with all the work that can stand in
// it, and the mail that leaves through it.
func (c *collection) openWork(ctx context.Context, h *home, now func() time.Time) error {
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return err
	}
	key, err := secret(h.path("secrets", "queue.key"))
	if err != nil {
		return err
	}
	c.queue, err = queue.New(ctx, c.db, queue.Options{Key: key, Now: now, Zone: zone, Owner: process()})
	if err != nil {
		return err
	}
	if c.mail, err = openMail(ctx, h, c, now); err != nil {
		return err
	}
	letters, err := runner.Letters()
	if err != nil {
		return err
	}
	return errors.Join(c.mail.Add(letters), c.expireSessions())
}

// localZone is where the clocks go by that schedules are written for.
const localZone = "Europe/Copenhagen"

// process names this process for staff.
func process() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// expireSessions has respondents' sessions dropped every night.
func (c *collection) expireSessions() error {
	const kind = "contact.expire"
	err := c.queue.Handle(queue.Handler{
		Kind:  kind,
		Label: i18n.Text{DA: "Sletning af udløbne besøg i spørgeskemaet", EN: "Deletion of expired survey sessions"},
		Run:   queue.InTx(func(tx *store.Tx, _ queue.Job) error { return c.access.DropExpired(tx) }),
	})
	return errors.Join(err, c.queue.Repeat(queue.Rule{Kind: kind, Hour: 3, Minute: 50}))
}

// work does the scheduled work until ctx ends; the group waits for what runs
// then.
func (c *collection) work(ctx context.Context, log *slog.Logger) *sync.WaitGroup {
	c.queue.LogTo(log)
	var group sync.WaitGroup
	group.Go(func() { c.queue.Work(ctx) })
	return &group
}

func newJobPages(shell *web.Shell, c *collection, people *pages.Pages, now func() time.Time) (*jobpage.Pages, error) {
	zone, err := time.LoadLocation(localZone)
	if err != nil {
		return nil, err
	}
	return jobpage.New(jobpage.Config{Shell: shell, Store: c.db, Queue: c.queue, Actor: people.Actor, Now: now, Zone: zone})
}

// withWork opens the home and its store for one command.
func (a *app) withWork(ctx context.Context, dir string, do func(*collection) error) error {
	h, err := openHome(dir)
	if err != nil {
		return err
	}
	c, err := openCollection(ctx, h, a.now)
	if err != nil {
		return err
	}
	return errors.Join(do(c), c.close())
}

// mostJobs is how many jobs of a state the command lists.
const mostJobs = 1000

func jobsListCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	state := flags.String("state", "", "one of dead, running, waiting, done, discarded; default: the first three")
	asJSON := flags.Bool("json", false, "print JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(0, "no arguments", args); err != nil {
			return err
		}
		return a.withWork(ctx, *dir, func(c *collection) error {
			states := queue.States[:3]
			if *state != "" {
				states = []string{*state}
			}
			jobs := []queue.Info{}
			for _, s := range states {
				list, err := c.queue.List(ctx, s, mostJobs)
				if err != nil {
					return usagef("%v", err)
				}
				jobs = append(jobs, list...)
			}
			if *asJSON {
				return json.NewEncoder(a.stdout).Encode(jobs)
			}
			return writeJobs(a.stdout, jobs)
		})
	}
}

func writeJobs(w io.Writer, jobs []queue.Info) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "state\tkind\tkey\ttime\tattempts\tlast error")
	for _, j := range jobs {
		at := j.Ended
		if at.IsZero() {
			at = j.Due
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", j.State, j.Kind, j.Key, at.Format(time.RFC3339), j.Attempts, j.Error)
	}
	return t.Flush()
}

func jobsRetryCommand(a *app, flags *flag.FlagSet) action {
	return a.jobAct(flags, "retry", "due now", (*queue.Queue).Retry)
}

func jobsDiscardCommand(a *app, flags *flag.FlagSet) action {
	return a.jobAct(flags, "discard", "discarded", (*queue.Queue).Discard)
}

// jobAct is a command that changes one job and says so in the audit log.
func (a *app) jobAct(flags *flag.FlagSet, verb, says string, do func(*queue.Queue, *store.Tx, string, string) error) action {
	dir := homeFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(2, "the kind and the key of a job, as barometer jobs list shows them", args); err != nil {
			return err
		}
		kind, key := args[0], args[1]
		return a.withWork(ctx, *dir, func(c *collection) error {
			err := c.db.Write(ctx, func(tx *store.Tx) error {
				if err := do(c.queue, tx, kind, key); err != nil {
					return err
				}
				return audit.Record(tx, a.now(), audit.Event{
					Actor: audit.Operator, Action: "job." + verb, Object: key, Detail: map[string]string{"kind": kind},
				})
			})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "%s %s: %s\n", kind, key, says)
			return err
		})
	}
}
