package web

import (
	"net/http"
	"time"
)

// noteLife is how long a note waits for the page that shows it.
const noteLife = time.Minute

// noteCookie is the name of the cookie that carries a note. Over HTTPS its prefix
// keeps other hosts of the domain from setting it.
func (s *Shell) noteCookie() string {
	if s.cfg.HTTPS {
		return "__Host-barometer_note"
	}
	return "barometer_note"
}

// Say has the next page say something once: key is that of one of its messages.
func (s *Shell) Say(w http.ResponseWriter, key string) { s.setNote(w, key, noteLife) }

// Said is the key that an act left for this page, and forgets it; empty where
// there is none. The cookie is the browser's to change: the caller words only
// what stands on a list of its own.
func (s *Shell) Said(w http.ResponseWriter, r *http.Request) string {
	c, err := r.Cookie(s.noteCookie())
	if err != nil || c.Value == "" {
		return ""
	}
	s.setNote(w, "", -time.Second)
	return c.Value
}

func (s *Shell) setNote(w http.ResponseWriter, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: s.noteCookie(), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: s.cfg.HTTPS, SameSite: http.SameSiteLaxMode,
	})
}
