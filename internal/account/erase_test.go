package account_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"barometer/internal/account"
	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
)

// furnished is a person about whom every table has something.
func furnished(t *testing.T, o *office) account.Person {
	p := o.person(anna, "Anna Holm", policy.Researcher)
	must(t, o.db.Write(t.Context(), func(tx *store.Tx) error {
		me := account.ByPerson(p.ID)
		_, err := o.AddCredential(tx, me, account.Credential{Person: p.ID, Kind: "passkey", Handle: []byte("anna's key"), Label: "anna's phone", Data: []byte("x")})
		_, err2 := o.AddMembership(tx, me, account.Membership{Person: p.ID, PNumber: "1003456789", CVR: "12345674", Role: "manager"})
		return errors.Join(err, err2)
	}))
	return p
}

var tables = []string{"account_person", "account_name", "account_email", "account_credential", "account_membership",
	"account_grant", "account_link", "account_session", "account_ceremony", "account_misses", "audit_event"}

func TestClosingAndErasing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := furnished(t, o)
		s, other := o.signIn(anna), o.signIn(anna)
		must(t, o.Close(t.Context(), s, false))
		if _, err := o.Session(t.Context(), other.Token); !errors.Is(err, account.ErrNoSession) {
			t.Errorf("another session is still on: %v", err)
		}
		if again, err := o.Session(t.Context(), s.Token); err != nil || len(again.Subject().Roles) != 0 {
			t.Errorf("%v, roles %v", err, again.Subject().Roles)
		}
		o.pass(account.ClosingTime - time.Second)
		done, err := o.Tend(t.Context())
		must(t, err)
		if len(done.Erased) != 0 {
			t.Fatal("erased before its time")
		}
		o.pass(time.Second)
		done, err = o.Tend(t.Context())
		must(t, err)
		if len(done.Erased) != 1 || done.Erased[0] != p.ID {
			t.Fatalf("%+v", done)
		}
		for _, table := range tables {
			for _, text := range []string{"Anna", "anna", "Holm", "1003456789"} {
				if o.has(table, text) {
					t.Errorf("%s still holds %q", table, text)
				}
			}
		}
		gone := o.read(p.ID)
		if gone.State != account.Erased || gone.Label() != account.FormerName(p.ID) || gone.Label().DA != "Tidligere bidragyder "+p.ID.String() {
			t.Errorf("%+v is called %v", gone, gone.Label())
		}
		// The log still verifies, and the address may open another account under another id.
		head, err := audit.Verify(t.Context(), o.db)
		if err != nil {
			t.Errorf("audit log after erasure: %v (%v)", err, head)
		}
		if next := o.signIn(anna); next.Person.ID <= p.ID {
			t.Errorf("id %d given after %d", next.Person.ID, p.ID)
		}
	})
}

func TestReopening(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := o.person(anna, "Anna Holm")
		must(t, o.Close(t.Context(), o.signIn(anna), false))
		o.pass(29 * 24 * time.Hour)
		s := o.signIn(anna)
		must(t, o.Reopen(t.Context(), s.Person.ID))
		must(t, o.SetName(t.Context(), p.ID, "Anna Holm"))
		o.pass(account.ClosingTime)
		done, err := o.Tend(t.Context())
		must(t, err)
		if len(done.Erased) != 0 || o.read(p.ID).State != account.Active {
			t.Errorf("%+v, %s", done, o.read(p.ID).State)
		}
	})
}

func TestNameStaysWhereThePersonWantsCredit(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := furnished(t, o)
		must(t, o.Close(t.Context(), o.signIn(anna), true))
		o.pass(account.ClosingTime)
		_, err := o.Tend(t.Context())
		must(t, err)
		if got := o.read(p.ID).Label(); got != i18n.Same("Anna Holm") {
			t.Errorf("called %v", got)
		}
		for _, table := range []string{"account_email", "account_credential", "account_membership", "account_session"} {
			if o.count(table) != 0 {
				t.Errorf("%s is not empty", table)
			}
		}
	})
}

func TestNoErasureWhileSomethingIsDecided(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		why := "a moderation case is open"
		o = newOffice(t, o.db, func(opt *account.Options) {
			opt.Held = func(*store.Tx, account.ID) (string, error) { return why, nil }
		})
		p := o.person(anna, "Anna Holm")
		must(t, o.Close(t.Context(), o.signIn(anna), false))
		o.pass(account.ClosingTime)
		done, err := o.Tend(t.Context())
		must(t, err)
		if len(done.Held) != 1 || o.read(p.ID).Name != "Anna Holm" {
			t.Fatalf("%+v", done)
		}
		why = ""
		done, err = o.Tend(t.Context())
		must(t, err)
		if len(done.Erased) != 1 {
			t.Errorf("%+v", done)
		}
	})
}

func TestAccountNobodyCameToIsErased(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := o.enter(anna)
		o.pass(account.PendingTime)
		done, err := o.Tend(t.Context())
		must(t, err)
		if len(done.Erased) != 1 || o.read(p.ID).Address != "" {
			t.Errorf("%+v", done)
		}
		if o.count("account_link") != 0 {
			t.Error("worthless links are kept")
		}
	})
}

func TestExportTellsAllButSecrets(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := furnished(t, o)
		s := o.signIn(anna)
		stranger := o.person("eve@example.dk", "Eve Sand")
		e, err := o.Export(t.Context(), p.ID)
		must(t, err)
		text, err := json.Marshal(e)
		must(t, err)
		for _, want := range []string{anna, "Anna Holm", "researcher", "1003456789", "anna's phone", "session.begin", "role.grant"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the export does not tell %q", want)
			}
		}
		for _, secret := range []string{s.Token, "anna's key", stranger.Name, stranger.Address} {
			if strings.Contains(string(text), secret) {
				t.Errorf("the export tells %q", secret)
			}
		}
	})
}

func TestCredentialOpensOneAccount(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		furnished(t, o)
		eve := o.person("eve@example.dk", "Eve Sand")
		err := o.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := o.AddCredential(tx, account.ByPerson(eve.ID), account.Credential{Person: eve.ID, Kind: "passkey", Handle: []byte("anna's key"), Data: []byte{}})
			return err
		})
		if !errors.Is(err, account.ErrCredential) {
			t.Errorf("%v", err)
		}
	})
}
