package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/publish/cube"
)

// Parameters beside those of dimensions.
const (
	formatParameter   = "format"
	languageParameter = "lang"
)

// parameters reads the query: each parameter once, and no other than those
// known.
func parameters(r *http.Request, known []string) (map[string]string, *problem) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, bad("", known, "Adressens parametre kan ikke læses.", "The parameters of the address cannot be read.")
	}
	values := make(map[string]string, len(q))
	names := make([]string, 0, len(q))
	for name := range q {
		names = append(names, name)
	}
	slices.Sort(names) // the same fault is told of first, whichever stands first
	for _, name := range names {
		switch {
		case !slices.Contains(known, name):
			return nil, bad(name, known, "Parameteren kendes ikke.", "The parameter is unknown.")
		case len(q[name]) > 1:
			return nil, bad(name, nil, "Parameteren står flere gange. Skriv flere koder med komma imellem.", "The parameter stands several times. Write several codes with commas between them.")
		case q[name][0] == "":
			return nil, bad(name, nil, "Parameteren er tom.", "The parameter is empty.")
		}
		values[name] = q[name][0]
	}
	return values, nil
}

// query is what is asked of a table.
type query struct {
	wanted map[string][]string // codes by dimension
	format *format
	lang   i18n.Lang
}

// tableQuery reads what is asked of a table.
func (a *API) tableQuery(r *http.Request, c *cube.Cube) (query, *problem) {
	known := []string{formatParameter, languageParameter}
	for _, d := range c.Dimensions() {
		known = append(known, d.ID)
	}
	values, p := parameters(r, known)
	if p != nil {
		return query{}, p
	}
	q := query{wanted: codes(values)}
	if q.lang, p = languageOf(values); p != nil {
		return query{}, p
	}
	if q.format, p = formatOf(values, r); p != nil {
		return query{}, p
	}
	if p := unknown(c, q.wanted); p != nil {
		return query{}, p
	}
	if n := c.Size(q.wanted); n > a.MaxCells {
		return query{}, tooMany(n, a.MaxCells)
	}
	return q, nil
}

// codes reads the codes of dimensions. A plus in an address means a space, and
// no code has one, so that "100+" need not be written with care.
func codes(values map[string]string) map[string][]string {
	wanted := make(map[string][]string)
	for name, value := range values {
		if name != formatParameter && name != languageParameter {
			wanted[name] = strings.Split(strings.ReplaceAll(value, " ", "+"), ",")
		}
	}
	return wanted
}

// unknown refuses codes that the table does not have, the first dimension of the
// table first.
func unknown(c *cube.Cube, wanted map[string][]string) *problem {
	for _, d := range c.Dimensions() {
		_, err := d.Places(wanted[d.ID])
		var u *cube.Unknown
		if errors.As(err, &u) {
			return bad(d.ID, u.Valid, "Dimensionen har ikke koden %.80q.", "The dimension has no code %.80q.", u.Given)
		}
	}
	return nil
}

func languageOf(values map[string]string) (i18n.Lang, *problem) {
	given, some := values[languageParameter]
	if !some {
		return i18n.Languages[0], nil
	}
	l, err := i18n.ParseLang(given)
	if err != nil {
		return "", bad(languageParameter, []string{string(i18n.Danish), string(i18n.English)}, "Sproget kendes ikke.", "The language is unknown.")
	}
	return l, nil
}

// key is the one way to write the query of a table.
func (q query) key(c *cube.Cube) string {
	var b strings.Builder
	b.WriteString(c.ID + "@" + c.Version + " " + q.format.name)
	if q.format.worded {
		b.WriteString(" " + string(q.lang))
	}
	for _, d := range c.Dimensions() {
		if wanted := q.wanted[d.ID]; wanted != nil {
			sorted := slices.Compact(slices.Sorted(slices.Values(wanted)))
			b.WriteString(" " + d.ID + "=" + strings.Join(sorted, ","))
		}
	}
	return b.String()
}
