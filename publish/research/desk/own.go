package desk

import (
	"errors"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/web"
	"barometer/publish/release"
	"barometer/publish/research"
	"barometer/reports/number"
)

// mineView is the page that researchers begin at.
type mineView struct {
	Apply    string // address; empty where no wave has a file
	Projects web.Table
}

func (p *Pages) mine(w http.ResponseWriter, r *http.Request) {
	who, err := p.Who(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	list, errMine := p.Projects.Mine(r.Context(), who)
	waves, errWaves := p.Projects.Waves(r.Context())
	if err := errors.Join(errMine, errWaves); err != nil {
		p.fail(w, r, err)
		return
	}
	l := web.Lang(r)
	v := mineView{Projects: p.table(r, list, projectPath, false)}
	if len(waves) > 0 {
		v.Apply = web.Localise(l, applyPath)
	}
	p.views.Render(w, r, http.StatusOK, p.page(r, p.views.T(l, "heading"), ownPath), "mine", v)
}

// applyView is the form of an application.
type applyView struct {
	Faults      web.Faults
	Action      string
	Title       web.Field
	Institution web.Field
	Wave        web.Select
	Purpose     web.Area
	Persons     web.Area
	Until       web.Date
	Contract    []string
	Agree       web.Consent
}

// typed is what was filled in.
type typed struct {
	research.Form
	day, month, year string
}

func (p *Pages) form(w http.ResponseWriter, r *http.Request) {
	p.ask(w, r, http.StatusOK, typed{}, nil)
}

func (p *Pages) apply(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if err := r.ParseForm(); err != nil {
		p.Shell.Error(w, r, http.StatusBadRequest)
		return
	}
	get := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	f := typed{day: get("until-day"), month: get("until-month"), year: get("until-year")}
	f.Form = research.Form{Words: research.Words{Title: get("title"), Institution: get("institution"), Purpose: get("purpose"), Persons: get("persons")},
		Wave: get("wave"), Until: date(f.year, f.month, f.day), Agreed: get("agree") != ""}
	who, err := p.Who(r)
	var one research.Project
	if err == nil {
		one, err = p.Projects.Apply(r.Context(), who, f.Form)
	}
	var faults research.FormError
	switch {
	case errors.As(err, &faults):
		p.ask(w, r, http.StatusUnprocessableEntity, f, faults)
	case err != nil:
		p.fail(w, r, err)
	default:
		http.Redirect(w, r, web.Localise(web.Lang(r), projectPath(one.ID)), http.StatusSeeOther)
	}
}

// date reads a day, the zero time where it is none.
func date(year, month, day string) time.Time {
	y, errY := strconv.Atoi(year)
	m, errM := strconv.Atoi(month)
	d, errD := strconv.Atoi(day)
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if errors.Join(errY, errM, errD) != nil || t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return time.Time{}
	}
	return t
}

func (p *Pages) ask(w http.ResponseWriter, r *http.Request, status int, f typed, faults research.FormError) {
	waves, err := p.Projects.Waves(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	l := web.Lang(r)
	v := applyView{Action: web.Localise(l, applyPath), Contract: paragraphs(research.Contract(l))}
	for _, field := range []string{"title", "institution", "wave", "purpose", "persons", "until", "agree"} {
		if faults[field] != "" {
			v.Faults = append(v.Faults, web.Fault{Target: field, Message: p.views.T(l, "fault."+field+"."+faults[field])})
		}
	}
	control := func(name string) web.Control {
		c := web.Control{Name: name, Label: p.views.T(l, "form."+name), Fault: v.Faults.On(name)}
		if slices.Contains([]string{"purpose", "persons", "until"}, name) {
			c.Hint = p.views.T(l, "form."+name+".hint")
		}
		return c
	}
	v.Title = web.Field{Control: control("title"), Value: f.Title, MaxLength: research.MaxLine}
	v.Institution = web.Field{Control: control("institution"), Value: f.Institution, MaxLength: research.MaxLine, Autocomplete: "organization"}
	v.Wave = web.Select{Control: control("wave")}
	for i, wave := range waves {
		v.Wave.Options = append(v.Wave.Options, web.Option{Value: wave, Label: wave, Chosen: wave == f.Wave || f.Wave == "" && i == 0})
	}
	v.Purpose = web.Area{Control: control("purpose"), Value: f.Purpose, Rows: 6, MaxLength: research.MaxText}
	v.Persons = web.Area{Control: control("persons"), Value: f.Persons, Rows: 3, MaxLength: research.MaxText}
	v.Until = web.Date{Control: control("until"), Day: f.day, Month: f.month, Year: f.year}
	v.Agree = web.Consent{Control: control("agree"), Chosen: f.Agreed}
	page := p.page(r, p.views.T(l, "apply.heading"), applyPath)
	page.Parent, page.Fault = p.parent("heading", ownPath), v.Faults != nil
	p.views.Render(w, r, status, page, "apply", v)
}

func (p *Pages) parent(key, path string) web.Link {
	return web.Link{Path: path, Label: i18n.Text{DA: p.views.T(i18n.Danish, key), EN: p.views.T(i18n.English, key)}}
}

func paragraphs(text string) []string { return strings.Split(strings.TrimSpace(text), "\n\n") }

// ownView is a project as its researcher sees it.
type ownView struct {
	Title string
	State *web.Alert
	Facts web.Facts
	Get   *web.Act // makes a link to the files
}

func (p *Pages) own(w http.ResponseWriter, r *http.Request, who policy.Subject, one research.Project) {
	l := web.Lang(r)
	v := ownView{Title: one.Title, Facts: p.facts(l, one), State: &web.Alert{Kind: web.Info, Text: p.views.T(l, "own."+string(one.State))}}
	switch {
	case one.State == research.Accepted && !one.Opens(p.Now()):
		v.State = &web.Alert{Kind: web.Warning, Text: p.views.T(l, "own.past")}
	case one.State == research.Accepted && !who.Holds(policy.Researcher):
		v.State = &web.Alert{Kind: web.Warning, Text: p.views.T(l, "own.norole")}
	case one.State == research.Accepted:
		v.State.Kind = web.Success
		v.Get = &web.Act{Action: web.Localise(l, projectPath(one.ID)) + "/link", Label: p.views.T(l, "get"), Look: web.Primary}
	}
	page := p.page(r, one.Title, projectPath(one.ID))
	page.Parent = p.parent("heading", ownPath)
	p.views.Render(w, r, http.StatusOK, page, "own", v)
}

func (p *Pages) link(w http.ResponseWriter, r *http.Request, who policy.Subject, id int64) {
	token, err := p.Projects.Link(r.Context(), who, id)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	http.Redirect(w, r, web.Localise(web.Lang(r), projectPath(id))+"/files/"+token, http.StatusSeeOther)
}

// filesView lists the files behind a link.
type filesView struct {
	Title string
	Ends  string
	Files web.Table
}

func (p *Pages) files(w http.ResponseWriter, r *http.Request, who policy.Subject, id int64) {
	token := chi.URLParam(r, "token")
	one, rel, ends, err := p.Projects.Files(r.Context(), who, id, token)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	l := web.Lang(r)
	at := projectPath(id) + "/files/" + token
	v := filesView{Title: one.Title, Ends: p.views.T(l, "files.ends", "time", i18n.Clock(ends.In(p.Zone), l)),
		Files: web.Table{Name: "files", Caption: p.views.T(l, "files"), Quiet: true, Columns: []web.Column{{Label: p.views.T(l, "file")}, {Label: p.views.T(l, "bytes"), Number: true}}}}
	for _, f := range rel.Manifest.Files {
		v.Files.Rows = append(v.Files.Rows, web.Row{{Text: f.Title.In(l), Href: web.Localise(l, at) + "/" + f.Name, Note: f.Name}, {Text: number.Integer(int(f.Bytes), l)}})
	}
	page := p.page(r, p.views.T(l, "files"), at)
	page.Parent = web.Link{Path: projectPath(id), Label: i18n.Same(one.Title)}
	p.views.Render(w, r, http.StatusOK, page, "files", v)
}

func (p *Pages) download(w http.ResponseWriter, r *http.Request, who policy.Subject, id int64) {
	f, entry, err := p.Projects.Download(r.Context(), who, id, chi.URLParam(r, "token"), chi.URLParam(r, "file"))
	if err != nil {
		p.fail(w, r, err)
		return
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", entry.MediaType)
	h.Set("Content-Disposition", `attachment; filename="`+saved(entry)+`"`)
	h.Set("Content-Length", strconv.FormatInt(entry.Bytes, 10))
	io.Copy(w, f) //nolint:errcheck // whoever hangs up gets the rest by another, logged, download
}

// saved is the name that a file is saved under: scripts look for it as it is.
func saved(entry release.File) string { return path.Base(entry.Name) }
