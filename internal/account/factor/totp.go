package factor

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"

	"barometer/internal/account"
	"barometer/internal/policy"
	"barometer/internal/store"
)

// Codes are those of RFC 6238 with the values that every app knows: SHA-1, six
// digits, thirty seconds. A code of the step before or after is right too, for
// clocks that go wrong and people who type slowly (5.2).
const (
	step        = 30 * time.Second
	secretBytes = 20 // RFC 4226, 4: as long as the hash
	drift       = 1
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// generator is the data of a generator of codes, sealed: the secret, and the
// step of the last code that was taken.
type generator struct {
	secret []byte
	last   int64
}

func (g generator) bytes() []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(g.last)), g.secret...)
}

func parseGenerator(b []byte) (generator, error) {
	if len(b) != 8+secretBytes {
		return generator{}, errors.New("factor: a generator of codes is damaged")
	}
	return generator{secret: b[8:], last: int64(binary.BigEndian.Uint64(b))}, nil
}

// take returns the generator after a code, if the code is right and of a later
// step than the last one taken: no code is taken twice (RFC 6238, 5.2).
func (g generator) take(code string, now time.Time) (generator, bool) {
	at := now.Unix() / int64(step.Seconds())
	found := int64(-1)
	for s := at - drift; s <= at+drift; s++ {
		want, err := hotp.GenerateCode(base32Plain.EncodeToString(g.secret), uint64(s))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > g.last {
			found = s
		}
	}
	if found < 0 {
		return g, false
	}
	g.last = found
	return g, true
}

// cleanCode drops the spaces and dashes that apps and papers show.
func cleanCode(typed string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, typed))
}

// Enrolment is a generator that is being set up.
type Enrolment struct {
	Secret string // in groups of four, to be typed into an app
	URL    string // otpauth:, to be read by an app from a picture
}

// pending names the generator that is being set up in a session.
func pending(s account.Session) account.Ceremony {
	return account.Ceremony{Kind: account.TOTP, Token: "totp/" + s.Token, Browser: s.Token}
}

// BeginTOTP makes a secret for an app. It counts once a code from the app was
// seen; until then a new one takes its place.
func (f *Factors) BeginTOTP(ctx context.Context, s account.Session) error {
	if err := f.MayChange(s); err != nil {
		return err
	}
	c := pending(s)
	c.Data = make([]byte, secretBytes)
	rand.Read(c.Data) //nolint:errcheck // never fails
	_, err := f.Accounts.BeginCeremony(ctx, c)
	return err
}

// PendingTOTP is the generator being set up in a session:
// [account.ErrCeremony] where there is none.
func (f *Factors) PendingTOTP(ctx context.Context, s account.Session) (Enrolment, error) {
	c := pending(s)
	secret, err := f.Accounts.Ceremony(ctx, c.Kind, c.Token, c.Browser)
	if err != nil {
		return Enrolment{}, err
	}
	plain := base32Plain.EncodeToString(secret)
	query := url.Values{"secret": {plain}, "issuer": {f.Name}}
	label := url.PathEscape(f.Name) + ":" + url.PathEscape(s.Person.Address)
	return Enrolment{Secret: groups(plain), URL: "otpauth://totp/" + label + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")}, nil
}

func groups(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ConfirmTOTP takes the generator being set up into use, on a first code from
// it. It returns the stronger session, and the codes for paper if there were
// none.
func (f *Factors) ConfirmTOTP(ctx context.Context, s account.Session, code string) (strong account.Session, paper []string, err error) {
	if err := f.MayChange(s); err != nil {
		return account.Session{}, nil, err
	}
	c := pending(s)
	secret, err := f.Accounts.Ceremony(ctx, c.Kind, c.Token, c.Browser)
	if err != nil {
		return account.Session{}, nil, err
	}
	g, right := generator{secret: secret}.take(cleanCode(code), f.Now())
	if !right {
		return account.Session{}, nil, f.missed(ctx, s)
	}
	id, by := s.Person.ID, account.ByPerson(s.Person.ID)
	err = f.Store.Write(ctx, func(tx *store.Tx) error {
		if err := f.Accounts.MayTry(tx, id); err != nil {
			return err
		}
		if err := f.Accounts.DropCeremony(tx, c.Token); err != nil {
			return err
		}
		_, err := f.Accounts.AddCredential(tx, by, account.Credential{
			Person: id, Kind: account.TOTP, Handle: []byte(id.String()), Data: f.Accounts.Seal(g.bytes(), account.TOTP+"/"+id.String()),
		})
		if errors.Is(err, account.ErrCredential) {
			return ErrThere
		}
		if err != nil {
			return err
		}
		strong, paper, err = f.guard(tx, s, account.TOTP)
		return err
	})
	return strong, paper, err
}

// guard does what follows when a second factor was added: the person is told,
// the session is a stronger one, others have to show the factor, and there are
// codes on paper.
func (f *Factors) guard(tx *store.Tx, s account.Session, method string) (strong account.Session, paper []string, err error) {
	id := s.Person.ID
	if err := errors.Join(f.Accounts.Hit(tx, id), f.Accounts.Tell(tx, id, account.FactorAdded)); err != nil {
		return account.Session{}, nil, err
	}
	old, err := ofKind(tx, id, account.Recovery)
	if err != nil {
		return account.Session{}, nil, err
	}
	if len(old) == 0 {
		if paper, err = f.writePaper(tx, id); err != nil {
			return account.Session{}, nil, err
		}
	}
	strong, err = f.strengthen(tx, s, method)
	return strong, paper, err
}

// missed counts a wrong code and says what the person is told.
func (f *Factors) missed(ctx context.Context, s account.Session) error {
	var locked *account.LockedError
	err := f.Store.Write(ctx, func(tx *store.Tx) error {
		if err := f.Accounts.MayTry(tx, s.Person.ID); err != nil {
			return err
		}
		return f.Accounts.Miss(tx, s.Person.ID)
	})
	if err == nil || errors.As(err, &locked) {
		return errors.Join(err, ErrCode)
	}
	return err
}

// Prove shows a second factor by a code, from the app or from paper, and
// returns the stronger session.
func (f *Factors) Prove(ctx context.Context, s account.Session, typed string) (strong account.Session, err error) {
	code, id := cleanCode(typed), s.Person.ID
	wrong := false
	err = f.Store.Write(ctx, func(tx *store.Tx) error {
		if wrong, err = f.try(tx, id, code); err != nil || wrong {
			return err
		}
		strong, err = f.strengthen(tx, s, account.TOTP)
		return err
	})
	if err == nil && wrong {
		err = ErrCode
	}
	return strong, err
}

// ProveHere shows a second factor by a code to a command that the person runs in
// the home folder, or has the operator run: the first thing shown is that the
// machine lets them. No session begins.
func (f *Factors) ProveHere(ctx context.Context, id account.ID, typed string) (who policy.Subject, err error) {
	wrong := false
	err = f.Store.Write(ctx, func(tx *store.Tx) error {
		p, err := account.PersonIn(tx, id)
		if err != nil {
			return err
		}
		if p.State != account.Active {
			return fmt.Errorf("an account that is %s: %w", p.State, account.ErrTransition)
		}
		who = policy.Subject{Person: id.String(), Roles: p.Roles, Factors: 2, At: f.Now()}
		wrong, err = f.try(tx, id, cleanCode(typed))
		return err
	})
	if err == nil && wrong {
		err = ErrCode
	}
	if err != nil {
		return policy.Subject{}, err
	}
	return who, nil
}

// try uses a code up and counts a wrong one.
func (f *Factors) try(tx *store.Tx, id account.ID, code string) (wrong bool, err error) {
	if err := f.Accounts.MayTry(tx, id); err != nil {
		return false, err
	}
	right, err := f.takeCode(tx, id, code)
	switch {
	case err != nil:
		return false, err
	case !right:
		return true, f.Accounts.Miss(tx, id)
	}
	return false, f.Accounts.Hit(tx, id)
}

// takeCode uses a code up, whichever it is.
func (f *Factors) takeCode(tx *store.Tx, id account.ID, code string) (bool, error) {
	if len(code) != 6 {
		return f.takePaper(tx, id, code)
	}
	list, err := ofKind(tx, id, account.TOTP)
	if err != nil || len(list) == 0 {
		return false, err
	}
	about := account.TOTP + "/" + id.String()
	plain, err := f.Accounts.Open(list[0].Data, about)
	if err != nil {
		return false, err
	}
	g, err := parseGenerator(plain)
	if err != nil {
		return false, err
	}
	next, right := g.take(code, f.Now())
	if !right {
		return false, nil
	}
	return true, f.Accounts.UseCredential(tx, list[0].ID, f.Accounts.Seal(next.bytes(), about))
}
