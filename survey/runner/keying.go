package runner

import (
	"net/http"

	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/response"
)

// Keying lets staff work on a workplace's response through the same pages and
// the same checks. Their session says that they do, and each change is noted as
// theirs.
type Keying struct {
	Who  func(*http.Request) string     // account of who is signed in and may key in, "" for nobody
	Desk func(wave, unit string) string // path of the workplace's page, without language
}

// mayKey refuses a session of staff to everyone but the person it was begun
// for, signed in: it ends with the sign-in, and is of no use elsewhere.
func (r *Runner) mayKey(req *http.Request, s contact.Session) bool {
	return s.Actor == "" || r.Keying != nil && r.Keying.Who(req) == s.Actor
}

// source is who answers, and how the answers came.
func (who respondent) source() response.Source {
	return response.Source{Mode: response.Mode(who.Mode), Actor: who.Actor}
}

// keyed tells staff whose answers they are working on; nil for a respondent.
func (r *Runner) keyed(who respondent) *keyedView {
	if who.Actor == "" {
		return nil
	}
	return &keyedView{
		Alert: web.Alert{
			Kind: web.Warning, Heading: r.views.T(who.lang, "keying.title"),
			Text: r.views.T(who.lang, "keying.text", "how", modeIn(who)),
		},
		Desk: web.Localise(who.lang, r.Keying.Desk(who.Wave, who.Unit)),
	}
}

func modeIn(who respondent) string { return response.Mode(who.Mode).Label().In(who.lang) }

// keyedView stands above the pages that staff key in on.
type keyedView struct {
	Alert web.Alert
	Desk  string
}

// Hand gives a browser the session of a member of staff, and returns the path
// at which keying in begins, without language.
func (r *Runner) Hand(w http.ResponseWriter, _ *http.Request, s contact.Session) string {
	http.SetCookie(w, r.cookie(s.Token))
	return startPath
}
