package account_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/account"
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

// office is a store with accounts, a clock that a test sets, and the letters
// that were sent.
type office struct {
	*account.Accounts
	t       testing.TB
	db      *store.DB
	now     time.Time
	mu      sync.Mutex
	letters []mail.Message
}

func (o *office) Send(_ context.Context, _ *store.Tx, l mail.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.letters = append(o.letters, l)
	return nil
}

var secret = []byte("a secret of thirty-two bytes, at least")

func newOffice(t testing.TB, db *store.DB, change ...func(*account.Options)) *office {
	t.Helper()
	o := &office{t: t, db: db, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	opt := account.Options{
		Secret: secret, Now: func() time.Time { return o.now }, Mail: o, Join: true,
		Link: func(l i18n.Lang, token string) string { return "https://example.dk/" + string(l) + "/" + token },
	}
	for _, f := range change {
		f(&opt)
	}
	var err error
	o.Accounts, err = account.New(t.Context(), db, opt)
	must(t, err)
	return o
}

// each runs a test on every store.
func each(t *testing.T, test func(*testing.T, *office)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, where string) { test(t, newOffice(t, open(t, where))) })
}

func open(t testing.TB, where string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), where)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var home = netip.MustParseAddr("192.0.2.7")

// ask asks for a link and returns the letter that came, if one did.
func (o *office) ask(address, browser string) mail.Message {
	o.t.Helper()
	before := len(o.letters)
	must(o.t, o.AskLink(o.t.Context(), account.Ask{Address: address, Lang: i18n.Danish, Browser: browser, Network: home}))
	if len(o.letters) == before {
		return mail.Message{}
	}
	return o.letters[len(o.letters)-1]
}

// token is the token of a letter's link.
func token(l mail.Message) string {
	link, ok := l.Data.(account.LinkLetter)
	if !ok {
		return ""
	}
	return link.Link[strings.LastIndexByte(link.Link, '/')+1:]
}

// signIn lets the owner of an address in through a mailed link.
func (o *office) signIn(address string) account.Session {
	o.t.Helper()
	done, err := o.Confirm(o.t.Context(), account.Confirmation{Token: token(o.ask(address, "browser")), Browser: "browser"})
	must(o.t, err)
	return done.Session
}

// person is an active person with roles, granted by an operator.
func (o *office) person(address, name string, roles ...policy.Role) account.Person {
	o.t.Helper()
	s := o.signIn(address)
	must(o.t, o.SetName(o.t.Context(), s.Person.ID, name))
	for _, r := range roles {
		_, err := o.Grant(o.t.Context(), account.ByOperator(), s.Person.ID, r)
		must(o.t, err)
	}
	return o.read(s.Person.ID)
}

func (o *office) read(id account.ID) account.Person {
	o.t.Helper()
	p, err := o.Person(o.t.Context(), id)
	must(o.t, err)
	return p
}

func (o *office) pass(d time.Duration) { o.now = o.now.Add(d) }

// has reports whether a table of the store holds a text anywhere.
func (o *office) has(table, text string) bool {
	o.t.Helper()
	found := false
	must(o.t, o.db.Read(o.t.Context(), func(tx *store.Tx) error {
		rows, err := dump(tx, table)
		found = slices.ContainsFunc(rows, func(row string) bool { return strings.Contains(row, text) })
		return err
	}))
	return found
}

func (o *office) count(table string) (n int) {
	o.t.Helper()
	must(o.t, o.db.Read(o.t.Context(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n)
	}))
	return n
}

// ensure enters an address unless it is there.
func (o *office) ensure(address string) {
	if _, err := o.ByAddress(o.t.Context(), address); err != nil {
		o.enter(address)
	}
}

// enter enters a person as an operator does.
func (o *office) enter(address string) account.Person {
	o.t.Helper()
	id, err := o.Add(o.t.Context(), account.ByOperator(), account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Address: address})
	must(o.t, err)
	return o.read(id)
}
