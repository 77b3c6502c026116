package account

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"net/netip"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/limit"
	"barometer/internal/mail"
	"barometer/internal/store"
)

var (
	// ErrLink says that a link is worthless: used, expired, or never made.
	ErrLink = errors.New("link is used, expired or unknown")
	// ErrOtherBrowser says that a link belongs to the browser that asked for
	// it, and this is another. The link is not used up.
	ErrOtherBrowser = errors.New("link was asked for in another browser")
)

// Limits bound the mail that forms can make the program send. They are counted
// in the store, so that several servers keep them together.
type Limits struct {
	Life    time.Duration // of a link
	Window  time.Duration // in which asking is counted
	Address int           // letters to one address, whoever asks
	Pair    int           // letters to one address asked for from one network
	Network int           // letters asked for from one network: a municipality may share one
}

// DefaultLimits let somebody who mistypes try again, and a stranger who wants to
// flood a mailbox or to keep its owner out reach neither: the owner asks from
// another network.
var DefaultLimits = Limits{Life: 15 * time.Minute, Window: time.Hour, Address: 12, Pair: 5, Network: 600}

func (l Limits) withDefaults() Limits {
	if l == (Limits{}) {
		return DefaultLimits
	}
	return l
}

// TooManyError says that a network has asked for too many links.
type TooManyError struct{ Wait time.Duration }

func (e *TooManyError) Error() string { return "too many links asked for, wait " + e.Wait.String() }

// Purpose is what confirming a link does.
type Purpose string

// The purposes.
const (
	SignIn        Purpose = "sign-in"
	ChangeAddress Purpose = "address" // the link went to the new address
	Nothing       Purpose = "nothing" // a letter without a link: kept to be counted
)

// Ask is a request for a link.
type Ask struct {
	Address string // as typed
	Lang    i18n.Lang
	Browser string // secret that only the asking browser has
	Network netip.Addr
	Next    string // page to go to afterwards, kept as given
}

// AskLink mails a link that signs the owner of an address in. What it does and
// answers does not depend on whether the address is known: every ask writes one
// row and one letter, and the letter alone says what the row is good for. An
// ask beyond the address's limits does neither, and the answer is the same
// again. [ErrAddress] and [TooManyError] tell of the asker, not of the address.
func (a *Accounts) AskLink(ctx context.Context, ask Ask) error {
	address, err := CleanAddress(ask.Address)
	if err != nil {
		return err
	}
	ask.Address = address
	return a.db.Write(ctx, func(tx *store.Tx) error {
		row := a.newLink(ask)
		asked, err := a.counts(tx, row)
		if err != nil || asked.full(a.opt.Limits) {
			return err
		}
		p, err := findBare(tx, address)
		if err != nil && !errors.Is(err, ErrNoPerson) {
			return err
		}
		token := NewToken()
		letter := a.signInLetter(&row, p, ask, token)
		return errors.Join(a.keepLink(tx, row, token), a.write(tx, letter))
	})
}

// signInLetter chooses what the owner of the address is told, and what the link
// is good for.
func (a *Accounts) signInLetter(row *link, p Person, ask Ask, token string) mail.Message {
	l := mail.Message{To: ask.Address, Name: p.Name, Lang: ask.Lang, Urgent: true, Expires: row.expires, Data: PlainLetter{}}
	row.person, row.purpose = p.ID, SignIn
	switch {
	case p.ID == 0 && !a.opt.Join:
		l.Template, row.purpose = "account-unknown", Nothing
		return l
	case p.ID != 0 && !p.State.SignsIn():
		l.Template, row.purpose = "account-suspended", Nothing
		return l
	case p.ID == 0:
		l.Template = "account-join"
	default:
		l.Template = "account-sign-in"
	}
	l.Data = a.linkLetter(ask.Lang, token)
	return l
}

func (a *Accounts) linkLetter(l i18n.Lang, token string) LinkLetter {
	return LinkLetter{Link: a.opt.Link(l, token), Minutes: a.LinkMinutes()}
}

// AskAddress mails a link to a new address of a signed-in person. The address
// changes when the link is confirmed. An address that another account has gets
// the letter that tells so, and the answer is the same.
func (a *Accounts) AskAddress(ctx context.Context, id ID, ask Ask) error {
	address, err := CleanAddress(ask.Address)
	if err != nil {
		return err
	}
	ask.Address = address
	return a.db.Write(ctx, func(tx *store.Tx) error {
		row := a.newLink(ask)
		asked, err := a.counts(tx, row)
		if err != nil || asked.full(a.opt.Limits) {
			return err
		}
		owner, err := findBare(tx, address)
		if err != nil && !errors.Is(err, ErrNoPerson) {
			return err
		}
		token := NewToken()
		l := mail.Message{To: address, Lang: ask.Lang, Urgent: true, Expires: row.expires, Template: "account-address", Data: a.linkLetter(ask.Lang, token)}
		row.person, row.purpose = id, ChangeAddress
		if owner.ID != 0 {
			l.Template, l.Data, row.purpose = "account-address-taken", PlainLetter{}, Nothing
		}
		return errors.Join(a.keepLink(tx, row, token), a.write(tx, l))
	})
}

// OperatorLink makes a link that signs a person in, for an operator to hand
// over: the first administrator's, or that of somebody whose mail is lost. Any
// one browser may confirm it.
func (a *Accounts) OperatorLink(ctx context.Context, id ID) (token string, err error) {
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		if !p.State.SignsIn() {
			return ErrTransition
		}
		row := a.newLink(Ask{Address: p.Address, Lang: p.Lang})
		row.person, row.purpose, row.browser = id, SignIn, []byte{}
		token = NewToken()
		return errors.Join(a.keepLink(tx, row, token), a.record(tx, ByOperator(), "link.make", id, nil))
	})
	return token, err
}

// link is one row of account_link.
type link struct {
	purpose          Purpose
	address          string
	person           ID
	browser, network []byte
	lang             i18n.Lang
	next             string
	asked, expires   time.Time
	used             bool
}

func (a *Accounts) newLink(ask Ask) link {
	now := a.opt.Now()
	return link{
		address: ask.Address, lang: ask.Lang, next: ask.Next,
		browser: a.hash(ask.Browser), network: keyed(a.networkKey, limit.Network(ask.Network).String()),
		asked: now, expires: now.Add(a.opt.Limits.Life),
	}
}

func (a *Accounts) keepLink(tx *store.Tx, l link, token string) error {
	const q = `INSERT INTO account_link (token_hash, purpose, address, person, browser_hash, network_hash, lang, next, asked_ms, expires_ms, used_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`
	_, err := tx.Exec(q, a.hash(token), string(l.purpose), l.address, int64(l.person), l.browser, l.network,
		string(l.lang), l.next, store.Millis(l.asked), store.Millis(l.expires))
	return err
}

func (a *Accounts) readLink(tx *store.Tx, token string) (l link, err error) {
	const q = `SELECT purpose, address, person, browser_hash, lang, next, expires_ms, used_ms FROM account_link WHERE token_hash = ?`
	var purpose, lang string
	var expires, used int64
	err = tx.QueryRow(q, a.hash(token)).Scan(&purpose, &l.address, &l.person, &l.browser, &lang, &l.next, &expires, &used)
	if errors.Is(err, sql.ErrNoRows) {
		return link{}, ErrLink
	}
	l.purpose, l.lang, l.expires, l.used = Purpose(purpose), i18n.Lang(lang), store.FromMillis(expires), used != 0
	return l, err
}

// usable reports why a link cannot be confirmed by the browser, if it cannot.
func (a *Accounts) usable(l link, browser string) error {
	switch {
	case l.used || l.purpose == Nothing || !a.opt.Now().Before(l.expires):
		return ErrLink
	case len(l.browser) > 0 && (browser == "" || !hmac.Equal(l.browser, a.hash(browser))):
		return ErrOtherBrowser
	}
	return nil
}

// dropLinks makes all links of an address worthless.
func dropLinks(tx *store.Tx, address string) error {
	if address == "" {
		return nil
	}
	_, err := tx.Exec(`UPDATE account_link SET used_ms = asked_ms WHERE address = ? AND used_ms = 0`, address)
	return err
}

// asked is how often links were asked for within the window.
type asked struct {
	address, pair int
}

func (c asked) full(l Limits) bool { return c.address >= l.Address || c.pair >= l.Pair }

// counts counts what was asked for and refuses a network that asks too much.
func (a *Accounts) counts(tx *store.Tx, l link) (c asked, err error) {
	limits := a.opt.Limits
	since := store.Millis(l.asked.Add(-limits.Window))
	var network int
	var oldest int64
	const byNetwork = `SELECT COUNT(*), COALESCE(MIN(asked_ms), 0) FROM account_link WHERE network_hash = ? AND asked_ms > ?`
	if err := tx.QueryRow(byNetwork, l.network, since).Scan(&network, &oldest); err != nil {
		return c, err
	}
	if network >= limits.Network {
		return c, &TooManyError{Wait: store.FromMillis(oldest).Add(limits.Window).Sub(l.asked)}
	}
	const byAddress = `SELECT COUNT(*), COALESCE(SUM(CASE WHEN network_hash = ? THEN 1 ELSE 0 END), 0)
		FROM account_link WHERE address = ? AND asked_ms > ?`
	return c, tx.QueryRow(byAddress, l.network, l.address, since).Scan(&c.address, &c.pair)
}

// LinkMinutes is how long a mailed link can be confirmed.
func (a *Accounts) LinkMinutes() int { return int(a.opt.Limits.Life.Minutes()) }
