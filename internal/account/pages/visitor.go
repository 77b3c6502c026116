package pages

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"

	"barometer/internal/account"
	"barometer/internal/policy"
	"barometer/internal/web"
)

// visitor is the session of a request, looked up once at most.
type visitor struct {
	once    sync.Once
	session account.Session
	err     error
}

type visitorKey struct{}

// Identify lets everything behind it ask who a request comes from without
// reading the store twice. It belongs before the gate.
func (p *Pages) Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, new(visitor))))
	})
}

// Session returns the session of a request's cookie: [account.ErrNoSession]
// where there is none.
func (p *Pages) Session(r *http.Request) (account.Session, error) {
	v, ok := r.Context().Value(visitorKey{}).(*visitor)
	if !ok {
		v = new(visitor)
	}
	v.once.Do(func() {
		v.session, v.err = p.Accounts.Session(r.Context(), p.token(r))
	})
	return v.session, v.err
}

// Who is what the table of rules is asked about. A person who has confirmed no
// name yet is nobody outside the pages of the own account; one who must show a
// second factor is nobody outside those on which it is shown or set up.
func (p *Pages) Who(r *http.Request) (policy.Subject, error) {
	s, err := p.Session(r)
	switch {
	case errors.Is(err, account.ErrNoSession):
		return policy.Subject{}, nil
	case err != nil:
		return policy.Subject{}, err
	case s.Person.State != account.Active && !ownPage(r.URL.Path), s.Weak() && !stillOpen(s, r.URL.Path):
		return policy.Subject{}, nil
	}
	return s.Subject(), nil
}

// Actor is the id of the person who asks, for the log of who did what.
func (p *Pages) Actor(r *http.Request) (string, error) {
	s, err := p.Session(r)
	if err != nil {
		return "", err
	}
	return s.Person.ID.String(), nil
}

func ownPage(path string) bool {
	rest := strings.TrimPrefix(strings.TrimPrefix(path, "/da"), "/en")
	return rest == accountPath || rest == secondPath || strings.HasPrefix(rest, accountPath+"/")
}

// Unnamed answers where the table of rules asks for a name: with the sign-in
// page, which leads back to where the visitor was going, or for a person who is
// signed in with what is missing.
func (p *Pages) Unnamed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	s, err := p.Session(r)
	switch {
	case err == nil && s.Weak():
		p.prompt(w, r, s, http.StatusUnauthorized, nextOf(r))
	case err == nil && r.Method == http.MethodGet:
		redirect(w, r, accountPath)
	default:
		p.renderSignIn(w, r, http.StatusUnauthorized, signInView{Next: nextOf(r), Asked: true})
	}
}

// signedIn serves a page to whoever is signed in.
func (p *Pages) signedIn(serve func(http.ResponseWriter, *http.Request, account.Session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, err := p.Session(r)
		switch {
		case errors.Is(err, account.ErrNoSession):
			p.Unnamed(w, r)
		case err != nil:
			p.fail(w, r, err)
		default:
			serve(w, r, s)
		}
	}
}

// named serves a page to persons who have confirmed their name; others are
// asked for it first.
func (p *Pages) named(serve func(http.ResponseWriter, *http.Request, account.Session)) http.HandlerFunc {
	return p.signedIn(func(w http.ResponseWriter, r *http.Request, s account.Session) {
		if s.Person.State == account.Verified {
			redirect(w, r, welcomePath)
			return
		}
		serve(w, r, s)
	})
}

// onPerson serves a page about the person in the address.
func (p *Pages) onPerson(serve func(http.ResponseWriter, *http.Request, account.Session, account.Person)) http.HandlerFunc {
	return p.signedIn(func(w http.ResponseWriter, r *http.Request, s account.Session) {
		id, ok := account.ParseID(chi.URLParam(r, "person"))
		if !ok {
			p.Shell.Error(w, r, http.StatusNotFound)
			return
		}
		person, err := p.Accounts.Person(r.Context(), id)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		serve(w, r, s, person)
	})
}

// localNext returns the page of this site to go to after signing in, empty where
// there is none or it is the sign-in itself.
func localNext(target string) string {
	path, ok := web.LocalPath(target)
	if !ok || len(path) > 500 || strings.Contains(path, signInPath) {
		return ""
	}
	return path
}
