package account_test

import (
	"strings"
	"testing"

	"barometer/internal/account"
	"barometer/internal/mail"
	"barometer/internal/store"
)

// told lists the letters that tell of a sign-in at a new browser.
func (o *office) told() (list []mail.Message) {
	for _, l := range o.letters {
		if l.Template == "account-new-device" {
			list = append(list, l)
		}
	}
	return list
}

// signInAt is signIn at a device.
func (o *office) signInAt(address string, d account.Device) account.Session {
	o.t.Helper()
	done, err := o.Confirm(o.t.Context(), account.Confirmation{Token: token(o.ask(address, "browser")), Browser: "browser", Device: d})
	must(o.t, err)
	return done.Session
}

// A person is told of a sign-in at a browser that was not the person's before,
// and of no other.
func TestSignInAtANewBrowserIsToldOf(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.person(anna, "Anna Holm").ID
		if n := len(o.told()); n > 0 {
			t.Fatalf("%d letters to somebody who has just come", n)
		}
		o.signInAt(anna, account.Device{Browser: "Firefox", System: "Windows"})
		list := o.told()
		if len(list) != 1 {
			t.Fatalf("%d letters of a new browser, want 1", len(list))
		}
		want := account.NewDeviceLetter{Browser: "Firefox", System: "Windows", Day: "23. november 2026", Time: "10.00"}
		if l := list[0]; l.To != anna || l.Data != want {
			t.Errorf("to %s: %+v", l.To, l.Data)
		}

		known := account.Device{Marks: o.Marks("", id)}
		s := o.signInAt(anna, known)
		must(t, o.db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := o.Strengthen(tx, s, account.How{Method: "totp", Factors: 2})
			return err
		}))
		if n := len(o.told()); n != 1 {
			t.Errorf("%d letters after a sign-in at a known browser", n)
		}
		bo := o.person("bo@example.dk", "Bo Lund").ID
		o.signInAt(anna, account.Device{Marks: o.Marks("", bo)})
		o.signInAt(anna, account.Device{Marks: strings.Repeat("A", 16)})
		if n := len(o.told()); n != 3 {
			t.Errorf("%d letters after sign-ins at another's browser and with a made-up mark, want 3", n)
		}
	})
}

// A browser knows those who used it last, each once, and names nobody.
func TestMarksOfABrowser(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		carried := "junk.<x>"
		for id := range account.ID(20) {
			carried = o.Marks(o.Marks(carried, id), id)
		}
		marks := strings.Split(carried, ".")
		if len(marks) != 8 || marks[0] == marks[1] || strings.Contains(carried, "junk") || len(carried) > 200 {
			t.Errorf("marks %q", carried)
		}
		if newOffice(t, o.db).Marks("", 19) != marks[0] {
			t.Error("another server does not know the browser")
		}
	})
}
