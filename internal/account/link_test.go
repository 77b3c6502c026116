package account_test

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"barometer/internal/account"
	"barometer/internal/i18n"
)

const anna = "anna@example.dk"

func TestLinkSignsInOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tok := token(o.ask("Anna@Example.DK ", "browser"))
		c := account.Confirmation{Token: tok, Browser: "browser"}
		done, err := o.Confirm(t.Context(), c)
		must(t, err)
		s, err := o.Session(t.Context(), done.Session.Token)
		must(t, err)
		if s.Person.Address != anna || s.Person.State != account.Verified {
			t.Errorf("signed in as %+v", s.Person)
		}
		if _, err := o.Confirm(t.Context(), c); !errors.Is(err, account.ErrLink) {
			t.Errorf("token used twice: %v", err)
		}
	})
}

func TestLinkExpires(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tok := token(o.ask(anna, "browser"))
		o.pass(account.DefaultLimits.Life - time.Second)
		if _, err := o.Look(t.Context(), tok, "browser"); err != nil {
			t.Errorf("a second before its end: %v", err)
		}
		o.pass(time.Second)
		if _, err := o.Confirm(t.Context(), account.Confirmation{Token: tok, Browser: "browser"}); !errors.Is(err, account.ErrLink) {
			t.Errorf("after its end: %v", err)
		}
	})
}

func TestLinkOfAnotherBrowserIsRefusedAndKept(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tok := token(o.ask(anna, "browser"))
		for _, other := range []string{"", "another"} {
			if _, err := o.Confirm(t.Context(), account.Confirmation{Token: tok, Browser: other}); !errors.Is(err, account.ErrOtherBrowser) {
				t.Errorf("browser %q: %v", other, err)
			}
		}
		if _, err := o.Confirm(t.Context(), account.Confirmation{Token: tok, Browser: "browser"}); err != nil {
			t.Errorf("the browser that asked: %v", err)
		}
	})
}

func TestMailScannerUsesNothingUp(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tok := token(o.ask(anna, "browser"))
		for range 3 {
			_, err := o.Look(t.Context(), tok, "")
			if !errors.Is(err, account.ErrOtherBrowser) {
				t.Fatal(err)
			}
		}
		if _, err := o.Confirm(t.Context(), account.Confirmation{Token: tok, Browser: "browser"}); err != nil {
			t.Error(err)
		}
	})
}

// Signing in makes the other links of the address worthless: one mail that is
// read by somebody else later is no danger.
func TestSigningInEndsOtherLinks(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first, second := token(o.ask(anna, "browser")), token(o.ask(anna, "browser"))
		_, err := o.Confirm(t.Context(), account.Confirmation{Token: second, Browser: "browser"})
		must(t, err)
		if _, err := o.Look(t.Context(), first, "browser"); !errors.Is(err, account.ErrLink) {
			t.Errorf("the earlier link: %v", err)
		}
	})
}

// Known, unknown and suspended addresses cost the same rows and letters, with
// and without open registration.
func TestAnswerDoesNotTellWhoHasAnAccount(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for _, join := range []bool{true, false} {
			o := newOffice(t, o.db, func(opt *account.Options) { opt.Join = join })
			o.ensure(anna)
			suspended := o.enter(fmt.Sprintf("barred-%v@example.dk", join))
			must(t, o.Suspend(t.Context(), account.ByOperator(), suspended.ID))
			for _, address := range []string{anna, suspended.Address, fmt.Sprintf("nobody-%v@example.dk", join)} {
				rows, letters := o.count("account_link"), len(o.letters)
				o.ask(address, "browser")
				if o.count("account_link") != rows+1 || len(o.letters) != letters+1 {
					t.Errorf("join %v: %s got %d rows and %d letters", join, address, o.count("account_link")-rows, len(o.letters)-letters)
				}
			}
		}
	})
}

// Nor does the time that it takes: the quickest of many answers to each kind of
// address, asked for in turn, are of a size.
func TestTimeDoesNotTellWhoHasAnAccount(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o = newOffice(t, o.db, func(opt *account.Options) {
			opt.Limits = account.Limits{Life: time.Minute, Window: time.Hour, Address: 1e6, Pair: 1e6, Network: 1e6}
		})
		o.ensure(anna)
		barred := o.enter("barred@example.dk")
		must(t, o.Suspend(t.Context(), account.ByOperator(), barred.ID))
		addresses := []string{anna, barred.Address, "nobody@example.dk"}
		quickest := map[string]time.Duration{}
		for range 60 {
			for _, address := range addresses {
				began := time.Now()
				o.ask(address, "browser")
				if took := time.Since(began); quickest[address] == 0 || took < quickest[address] {
					quickest[address] = took
				}
			}
		}
		for _, a := range addresses {
			for _, b := range addresses {
				if quickest[a] > quickest[b]*3/2+500*time.Microsecond {
					t.Errorf("%s takes %v, %s takes %v", a, quickest[a], b, quickest[b])
				}
			}
		}
	})
}

func TestUnknownAddressOpensNoAccountWhereRegistrationIsClosed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o = newOffice(t, o.db, func(opt *account.Options) { opt.Join = false })
		if l := o.ask("nobody@example.dk", "browser"); l.Template != "account-unknown" || token(l) != "" {
			t.Errorf("letter %+v", l)
		}
	})
}

func TestThousandAsksSendFewMails(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for range 1000 {
			o.ask(anna, "browser")
			o.pass(time.Second)
		}
		if n := len(o.letters); n != account.DefaultLimits.Pair {
			t.Errorf("%d letters from one network within the hour, want %d", n, account.DefaultLimits.Pair)
		}
		// From many networks the address is still spared.
		for i := range 200 {
			must(t, o.AskLink(t.Context(), account.Ask{Address: anna, Lang: i18n.Danish, Browser: "b", Network: netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})}))
		}
		if n := len(o.letters); n > account.DefaultLimits.Address {
			t.Errorf("%d letters within the hour, want at most %d", n, account.DefaultLimits.Address)
		}
		o.pass(time.Hour)
		if l := o.ask(anna, "browser"); token(l) == "" {
			t.Error("no letter an hour later: the owner is kept out")
		}
	})
}

func TestOneNetworkAsksForManyAddresses(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o = newOffice(t, o.db, func(opt *account.Options) {
			opt.Limits = account.DefaultLimits
			opt.Limits.Network = 20
		})
		var tooMany *account.TooManyError
		var err error
		for i := range 21 {
			err = o.AskLink(t.Context(), account.Ask{Address: fmt.Sprintf("a%d@example.dk", i), Lang: i18n.Danish, Browser: "b", Network: home})
		}
		if !errors.As(err, &tooMany) || tooMany.Wait <= 0 || tooMany.Wait > time.Hour {
			t.Fatalf("%v", err)
		}
		err = o.AskLink(t.Context(), account.Ask{Address: anna, Lang: i18n.Danish, Browser: "b", Network: netip.MustParseAddr("198.51.100.1")})
		must(t, err)
	})
}

// Of many who confirm one link at one time, through two servers, one gets in;
// of many who ask at one time, few are written to.
func TestLinksUnderConcurrency(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		other := newOffice(t, o.db)
		tok := token(o.ask(anna, "browser"))
		var in, refused atomic.Int32
		var group sync.WaitGroup
		for i := range 20 {
			server := []*office{o, other}[i%2]
			group.Go(func() {
				_, err := server.Confirm(t.Context(), account.Confirmation{Token: tok, Browser: "browser"})
				switch {
				case err == nil:
					in.Add(1)
				case errors.Is(err, account.ErrLink):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()
		if in.Load() != 1 || refused.Load() != 19 || o.count("account_person") != 1 || o.count("account_session") != 1 {
			t.Errorf("%d got in, %d refused", in.Load(), refused.Load())
		}
		o.pass(2 * time.Hour)
		before := o.count("account_link")
		for range 20 {
			group.Go(func() {
				err := o.AskLink(t.Context(), account.Ask{Address: anna, Lang: i18n.Danish, Browser: "b", Network: home})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if n := o.count("account_link") - before; n != account.DefaultLimits.Pair {
			t.Errorf("%d links kept of 20 asked for at once, want %d", n, account.DefaultLimits.Pair)
		}
	})
}

// A letter to an address that the account has given up signs nobody in.
func TestLinkToFormerAddressIsWorthless(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		p := o.person(anna, "Anna Holm")
		o.pass(time.Hour)
		stale := token(o.ask(anna, "browser"))
		must(t, o.AskAddress(t.Context(), p.ID, account.Ask{Address: "new@example.dk", Lang: i18n.Danish, Browser: "browser", Network: home}))
		done, err := o.Confirm(t.Context(), account.Confirmation{Token: token(o.letters[len(o.letters)-1]), Browser: "browser"})
		must(t, err)
		if done.Session.Token != "" || o.read(p.ID).Address != "new@example.dk" {
			t.Errorf("%+v, address %s", done, o.read(p.ID).Address)
		}
		if told := o.letters[len(o.letters)-1]; told.To != anna || told.Template != "account-address-changed" {
			t.Errorf("the old address was not told: %+v", told)
		}
		if _, err := o.Confirm(t.Context(), account.Confirmation{Token: stale, Browser: "browser"}); !errors.Is(err, account.ErrLink) {
			t.Errorf("%v", err)
		}
	})
}

func TestTokensAreNotInTheStore(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tok := token(o.ask(anna, "browser-secret"))
		done, err := o.Confirm(t.Context(), account.Confirmation{Token: tok, Browser: "browser-secret"})
		must(t, err)
		for _, table := range []string{"account_link", "account_session", "audit_event"} {
			for _, text := range []string{tok, "browser-secret", done.Session.Token} {
				if o.has(table, text) {
					t.Errorf("%s holds a secret in clear", table)
				}
			}
		}
		if o.has("audit_event", anna) {
			t.Error("the audit log holds an address")
		}
	})
}
