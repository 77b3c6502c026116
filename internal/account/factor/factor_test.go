package factor_test

import (
	"context"
	"database/sql"
	"encoding/base32"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"barometer/internal/account"
	"barometer/internal/account/factor"
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

// office is a store with accounts and their second factors.
type office struct {
	*factor.Factors
	t       *testing.T
	now     time.Time
	db      *store.DB
	acc     *account.Accounts
	letters []mail.Message
}

func (o *office) Send(_ context.Context, _ *store.Tx, m mail.Message) error {
	o.letters = append(o.letters, m)
	return nil
}

func each(t *testing.T, test func(*testing.T, *office)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, where string) { test(t, newOffice(t, where)) })
}

func newOffice(t *testing.T, where string) *office {
	t.Helper()
	o := &office{t: t, db: storetest.Open(t, where), now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return o.now }
	var err error
	o.acc, err = account.New(t.Context(), o.db, account.Options{
		Secret: []byte("a secret of thirty-two bytes, at least"), Now: clock, Mail: o,
		Link: func(i18n.Lang, string) string { return "" },
	})
	must(t, err)
	o.Factors, err = factor.New(factor.Options{Accounts: o.acc, Store: o.db, Now: clock, Name: "Barometer & Co", BaseURL: "https://example.dk"})
	must(t, err)
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// enter is a person with roles, signed in by a link.
func (o *office) enter(address string, roles ...policy.Role) account.Session {
	o.t.Helper()
	id, err := o.acc.Add(o.t.Context(), account.ByOperator(), account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Address: address})
	must(o.t, err)
	for _, r := range roles {
		_, err := o.acc.Grant(o.t.Context(), account.ByOperator(), id, r)
		must(o.t, err)
	}
	return o.signIn(id)
}

func (o *office) signIn(id account.ID) (s account.Session) {
	o.t.Helper()
	must(o.t, o.db.Write(o.t.Context(), func(tx *store.Tx) (err error) {
		s, err = o.acc.BeginSession(tx, id, account.ByLink, account.Device{}, "")
		return err
	}))
	return o.again(s)
}

// again is a session as the next request finds it.
func (o *office) again(s account.Session) account.Session {
	o.t.Helper()
	s, err := o.acc.Session(o.t.Context(), s.Token)
	must(o.t, err)
	return s
}

// app is an app that makes codes, set up from what the page shows.
type app struct{ secret string }

func (o *office) app(s account.Session) app {
	o.t.Helper()
	must(o.t, o.BeginTOTP(o.t.Context(), s))
	e, err := o.PendingTOTP(o.t.Context(), s)
	must(o.t, err)
	return app{strings.ReplaceAll(e.Secret, " ", "")}
}

func (a app) code(t *testing.T, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(a.secret, at)
	must(t, err)
	return code
}

// guarded is a person with a generator of codes, in a session with two factors.
func (o *office) guarded(address string, roles ...policy.Role) (account.Session, app, []string) {
	o.t.Helper()
	s := o.enter(address, roles...)
	a := o.app(s)
	strong, paper, err := o.ConfirmTOTP(o.t.Context(), s, a.code(o.t, o.now))
	must(o.t, err)
	return o.again(strong), a, paper
}

// A code that is shown to a command is used up like any other, and counts
// against guessing like any other.
func TestCodeShownToACommand(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s, a, paper := o.guarded("anna@example.dk", policy.Approver)
		id := s.Person.ID
		if _, err := o.ProveHere(t.Context(), id, paper[2]); !errors.Is(err, account.ErrTransition) {
			t.Errorf("a person without a proven address: %v", err)
		}
		link, err := o.acc.OperatorLink(t.Context(), id)
		must(t, err)
		_, err = o.acc.Confirm(t.Context(), account.Confirmation{Token: link})
		must(t, err)
		must(t, o.acc.SetName(t.Context(), id, "Anna Holm"))
		o.now = o.now.Add(time.Minute)
		code := a.code(t, o.now)
		who, err := o.ProveHere(t.Context(), id, code)
		if err != nil || who.Person != id.String() || !who.Holds(policy.Approver) || who.Factors != 2 || !who.At.Equal(o.now) {
			t.Fatalf("a right code: %+v, %v", who, err)
		}
		if who, err := o.ProveHere(t.Context(), id, code); !errors.Is(err, factor.ErrCode) || who.Person != "" {
			t.Errorf("a code shown twice: %+v, %v", who, err)
		}
		if _, err := o.ProveHere(t.Context(), id, paper[0]); err != nil {
			t.Errorf("a code on paper: %v", err)
		}
		if _, err := o.ProveHere(t.Context(), id+1, code); !errors.Is(err, account.ErrNoPerson) {
			t.Errorf("nobody: %v", err)
		}
		var locked *account.LockedError
		for range 6 {
			_, err = o.ProveHere(t.Context(), id, "000000")
		}
		if !errors.As(err, &locked) {
			t.Errorf("guessing: %v", err)
		}
		must(t, o.acc.Suspend(t.Context(), account.ByOperator(), id))
		if _, err := o.ProveHere(t.Context(), id, paper[1]); !errors.Is(err, account.ErrTransition) {
			t.Errorf("a suspended person: %v", err)
		}
	})
}

func TestGeneratorCountsOnceACodeWasSeen(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.enter("anna@example.dk", policy.Editor)
		if !s.Weak() || s.Guarded {
			t.Fatalf("staff with one factor: weak %v, guarded %v", s.Weak(), s.Guarded)
		}
		a := o.app(s)
		if _, _, err := o.ConfirmTOTP(t.Context(), s, "000000"); !errors.Is(err, factor.ErrCode) {
			t.Fatalf("a wrong first code: %v", err)
		}
		if o.again(s).Guarded {
			t.Fatal("a generator counts that nobody has shown a code of")
		}
		code := a.code(t, o.now)
		strong, paper, err := o.ConfirmTOTP(t.Context(), s, code[:3]+" "+code[3:])
		must(t, err)
		if len(paper) != 10 || strong.ID == s.ID || strong.Token == s.Token {
			t.Fatalf("%d codes on paper, session %s after %s", len(paper), strong.ID, s.ID)
		}
		if strong = o.again(strong); strong.Weak() || strong.How.Factors != 2 || !strong.Guarded {
			t.Errorf("%+v", strong)
		}
		if _, err := o.acc.Session(t.Context(), s.Token); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("the weaker session lives on: %v", err)
		}
		if last := o.letters[len(o.letters)-1]; last.Data != (account.GuardLetter{Change: account.FactorAdded}) {
			t.Errorf("the person is not told: %+v", last)
		}
	})
}

func TestCodeIsTakenOnceAndInItsTime(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s, a, _ := o.guarded("anna@example.dk")
		used := a.code(t, o.now)
		for _, c := range []struct {
			name string
			pass time.Duration
			at   time.Duration // of the code, from then
			ok   bool
		}{
			{"the code that set it up, again", 0, 0, false},
			{"the code before it", 0, -30 * time.Second, false},
			{"the next code, early", 0, 30 * time.Second, true},
			{"the one between, after it", 0, 0, false},
			{"a step late", 90 * time.Second, -30 * time.Second, true},
			{"two steps late", time.Hour, -60 * time.Second, false},
			{"two steps early", 0, 60 * time.Second, false},
			{"in time", 0, 0, true},
		} {
			o.now = o.now.Add(c.pass)
			weak := o.signIn(s.Person.ID)
			_, err := o.Prove(t.Context(), weak, a.code(t, o.now.Add(c.at)))
			if c.ok != (err == nil) {
				t.Errorf("%s: %v", c.name, err)
			}
			if err != nil && !errors.Is(err, factor.ErrCode) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		o.now = o.now.Add(time.Hour)
		if _, err := o.Prove(t.Context(), o.signIn(s.Person.ID), used); !errors.Is(err, factor.ErrCode) {
			t.Errorf("an old code: %v", err)
		}
	})
}

func TestGuessingIsSlowedDown(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s, a, _ := o.guarded("anna@example.dk")
		o.now = o.now.Add(time.Hour)
		guesses := 0
		var waited time.Duration
		for waited < 24*time.Hour {
			_, err := o.Prove(t.Context(), o.signIn(s.Person.ID), "12345x")
			var locked *account.LockedError
			switch {
			case errors.As(err, &locked):
				if _, err := o.Prove(t.Context(), o.signIn(s.Person.ID), a.code(t, o.now)); !errors.As(err, &locked) {
					t.Fatalf("the right code while locked: %v", err)
				}
				waited += locked.Wait
				o.now = o.now.Add(locked.Wait)
			case errors.Is(err, factor.ErrCode):
				guesses++
			default:
				t.Fatal(err)
			}
		}
		if guesses > 40 {
			t.Errorf("%d guesses in a day", guesses)
		}
		told := 0
		for _, l := range o.letters {
			if l.Data == (account.GuardLetter{Change: account.Guessed}) {
				told++
			}
		}
		if told != 1 {
			t.Errorf("told %d times of guessing", told)
		}
		if _, err := o.Prove(t.Context(), o.signIn(s.Person.ID), a.code(t, o.now)); err != nil {
			t.Errorf("the right code after the wait: %v", err)
		}
		if _, err := o.Prove(t.Context(), o.signIn(s.Person.ID), "999999"); !errors.Is(err, factor.ErrCode) {
			t.Errorf("counting did not begin anew: %v", err)
		}
	})
}

func TestCodesOnPaper(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s, _, paper := o.guarded("anna@example.dk")
		other, _, _ := o.guarded("bo@example.dk")
		if _, err := o.Prove(t.Context(), other, paper[0]); !errors.Is(err, factor.ErrCode) {
			t.Errorf("somebody else's code: %v", err)
		}
		typed := strings.ToLower(strings.Replace(paper[3], "-", " ", 1))
		strong, err := o.Prove(t.Context(), o.signIn(s.Person.ID), typed)
		must(t, err)
		if _, err := o.Prove(t.Context(), o.signIn(s.Person.ID), paper[3]); !errors.Is(err, factor.ErrCode) {
			t.Errorf("used twice: %v", err)
		}
		fresh, err := o.NewPaper(t.Context(), o.again(strong))
		must(t, err)
		for _, old := range paper {
			if _, err := o.Prove(t.Context(), other, old); err == nil {
				t.Errorf("%s still works", old)
			}
			o.now = o.now.Add(time.Hour)
		}
		if _, err := o.Prove(t.Context(), o.signIn(s.Person.ID), fresh[9]); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoMayChangeWhatGuards(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		strong, a, _ := o.guarded("anna@example.dk", policy.Admin)
		weak := o.signIn(strong.Person.ID)
		cred, err := o.acc.Credentials(t.Context(), strong.Person.ID)
		must(t, err)
		generator := cred[0].ID
		for _, c := range cred {
			if c.Kind == account.TOTP {
				generator = c.ID
			}
		}
		if err := o.Remove(t.Context(), weak, generator); !errors.Is(err, factor.ErrProve) {
			t.Errorf("removed on one factor: %v", err)
		}
		if err := o.BeginTOTP(t.Context(), weak); !errors.Is(err, factor.ErrProve) {
			t.Errorf("another set up on one factor: %v", err)
		}
		if err := o.Remove(t.Context(), strong, generator); !errors.Is(err, factor.ErrLast) {
			t.Errorf("the last of a staff person: %v", err)
		}
		if !o.signIn(strong.Person.ID).Guarded {
			t.Fatal("refused, and gone all the same")
		}
		o.now = o.now.Add(factor.Fresh + time.Second)
		if _, err := o.NewPaper(t.Context(), strong); !errors.Is(err, factor.ErrProve) {
			t.Errorf("new codes on an old proof: %v", err)
		}
		member, _, _ := o.guarded("bo@example.dk")
		theirs, err := o.acc.Credentials(t.Context(), member.Person.ID)
		must(t, err)
		if err := o.Remove(t.Context(), member, generator); !errors.Is(err, account.ErrCredential) {
			t.Errorf("somebody else's: %v", err)
		}
		for _, c := range theirs {
			if c.Kind == account.TOTP {
				must(t, o.Remove(t.Context(), member, c.ID))
			}
		}
		if rest, err := o.acc.Credentials(t.Context(), member.Person.ID); err != nil || len(rest) != 0 {
			t.Errorf("codes on paper outlive the generator: %v, %v", rest, err)
		}
		must(t, o.Reset(t.Context(), strong.Person.ID))
		if _, err := o.acc.Session(t.Context(), strong.Token); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("signed in after a reset: %v", err)
		}
		if _, err := o.Prove(t.Context(), o.signIn(strong.Person.ID), a.code(t, o.now)); !errors.Is(err, factor.ErrCode) {
			t.Errorf("a code after the reset: %v", err)
		}
	})
}

// The secret of a generator and the codes on paper cannot be read in the store.
func TestSecretsAreNotInTheStore(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.enter("bo@example.dk")
		waiting := o.app(s)
		_, a, paper := o.guarded("anna@example.dk")
		needles := []string{a.secret, waiting.secret, strings.ReplaceAll(paper[0], "-", "")}
		for _, secret := range []string{a.secret, waiting.secret} {
			raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
			must(t, err)
			needles = append(needles, string(raw))
		}
		must(t, o.db.Read(t.Context(), func(tx *store.Tx) error {
			for _, q := range []string{`SELECT handle, data FROM account_credential`, `SELECT token_hash, data FROM account_ceremony`} {
				err := tx.Each(func(rows *sql.Rows) error {
					var x, y []byte
					err := rows.Scan(&x, &y)
					for _, n := range needles {
						if strings.Contains(string(x)+string(y), n) {
							t.Errorf("%s holds a secret", q)
						}
					}
					return err
				}, q)
				if err != nil {
					return err
				}
			}
			return nil
		}))
	})
}
