package runner

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// form is what a browser posted: the runner's own fields, and the answers.
type form struct {
	Revision int    // of the record the page was drawn from
	Action   string // button that was pressed
	From     string // "check" when the page was opened to change an answer
	Code     string // access code
	Page     string // where to go once the code is accepted
	Answers  url.Values
}

// Buttons of a question page.
const (
	actionContinue = "continue"
	actionClose    = "close"    // save and continue later
	actionLanguage = "language" // the same page in the other language
)

var actions = []string{"", actionContinue, actionClose, actionLanguage}

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
	revision := ""
	for name, field := range map[string]*string{
		"revision": &revision, "action": &f.Action, "from": &f.From, "code": &f.Code, "page": &f.Page,
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
	if revision != "" {
		n, err := strconv.Atoi(revision)
		if err != nil || n < 0 {
			return form{}, fmt.Errorf("%w: revision is no count", errBadForm)
		}
		f.Revision = n
	}
	return f, nil
}

// hidden is a field carried along unseen.
type hidden struct{ Name, Value string }

// carried lists everything but the code, so that the same form can be sent
// again.
func (f form) carried() []hidden {
	fields := []hidden{{"revision", strconv.Itoa(f.Revision)}}
	for _, own := range []hidden{{"action", f.Action}, {"from", f.From}, {"page", f.Page}} {
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
func (r *Runner) posted(take func(http.ResponseWriter, *http.Request, respondent, form)) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		f, err := readForm(req)
		if err != nil {
			r.fail(w, req, err)
			return
		}
		who, err := r.sender(w, req, f)
		var tooMany *tooManyError
		switch {
		case err == nil:
			take(w, req, who, f)
		case isSignedOut(err) && r.rescued(req, who, f):
			r.toEntry(w, req)
		case isSignedOut(err), errors.As(err, &tooMany), isWrongCode(err):
			r.askCode(w, req, f, err)
		default:
			r.fail(w, req, err)
		}
	}
}

func (r *Runner) sender(w http.ResponseWriter, req *http.Request, f form) (respondent, error) {
	if f.Code != "" || lastElement(strings.TrimSuffix(req.URL.Path, "/")) == "survey" {
		return r.redeem(w, req, f.Code)
	}
	return r.identify(req)
}
