package robot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
)

// mostSteps ends a visit that goes in circles.
const mostSteps = 200

// largestPage is far above the size of any page of the survey.
const largestPage = 4 << 20

// session is one visit under way.
type session struct {
	Visit
	client   *http.Client
	page     *page
	at       *url.URL
	answered int // question pages sent
	requests int
}

func newSession(v Visit, transport http.RoundTripper) *session {
	jar, _ := cookiejar.New(nil) // fails for no options
	return &session{Visit: v, client: &http.Client{Transport: transport, Jar: jar}}
}

// run carries the visit out from the link in the letter to its end.
func (s *session) run(ctx context.Context, base string) error {
	err := s.get(ctx, strings.TrimSuffix(base, "/")+"/s/"+s.Code)
	for step := 0; err == nil && !s.over(); step++ {
		if step == mostSteps {
			err = errors.New("is going in circles")
			break
		}
		err = s.step(ctx)
	}
	if err != nil {
		return fmt.Errorf("unit %s%s: %w", s.Unit, s.place(), err)
	}
	return nil
}

// place says where the visit stands; a path that holds the access code is left
// out.
func (s *session) place() string {
	if s.at == nil || strings.Contains(s.at.Path, "/s/") {
		return ", start page"
	}
	return ", page " + s.at.Path
}

// over reports whether the visitor has done what it came for.
func (s *session) over() bool {
	switch s.Intent {
	case Stop:
		return s.answered == s.Pages
	case Decline:
		return strings.HasSuffix(s.at.Path, "/declined")
	case Ineligible:
		return strings.HasSuffix(s.at.Path, "/ineligible")
	}
	return strings.HasSuffix(s.at.Path, "/receipt")
}

// step does what the page asks for.
func (s *session) step(ctx context.Context) error {
	f, press, err := s.choose()
	if err != nil {
		return err
	}
	values, err := s.fill(f, press)
	if err != nil {
		return err
	}
	doubted := f.confirms()
	if err := s.post(ctx, f.action, values); err != nil {
		return err
	}
	if f.asks() && !doubted {
		s.answered++
	}
	return nil
}

// choose finds the form to send and the button to press: the one the visitor
// came for where the page offers it, otherwise the first that leads on.
func (s *session) choose() (*form, button, error) {
	if name := s.Intent.button(); name != "" {
		for _, f := range s.page.forms {
			if f.post && f.has(name) {
				return f, f.press(name), nil
			}
		}
	}
	var on *form
	for _, f := range s.page.forms {
		switch {
		case !f.post || f.has(Decline.button()) || f.has(Ineligible.button()):
		case f.asks():
			return f, f.press(""), nil
		case on == nil:
			on = f
		}
	}
	if on == nil {
		return nil, button{}, errors.New("no form leads on")
	}
	return on, on.press(""), nil
}

// press returns the button of that name, the first otherwise.
func (f *form) press(name string) button {
	if i := slices.IndexFunc(f.buttons, named(name)); i >= 0 {
		return f.buttons[i]
	}
	if len(f.buttons) == 0 {
		return button{}
	}
	return f.buttons[0]
}

// fill answers every question of the form.
func (s *session) fill(f *form, press button) (url.Values, error) {
	values := url.Values{}
	if press.name != "" {
		values.Set(press.name, press.value)
	}
	for _, fd := range f.fields {
		answer, err := fd.answer(s.Answers, s.Lang)
		if err != nil {
			return nil, err
		}
		values[fd.name] = append(values[fd.name], answer...)
	}
	return values, nil
}

func (s *session) get(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	return s.send(req)
}

func (s *session) post(ctx context.Context, action string, values url.Values) error {
	target, err := s.at.Parse(action)
	if err != nil {
		return fmt.Errorf("form action: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(values.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(req)
}

// send makes the request, follows redirects and reads the page it ends on.
func (s *session) send(req *http.Request) error {
	req.Header.Set("Accept-Language", string(s.Lang))
	res, err := s.client.Do(req)
	if err != nil {
		var failed *url.Error // names the address, which may hold the code
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, largestPage))
	if err != nil {
		return err
	}
	s.requests++
	if res.Request.URL.String() != req.URL.String() {
		s.requests++
	}
	s.at, s.page = res.Request.URL, read(body)
	if res.StatusCode != http.StatusOK && !s.doubted(res.StatusCode) {
		return fmt.Errorf("status %d: %s", res.StatusCode, s.page.alert)
	}
	return nil
}

// doubted reports whether the page came back to have true answers confirmed,
// and nothing else: what is wrong with it is then met again.
func (s *session) doubted(status int) bool {
	if status != http.StatusUnprocessableEntity {
		return false
	}
	return slices.ContainsFunc(s.page.forms, (*form).confirms)
}
