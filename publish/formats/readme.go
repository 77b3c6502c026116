package formats

import "barometer/internal/i18n"

// readme collects the points of a workbook's first sheet.
type readme struct {
	points [][2]string
}

func (r *readme) add(heading, text string) {
	if text != "" {
		r.points = append(r.points, [2]string{heading, text})
	}
}

// opening says what the workbook is.
func (r *readme) opening(a About, l i18n.Lang) {
	w := words(l)
	if a.Synthetic {
		r.add(w("OBS", "NOTE"), SyntheticNote().In(l))
	}
	r.add(w("Titel", "Title"), a.Title.In(l))
	r.add(w("Måling", "Wave"), a.Wave)
	r.add(w("Version", "Version"), a.Version)
	r.add(w("Udgivet af", "Published by"), a.Publisher.In(l))
}

// closing says how the workbook may be used.
func (r *readme) closing(a About, l i18n.Lang) {
	w := words(l)
	r.add(w("Citeres som", "Cite as"), a.Citation(l))
	licence := a.Licence.Name
	if a.Licence.URL != "" {
		licence += ", " + a.Licence.URL
	}
	r.add(w("Licens", "Licence"), licence)
	r.add(w("Kontakt", "Contact"), a.Contact)
}

func (r *readme) sheet(l i18n.Lang) Sheet {
	return Sheet{Name: words(l)("Læs mig", "Read me"), Grid: twoColumns("readme", r.points, l)}
}

// twoColumns is a sheet of headed texts.
func twoColumns(name string, points [][2]string, l i18n.Lang) *Grid {
	w := words(l)
	g := &Grid{Name: name, Rows: len(points)}
	heading := g.text("heading", func(r int) string { return points[r][0] })
	heading.Title, heading.Width, heading.Wrap = w("Emne", "Subject"), 26, true
	body := g.text("text", func(r int) string { return points[r][1] })
	body.Title, body.Width, body.Wrap = w("Indhold", "Content"), 110, true
	return g
}
