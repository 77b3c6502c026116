package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"barometer/internal/account"
	"barometer/internal/policy"
	"barometer/internal/store"
)

// lateWork is how long a job may be due before somebody should ask why.
const lateWork = 15 * time.Minute

// examineJobs looks for work that was given up and for work that nobody does.
func (a *app) examineJobs(ctx context.Context, c *collection) finding {
	counts, err := c.queue.Counts(ctx)
	if err != nil {
		return finding{"jobs", broken, err.Error(), ""}
	}
	next, err := c.queue.List(ctx, "waiting", 1)
	if err != nil {
		return finding{"jobs", broken, err.Error(), ""}
	}
	f := finding{Part: "jobs", State: sound, Says: fmt.Sprintf("%d waiting, %d given up", counts["waiting"], counts["dead"])}
	switch {
	case counts["dead"] > 0:
		f.State, f.Do = poor, "see why with barometer jobs list --state dead, then retry or discard them"
	case len(next) > 0 && a.now().Sub(next[0].Due) > lateWork:
		f.State = poor
		f.Says += ", the first of them since " + next[0].Due.UTC().Format(time.RFC3339)
		f.Do = "start the server: mails and scheduled work wait for it"
	}
	return f
}

// reachable is how long a mail server may take to answer.
const reachable = 10 * time.Second

// examineMail signs in to the mail server as for a mail, and sends none.
func (h *home) examineMail(ctx context.Context) finding {
	if h.Mail.Server == nil {
		f := finding{Part: "mail", State: sound, Says: "put into " + h.path("outbox")}
		if h.secure() {
			f.State, f.Do = poor, "name the mail server in barometer.yaml: nobody gets a link to sign in with"
		}
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, reachable)
	defer cancel()
	server := h.mailServer()
	if err := server.Reach(ctx); err != nil {
		return finding{"mail", broken, fmt.Sprintf("%s: %v", server.Host, err), "check the server and its settings in barometer.yaml; mail waits meanwhile"}
	}
	return finding{"mail", sound, "taken by " + server.Host, ""}
}

// examineStaff asks for an administrator who can do what administrators do.
func examineStaff(ctx context.Context, c *collection) finding {
	admins, able, err := administrators(ctx, c)
	f := finding{Part: "accounts", State: sound, Says: fmt.Sprintf("%d administrators, %d of them with a second factor", admins, able)}
	switch {
	case err != nil:
		return finding{"accounts", broken, err.Error(), ""}
	case admins == 0:
		f.State, f.Do = poor, "add one: barometer user add ADDRESS --role admin"
	case able == 0:
		f.State, f.Do = poor, "let one of them add a second factor: without it the pages for staff stay closed"
	}
	return f
}

// administrators counts those who may sign in, and those of them who have more
// than their mail to show.
func administrators(ctx context.Context, c *collection) (admins, able int, err error) {
	persons, err := c.accounts.Persons(ctx)
	if err != nil {
		return 0, 0, err
	}
	err = c.db.Read(ctx, func(tx *store.Tx) error {
		for _, p := range persons {
			if !slices.Contains(p.Roles, policy.Admin) || p.State == account.Suspended || p.State == account.Closing {
				continue
			}
			admins++
			list, err := account.CredentialsOf(tx, p.ID)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(list, func(c account.Credential) bool { return account.SecondFactor(c.Kind) }) {
				able++
			}
		}
		return nil
	})
	return admins, able, err
}
