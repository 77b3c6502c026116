package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"barometer/internal/store"
)

// ErrHeld says that an account cannot be erased now: something about the person
// is being decided, and erasing would take the decision away.
var ErrHeld = errors.New("account is held")

// copenhagen is where the clocks of the people stand that the program writes to.
// It is looked up when it is first needed: the zones that a program carries with
// it are there only once all packages are set up.
var copenhagen = sync.OnceValue(func() *time.Location {
	l, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		return time.UTC // no zones at all: a date may be a day off around midnight
	}
	return l
})

// Local is a point in time as Danish clocks show it.
func Local(t time.Time) time.Time { return t.In(copenhagen()) }

// Erase erases a person at once. Operators do it where the law or the person
// asks for it before [ClosingTime] is over.
func (a *Accounts) Erase(ctx context.Context, by Actor, id ID) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		return a.erase(tx, by, p)
	})
}

// erase takes away all that tells who a person was: name, unless it is to stay
// with contributions, address, credentials, workplaces, sessions, links. The
// id stays, with the grants and events that name it.
func (a *Accounts) erase(tx *store.Tx, by Actor, p Person) error {
	if a.opt.Held != nil {
		why, err := a.opt.Held(tx, p.ID)
		if err != nil {
			return err
		}
		if why != "" {
			return fmt.Errorf("erase account %s: %w: %s", p.ID, ErrHeld, why)
		}
	}
	if err := errors.Join(a.move(tx, by, &p, Erase), a.endGrants(tx, by, p.ID)); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM account_link WHERE address = ? OR person = ?`, p.Address, int64(p.ID)); err != nil {
		return err
	}
	if !p.KeepName {
		if _, err := tx.Exec(`DELETE FROM account_name WHERE person = ?`, int64(p.ID)); err != nil {
			return err
		}
	}
	for _, q := range []string{
		`DELETE FROM account_email WHERE person = ?`,
		`DELETE FROM account_credential WHERE person = ?`,
		`DELETE FROM account_membership WHERE person = ?`,
		`DELETE FROM account_session WHERE person = ?`,
		`DELETE FROM account_misses WHERE person = ?`,
	} {
		if _, err := tx.Exec(q, int64(p.ID)); err != nil {
			return err
		}
	}
	return nil
}

// Tended is what [Accounts.Tend] did.
type Tended struct {
	Erased []ID
	Held   []ID // due, but held
}

// Tend does what is due: erases the accounts whose time is up, and drops links
// and sessions that are worthless. It is for a daily job, and may run as often
// as one likes.
func (a *Accounts) Tend(ctx context.Context) (done Tended, err error) {
	due, err := a.due(ctx)
	if err != nil {
		return Tended{}, err
	}
	for _, id := range due {
		switch err := a.Erase(ctx, BySystem(), id); {
		case errors.Is(err, ErrHeld):
			done.Held = append(done.Held, id)
		case errors.Is(err, ErrTransition): // reopened meanwhile
		case err != nil:
			return done, err
		default:
			done.Erased = append(done.Erased, id)
		}
	}
	return done, a.sweep(ctx)
}

// due lists the accounts to be erased: closed, or never used.
func (a *Accounts) due(ctx context.Context) (ids []ID, err error) {
	now := a.opt.Now()
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		ids = nil
		return tx.Each(func(rows *sql.Rows) error {
			var id ID
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		}, `SELECT id FROM account_person WHERE (state = ? AND entered_ms <= ?) OR (state = ? AND entered_ms <= ?) ORDER BY id`,
			string(Closing), store.Millis(now.Add(-ClosingTime)), string(Pending), store.Millis(now.Add(-PendingTime)))
	})
	return ids, err
}

func (a *Accounts) sweep(ctx context.Context) error {
	now := a.opt.Now()
	return a.db.Write(ctx, func(tx *store.Tx) error {
		kept := max(a.opt.Limits.Window, a.opt.Limits.Life)
		if _, err := tx.Exec(`DELETE FROM account_link WHERE asked_ms < ?`, store.Millis(now.Add(-kept))); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM account_ceremony WHERE expires_ms < ?`, store.Millis(now)); err != nil {
			return err
		}
		const q = `DELETE FROM account_session WHERE (staff = 1 AND (seen_ms < ? OR begun_ms < ?)) OR (staff = 0 AND (seen_ms < ? OR begun_ms < ?))`
		_, err := tx.Exec(q, store.Millis(now.Add(-staffIdle)), store.Millis(now.Add(-staffWhole)),
			store.Millis(now.Add(-memberIdle)), store.Millis(now.Add(-memberWhole)))
		return err
	})
}
