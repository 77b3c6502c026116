package pages

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"barometer/internal/account"
	"barometer/internal/account/broker"
	"barometer/internal/account/factor"
	"barometer/internal/store"
	"barometer/internal/web"
)

// errBadForm says that no page of ours could have sent the form.
var errBadForm = errors.New("form is not one of ours")

func readForm(r *http.Request) (url.Values, error) {
	if ct := r.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/x-www-form-urlencoded") {
		return nil, errBadForm
	}
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %v", errBadForm, err)
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return nil, fmt.Errorf("%w: %.40s is given %d times", errBadForm, name, len(values))
		}
	}
	return r.PostForm, nil
}

// posted reads the form first.
func (p *Pages) posted(take func(http.ResponseWriter, *http.Request, url.Values)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		form, err := readForm(r)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		take(w, r, form)
	}
}

// postedBy takes a form from whoever is signed in.
func (p *Pages) postedBy(take func(http.ResponseWriter, *http.Request, account.Session, url.Values)) http.HandlerFunc {
	return p.signedIn(func(w http.ResponseWriter, r *http.Request, s account.Session) {
		p.posted(func(w http.ResponseWriter, r *http.Request, form url.Values) { take(w, r, s, form) })(w, r)
	})
}

// act is a form about a person, sent by another.
type act struct {
	by     account.Session
	person account.Person
	form   url.Values
}

// postedOn takes a form about the person in the address.
func (p *Pages) postedOn(take func(http.ResponseWriter, *http.Request, act)) http.HandlerFunc {
	return p.onPerson(func(w http.ResponseWriter, r *http.Request, s account.Session, person account.Person) {
		p.posted(func(w http.ResponseWriter, r *http.Request, form url.Values) { take(w, r, act{s, person, form}) })(w, r)
	})
}

// statusOf returns the answer to an error; ok is false for a fault of the
// program.
func statusOf(err error) (status int, ok bool) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, true
	case errors.Is(err, errBadForm), errors.Is(err, account.ErrRole), errors.Is(err, account.ErrKind):
		return http.StatusBadRequest, true
	case errors.Is(err, factor.ErrNoKeys):
		return http.StatusNotFound, true
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, true
	case errors.Is(err, account.ErrNoPerson), errors.Is(err, account.ErrNoGrant),
		errors.Is(err, account.ErrCredential):
		return http.StatusNotFound, true
	case errors.Is(err, account.ErrNotYours), errors.Is(err, account.ErrOwnGrant), errors.Is(err, account.ErrSecondPerson):
		return http.StatusForbidden, true
	case errors.Is(err, account.ErrTransition):
		return http.StatusConflict, true
	}
	return 0, false
}

func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	var tooMany *account.TooManyError
	if errors.As(err, &tooMany) {
		w.Header().Set("Retry-After", strconv.Itoa(int(tooMany.Wait.Seconds())+1))
		p.Shell.Error(w, r, http.StatusTooManyRequests)
		return
	}
	status, ok := statusOf(err)
	if !ok {
		p.Shell.Fail(w, r, err)
		return
	}
	p.Shell.Error(w, r, status)
}

// wordings gives every fault of something typed its message, field by field.
var wordings = []struct {
	err    error
	target string
	key    string
}{
	{account.ErrAddress, "address", "fault.address"},
	{account.ErrTaken, "address", "fault.taken"},
	{account.ErrNameShort, "name", "fault.name.short"},
	{account.ErrNameLong, "name", "fault.name.long"},
	{account.ErrNameHidden, "name", "fault.name.hidden"},
	{account.ErrNameScript, "name", "fault.name.script"},
	{account.ErrNameReserved, "name", "fault.name.reserved"},
	{account.ErrGranted, "role", "fault.granted"},
	{account.ErrLastAdmin, "role", "fault.lastadmin"},
	{account.ErrSecondPerson, "role", "fault.second"},
	{account.ErrOwnGrant, "role", "fault.own"},
	{account.ErrHeld, "confirm", "fault.held"},
	{factor.ErrCode, "code", "fault.code"},
	{factor.ErrThere, "code", "fault.there"},
	{broker.ErrTaken, "factors", "fault.identity"},
	{factor.ErrLabel, "label", "fault.label"},
	{factor.ErrLast, "factors", "fault.last"},
}

// faults words an error of what was typed; none for any other error.
func (p *Pages) faults(r *http.Request, err error) (list web.Faults) {
	var locked *account.LockedError
	if errors.As(err, &locked) {
		minutes := int((locked.Wait + time.Minute - 1) / time.Minute)
		return web.Faults{{Target: "code", Message: p.T(r, "fault.locked", "minutes", minutes)}}
	}
	for _, w := range wordings {
		if errors.Is(err, w.err) {
			list = append(list, web.Fault{Target: w.target, Message: p.T(r, w.key)})
		}
	}
	return list
}
