package runner

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"barometer/internal/store"
)

// form is what a browser posted: the runner's own fields, and the answers.
type form struct {
	Revision int       // of the record the page was drawn from
	Drawn    time.Time // when the page was sent out, zero = not known
	Action   string    // button that was pressed
	From     string    // "check" when the page was opened to change an answer
	Response string    // the response the page was drawn from, as [respondent.response] names it
	Code     string    // access code
	Page     string    // where to go once the code is accepted
	Answers  url.Values
}

// Buttons of a question page.
const (
	actionContinue = "continue"
	actionClose    = "close"    // save and continue later
	actionLanguage = "language" // save and stay, in the language of the address
	actionStay     = "stay"     // save and stay: to stay signed in, and what the script does
	actionOverview = "overview" // save and look at all pages
	actionBack     = "back"     // save and go to the page before
)

var actions = []string{"", actionContinue, actionClose, actionLanguage, actionStay, actionOverview, actionBack}

// errBadForm says that no page of ours could have sent the form.
var errBadForm = errors.New("form is not one of ours")

// readForm takes a posted form apart. Fields it does not know are answers, for
// package questionnaire to accept or refuse.
func readForm(req *http.Request) (form, error) {
	if ct := req.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/x-www-form-urlencoded") {
		return form{}, fmt.Errorf("%w: content type %.60q", errBadForm, ct)
	}
	if err := req.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return form{}, err
		}
		return form{}, fmt.Errorf("%w: %v", errBadForm, err)
	}
	f := form{Answers: req.PostForm}
	revision, drawn := "", ""
	for name, field := range map[string]*string{
		"revision": &revision, "drawn": &drawn, "action": &f.Action, "from": &f.From, "response": &f.Response, "code": &f.Code, "page": &f.Page,
	} {
		values := f.Answers[name]
		if len(values) > 1 {
			return form{}, fmt.Errorf("%w: %s is given %d times", errBadForm, name, len(values))
		}
		if len(values) == 1 {
			*field = values[0]
		}
		delete(f.Answers, name)
	}
	if !slices.Contains(actions, f.Action) || f.From != "" && f.From != checkPage {
		return form{}, fmt.Errorf("%w: unknown button or origin", errBadForm)
	}
	n, err := count("revision", revision)
	if err != nil {
		return form{}, err
	}
	f.Revision = int(n)
	if n, err = count("drawn", drawn); err != nil {
		return form{}, err
	}
	f.Drawn = store.FromMillis(n)
	return f, nil
}

// count reads a whole number that the page itself wrote, 0 where there is none.
func count(name, value string) (int64, error) {
	if value == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 || n > 1<<52 {
		return 0, fmt.Errorf("%w: %s is no count", errBadForm, name)
	}
	return n, nil
}

// hidden is a field carried along unseen.
type hidden struct{ Name, Value string }

// carried lists everything but the code, so that the same form can be sent
// again.
func (f form) carried() []hidden {
	fields := []hidden{{"revision", strconv.Itoa(f.Revision)}}
	for _, own := range []hidden{{"action", f.Action}, {"from", f.From}, {"response", f.Response}, {"page", f.Page}} {
		if own.Value != "" {
			fields = append(fields, own)
		}
	}
	return append(fields, f.answerFields()...)
}

// answerFields lists the answers by name.
func (f form) answerFields() []hidden {
	var fields []hidden
	for name, values := range f.Answers {
		for _, v := range values {
			fields = append(fields, hidden{name, v})
		}
	}
	slices.SortStableFunc(fields, func(a, b hidden) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// posted reads the form and finds out who sent it: the session's respondent,
// or whoever the code in the form belongs to. A respondent whose session has
// run out is asked for the code on a page that carries the whole form along.
// So does the page that says that the store does not answer.
func (r *Runner) posted(take func(http.ResponseWriter, *http.Request, respondent, form)) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		f, err := readForm(req)
		if err != nil {
			r.fail(w, req, err)
			return
		}
		if f.Action == actionLanguage && atEntry(req) {
			r.renderEntry(w, req, http.StatusOK, entryView{Code: f.Code, Page: f.Page})
			return
		}
		who, err := r.sender(w, req, f)
		var tooMany *tooManyError
		switch {
		case err == nil && f.Response != "" && f.Response != who.response():
			r.askCode(w, req, f, errOther)
		case err == nil:
			take(w, req, who, f)
		case isSignedOut(err):
			r.signedOut(w, req, who, f, err)
		case errors.As(err, &tooMany), isWrongCode(err):
			r.askCode(w, req, f, err)
		default:
			r.lose(w, req, who, f, err)
		}
	}
}

func (r *Runner) sender(w http.ResponseWriter, req *http.Request, f form) (respondent, error) {
	if f.Code != "" || atEntry(req) {
		return r.redeem(w, req, f.Code)
	}
	return r.identify(req)
}

// atEntry reports whether a form was sent to the page that asks for the code.
func atEntry(req *http.Request) bool {
	return lastElement(strings.TrimSuffix(req.URL.Path, "/")) == "survey"
}
