package pages

import (
	"net/http"

	"barometer/internal/web"
)

// addressField asks for a mail address; label and hint are messages, hint may
// be empty.
func (p *Pages) addressField(r *http.Request, label, hint, typed string, faults web.Faults) web.Field {
	f := web.Field{
		Control: web.Control{Name: "address", Label: p.T(r, label), Fault: faults.On("address")},
		Type:    "email", Value: typed, MaxLength: 254, Autocomplete: "email",
	}
	if hint != "" {
		f.Hint = p.T(r, hint)
	}
	return f
}

// nameField asks for the reader's own name.
func (p *Pages) nameField(r *http.Request, typed string, faults web.Faults) web.Field {
	return web.Field{
		Control: web.Control{Name: "name", Label: p.T(r, "name.label"), Hint: p.T(r, "name.hint"), Fault: faults.On("name")},
		Value:   typed, MaxLength: 160, Autocomplete: "name",
	}
}

// codeField asks for the code of a second factor; hint is a message.
func (p *Pages) codeField(r *http.Request, hint string, faults web.Faults) web.Field {
	return web.Field{
		Control:      web.Control{Name: "code", Label: p.T(r, "code.label"), Hint: p.T(r, hint), Fault: faults.On("code")},
		Autocomplete: "one-time-code", MaxLength: 20, Short: true,
	}
}

// columns heads a table with messages.
func (p *Pages) columns(r *http.Request, keys ...string) (list []web.Column) {
	for _, key := range keys {
		list = append(list, web.Column{Label: p.T(r, key)})
	}
	return list
}

// link is the complete address of a path.
func link(r *http.Request, path string) string { return web.Localise(web.Lang(r), path) }
