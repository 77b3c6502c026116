package pages

import (
	"net/http"
	"time"

	"barometer/internal/account"
	"barometer/internal/web"
)

// The cookies. Over HTTPS their names carry the prefix __Host-, which keeps
// other hosts of the domain from setting them.
const (
	sessionCookie  = "barometer_session"
	browserCookie  = "barometer_browser"  // binds a mailed link to the browser that asked for it
	knownCookie    = "barometer_known"    // marks of persons who have signed in at the browser
	identityCookie = "barometer_identity" // names an identity that waits to be linked
)

// browserLife outlives a link.
const browserLife = time.Hour

func (p *Pages) cookieName(name string) string {
	if p.HTTPS {
		return "__Host-" + name
	}
	return name
}

// set gives the browser a cookie; without a life it ends with the browser.
func (p *Pages) set(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: p.cookieName(name), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: p.HTTPS, SameSite: http.SameSiteLaxMode,
	})
}

func (p *Pages) drop(w http.ResponseWriter, name string) { p.set(w, name, "", -time.Second) }

func (p *Pages) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(p.cookieName(name))
	if err != nil || len(c.Value) > 200 {
		return ""
	}
	return c.Value
}

func (p *Pages) token(r *http.Request) string { return p.cookie(r, sessionCookie) }

// browser returns the secret of the asking browser, and gives it one where it
// has none. Several links may be asked for from several tabs.
func (p *Pages) browser(w http.ResponseWriter, r *http.Request) string {
	secret := p.cookie(r, browserCookie)
	if len(secret) < 43 { // 256 bits in base 64
		secret = account.NewToken()
	}
	p.set(w, browserCookie, secret, browserLife)
	return secret
}

// begin gives the browser a session. Members stay signed in when the browser
// is closed, staff do not.
func (p *Pages) begin(w http.ResponseWriter, r *http.Request, s account.Session) {
	life := s.Ends.Sub(p.Now())
	if s.Person.Staff() {
		life = 0
	}
	p.set(w, sessionCookie, s.Token, life)
	p.set(w, knownCookie, p.Accounts.Marks(p.cookie(r, knownCookie), s.Person.ID), knownLife)
}

// knownLife is how long a browser is known that is not used to sign in.
const knownLife = 365 * 24 * time.Hour

// device is what a request says of where it comes from.
func (p *Pages) device(r *http.Request) account.Device {
	d := account.DeviceOf(r.UserAgent())
	d.Marks = p.cookie(r, knownCookie)
	return d
}

// notes lists what a page may be told to say once: keys of messages. The cookie
// is the browser's to change, so it picks from the list and words nothing.
var notes = map[string]bool{
	"note.signedout": true, "note.name": true, "note.address": true, "note.addressasked": true, "note.session": true,
	"note.sessions": true, "note.role": true, "note.reopened": true, "note.added": true, "note.asked": true,
	"note.confirmed": true, "note.ended": true, "note.suspended": true, "note.reinstated": true,
	"note.linked": true, "note.factor": true, "note.removed": true,
}

// say has the next page say something.
func (p *Pages) say(w http.ResponseWriter, key string) { p.Shell.Say(w, key) }

// failures are further notes, which tell of something that went wrong.
var failures = map[string]bool{"note.declined": true, "note.answer": true, "note.unreachable": true, "note.passkey": true}

// noted returns what this page is to say, and forgets it.
func (p *Pages) noted(w http.ResponseWriter, r *http.Request) *web.Alert {
	key := p.Shell.Said(w, r)
	switch {
	case failures[key]:
		return &web.Alert{Kind: web.Warning, Text: p.T(r, key), Live: true}
	case notes[key]:
		return web.Done(p.T(r, key))
	default:
		return nil
	}
}
