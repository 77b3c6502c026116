package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/limit"
	"barometer/internal/web"
	"barometer/survey/contact"
)

// respondent is who a request comes from: a browser with a right to work on
// one workplace's response.
type respondent struct {
	contact.Session
	wave *Wave
	lang i18n.Lang
}

// response names the respondent's response to the pages drawn from it, so that
// one that is open in another tab is never saved to this one. It tells nobody
// the unit.
func (who respondent) response() string {
	sum := sha256.Sum256([]byte("page of " + who.Wave + " " + who.Unit))
	return hex.EncodeToString(sum[:8])
}

// errOther says that a page was drawn from another response than the one the
// browser works on now.
var errOther = errors.New("page of another response")

// errWaveOver says that the session belongs to a wave no longer collected.
var errWaveOver = errors.New("wave is no longer collected")

// cookieName is the name of the session's cookie. Over HTTPS it has the prefix
// that keeps other hosts of the domain from setting it.
func (r *Runner) cookieName() string {
	if r.HTTPS {
		return "__Host-barometer_survey"
	}
	return "barometer_survey"
}

// member serves a page to respondents who are signed in. Others are asked for
// the code and come back to the page afterwards.
func (r *Runner) member(serve func(http.ResponseWriter, *http.Request, respondent)) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		who, err := r.identify(req)
		switch {
		case isSignedOut(err):
			r.toEntry(w, req)
		case err != nil:
			r.fail(w, req, err)
		default:
			serve(w, req, who)
		}
	}
}

func isSignedOut(err error) bool {
	return errors.Is(err, contact.ErrNoSession) || errors.Is(err, contact.ErrExpired)
}

// identify returns the respondent of the request's cookie. With
// [contact.ErrExpired] it returns the respondent too: what was posted may be
// saved, nothing may be shown.
func (r *Runner) identify(req *http.Request) (respondent, error) {
	cookie, err := req.Cookie(r.cookieName())
	if err != nil {
		return respondent{}, contact.ErrNoSession
	}
	session, err := r.Access.Session(req.Context(), cookie.Value)
	if err != nil && !errors.Is(err, contact.ErrExpired) {
		return respondent{}, err
	}
	if !r.mayKey(req, session) {
		return respondent{}, contact.ErrNoSession
	}
	who := respondent{Session: session, wave: r.waves[session.Wave], lang: web.Lang(req)}
	if who.wave == nil {
		return respondent{}, errWaveOver
	}
	if err == nil {
		who.Session, err = r.Access.Extend(req.Context(), session)
	}
	return who, err
}

// redeem turns a typed code into a session and gives the browser its cookie.
func (r *Runner) redeem(w http.ResponseWriter, req *http.Request, code string) (respondent, error) {
	address := limit.Address(req, r.Proxied)
	if wait := r.Throttle.Wait(address, r.Now()); wait > 0 {
		return respondent{}, &tooManyError{wait}
	}
	session, err := r.Access.Redeem(req.Context(), code)
	if errors.Is(err, contact.ErrUnknown) {
		r.Throttle.Failed(address, r.Now())
	}
	if err != nil {
		return respondent{}, err
	}
	who := respondent{Session: session, wave: r.waves[session.Wave], lang: web.Lang(req)}
	if who.wave == nil {
		return respondent{}, errWaveOver
	}
	http.SetCookie(w, r.cookie(session.Token))
	return who, nil
}

// cookie holds the session token and nothing else. Without an age it ends with
// the browser; the session itself ends on the server.
func (r *Runner) cookie(token string) *http.Cookie {
	return &http.Cookie{
		Name: r.cookieName(), Value: token, Path: "/",
		HttpOnly: true, Secure: r.HTTPS, SameSite: http.SameSiteLaxMode,
	}
}

// signOut ends the session, as on a computer that others use too.
func (r *Runner) signOut(ctx context.Context, w http.ResponseWriter, who respondent) error {
	gone := r.cookie("")
	gone.MaxAge = -1
	http.SetCookie(w, gone)
	return r.Access.End(ctx, who.Token)
}

// tooManyError says that an address has tried too many codes.
type tooManyError struct{ wait time.Duration }

func (e *tooManyError) Error() string { return "too many attempts, wait " + e.wait.String() }

func (e *tooManyError) seconds() string {
	return strconv.Itoa(int((e.wait + time.Second - 1) / time.Second))
}

// toEntry asks for the code and remembers where the respondent was going.
func (r *Runner) toEntry(w http.ResponseWriter, req *http.Request) {
	query := ""
	if _, err := req.Cookie(r.cookieName()); err == nil {
		query = "?expired=yes"
		if page := lastElement(req.URL.Path); page != "start" {
			query += "&page=" + url.QueryEscape(page)
		}
	}
	r.redirect(w, req, home+query)
}

func lastElement(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// redirect sends the browser to another page in the same language.
func (r *Runner) redirect(w http.ResponseWriter, req *http.Request, path string) {
	http.Redirect(w, req, web.Localise(web.Lang(req), path), http.StatusSeeOther)
}
