package runner

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"barometer/survey/response"
)

// byScript reports whether the page's script sent the form by itself. It goes
// the same way as one sent by a button; only the answer is not a page.
func byScript(req *http.Request) bool { return req.Header.Get("Accept") == "application/json" }

// tellScript answers the script with what it must know to go on: the revision
// that its page now stands for, and how long the session lasts. All failures
// are told by their status alone.
func (r *Runner) tellScript(w http.ResponseWriter, req *http.Request, status int, who respondent, saved response.Record) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(struct { //nolint:errcheck // the browser has gone
		Revision int    `json:"revision"`
		Seconds  int    `json:"seconds"`
		Until    string `json:"until"`
	}{saved.Revision, r.secondsLeft(who), timeOfDay(who.Expires, who.lang)})
}

// session is what a page says about how long it may be worked on.
type session struct {
	Until   string // the time of day it runs out
	Seconds string // from now until then
	Keyed   bool   // staff work in it, who have no code
}

func (r *Runner) session(who respondent) session {
	return session{timeOfDay(who.Expires, who.lang), strconv.Itoa(r.secondsLeft(who)), who.Actor != ""}
}

func (r *Runner) secondsLeft(who respondent) int {
	return int(max(0, who.Expires.Sub(r.Now())) / time.Second)
}
