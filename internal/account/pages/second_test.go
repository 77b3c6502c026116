package pages_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"barometer/internal/account"
	"barometer/internal/policy"
)

var shownSecret = regexp.MustCompile(`<strong class="code">([A-Z2-7 ]+)</strong>`)

// addApp sets an app up at a browser that is signed in, and returns its secret.
func (b *browser) addApp() (secret string) {
	b.t.Helper()
	p := b.post("/da/account/security/app")
	found := shownSecret.FindStringSubmatch(p.Source)
	if found == nil {
		b.t.Fatalf("%s, %d: no secret is shown:\n%s", p.Path, p.Status, words(p.root))
	}
	if !strings.Contains(p.Source, `src="data:image/png;base64,`) {
		b.t.Error("no picture of the secret")
	}
	secret = strings.ReplaceAll(found[1], " ", "")
	b.post("/da/account/security/app/confirm", "code", b.s.code(secret))
	return secret
}

// code is what an app shows now.
func (s *site) code(secret string) string {
	s.t.Helper()
	code, err := totp.GenerateCode(secret, s.now)
	must(s.t, err)
	return code
}

func TestStaffMaySetUpASecondFactorAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.signedIn(anna, "Anna Holm")
		p, err := s.ByAddress(t.Context(), anna)
		must(t, err)
		_, err = s.Grant(t.Context(), account.ByOperator(), p.ID, policy.Admin)
		must(t, err)
		b := s.browser()
		b.post("/da/sign-in", "address", anna)
		if got := b.confirm(); got.Path != "/da/account/security" || !got.has("Din rolle kræver det") {
			t.Fatalf("signing in leads to %s", got.Path)
		}
		for _, path := range []string{"/da/account", "/da/account/export", "/da/account/export.json", "/da/staff/people", "/en/account/close"} {
			if got := b.get(path); got.Status != http.StatusUnauthorized || got.has("Anna Holm") {
				t.Errorf("%s: %d for staff without a second factor", path, got.Status)
			}
		}
		if got := b.post("/da/account/address", "address", "thief@example.dk"); got.Status != http.StatusUnauthorized {
			t.Errorf("changing the address: %d", got.Status)
		}
		secret := b.addApp()
		if len(regexp.MustCompile(`class="code">[0-9A-Z]{5}-[0-9A-Z]{5}<`).FindAllString(b.last.Source, -1)) != 10 {
			t.Errorf("not ten codes on paper:\n%s", words(b.last.root))
		}
		if got := b.get("/da/staff/people"); got.Status != http.StatusOK {
			t.Errorf("with a second factor: %d", got.Status)
		}

		s.now = s.now.Add(time.Hour)
		again := s.browser()
		if got := again.get("/da/staff/people?x=1"); got.Status != http.StatusUnauthorized {
			t.Fatalf("%d", got.Status)
		}
		again.post("/da/sign-in", "address", anna, "next", "/da/staff/people?x=1")
		if got := again.confirm(); !strings.HasPrefix(got.Path, "/da/sign-in/second?next=") {
			t.Fatalf("the second sign-in leads to %s", got.Path)
		}
		for _, path := range []string{"/da/account", "/da/account/security", "/da/account/security/app"} {
			if got := again.get(path); got.Status != http.StatusUnauthorized || !got.has("Bekræft, at det er dig") {
				t.Errorf("%s on one factor: %d", path, got.Status)
			}
		}
		if got := again.post("/da/sign-in/second", "code", "000000"); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("a wrong code: %d", got.Status)
		}
		before := sessionOf(t, again)
		if got := again.post("/da/sign-in/second", "code", s.code(secret), "next", "/da/staff/people?x=1"); got.Path != "/da/staff/people?x=1" || got.Status != http.StatusOK {
			t.Errorf("leads to %s, %d", got.Path, got.Status)
		}
		if sessionOf(t, again) == before {
			t.Error("the session keeps its token while its strength changes")
		}
	})
}

func TestSensitiveActsAskAgain(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.signedIn("bo@example.dk", "Bo Lind")
		p, err := s.ByAddress(t.Context(), "bo@example.dk")
		must(t, err)
		b := s.admin(anna, "Anna Holm")
		secret := b.addApp()
		s.now = s.now.Add(16 * time.Minute)
		path := "/da/staff/people/" + p.ID.String()
		if got := b.get(path); got.Status != http.StatusOK {
			t.Errorf("looking: %d", got.Status)
		}
		if got := b.post(path+"/roles", "role", "editor"); got.Status != http.StatusForbidden || !got.has("Bekræft, at det er dig") {
			t.Fatalf("granting on an old proof: %d", got.Status)
		}
		if got := b.post("/da/account/security/codes"); got.Status != http.StatusForbidden {
			t.Errorf("new codes on an old proof: %d", got.Status)
		}
		b.post("/da/sign-in/second", "code", s.code(secret))
		if got := b.post(path+"/roles", "role", "editor"); got.Status != http.StatusOK {
			t.Errorf("granting on a fresh proof: %d", got.Status)
		}
	})
}

func TestGuessingIsToldWhenToComeBack(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.signedIn(anna, "Anna Holm")
		b.addApp()
		s.now = s.now.Add(time.Hour)
		weak := s.browser()
		weak.post("/da/sign-in", "address", anna)
		weak.confirm()
		for range 5 {
			weak.post("/da/sign-in/second", "code", "123")
		}
		got := weak.post("/da/sign-in/second", "code", "123")
		if got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" || !got.has("Prøv igen om 1 min.") {
			t.Errorf("%d, %q", got.Status, got.Header.Get("Retry-After"))
		}
	})
}
