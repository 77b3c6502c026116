package runner

import (
	"net/http"
	"strconv"
	"strings"

	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// paradataView is the respondent's switch for paradata.
type paradataView struct {
	Action string
	Code   string // where the page was opened by the link in a letter
	Off    bool
}

// paradata returns the state of the switch, nil where the wave keeps none.
func (r *Runner) paradata(req *http.Request, who respondent) (*paradataView, error) {
	if !who.wave.Paradata {
		return nil, nil
	}
	off, err := r.Responses.ParadataOff(req.Context(), who.Wave, who.Unit)
	return &paradataView{Action: web.Localise(who.lang, paradataPath), Off: off}, err
}

// switchParadata answers the switch.
func (r *Runner) switchParadata(w http.ResponseWriter, req *http.Request, who respondent, f form) {
	off := f.Answers.Get("paradata") == "off"
	if err := r.Responses.SwitchParadata(req.Context(), who.Wave, who.Unit, off); err != nil {
		r.fail(w, req, err)
		return
	}
	r.redirect(w, req, startPath)
}

// trace is what is seen of a page that is sent in; nil where the wave keeps no
// paradata, and for staff who key in. Whether the respondent objects, the store knows.
func (who respondent) trace(req *http.Request, f form) *response.Trace {
	if !who.wave.Paradata || who.Actor != "" {
		return nil
	}
	return &response.Trace{Device: device(req), Drawn: f.Drawn, Script: byScript(req), Back: f.Action == actionBack}
}

// drawnAt is the time that a page carries to tell when it was sent out.
func (r *Runner) drawnAt(who respondent) string {
	if !who.wave.Paradata {
		return ""
	}
	return strconv.FormatInt(store.Millis(r.Now()), 10)
}

// refused notes which items a page came back for. The page is shown whether or
// not that can be kept.
func (r *Runner) refused(req *http.Request, who respondent, page questionnaire.RoutedPage, f form, faults []questionnaire.Fault) {
	trace := who.trace(req, f)
	if trace == nil {
		return
	}
	var items []string
	for _, fault := range faults {
		items = append(items, fault.Item)
	}
	_ = r.Responses.Refused(req.Context(), who.Wave, who.Unit, page.ID, who.lang, *trace, items) // not worth an answer
}

// device is the class of the browser's device, from what it says of itself and
// no more: Sec-CH-UA-Mobile where it is sent, else the words that tell phones
// and tablets in User-Agent.
func device(req *http.Request) response.Device {
	agent := req.UserAgent()
	has := func(word string) bool { return strings.Contains(agent, word) }
	switch {
	case has("iPad"), has("Tablet"), has("Android") && !has("Mobile"):
		return response.Tablet
	case has("iPhone"), has("Mobile"), req.Header.Get("Sec-CH-UA-Mobile") == "?1":
		return response.Phone
	case has("Windows NT"), has("Macintosh"), has("X11"), has("CrOS"):
		return response.Computer
	}
	return response.UnknownDevice
}
