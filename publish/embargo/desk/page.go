package desk

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/web"
	"barometer/publish/embargo"
	"barometer/publish/release"
	"barometer/reports/number"
)

func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	all, err := p.Releases.List(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	l := web.Lang(r)
	t := web.Table{Name: "releases", Caption: p.views.T(l, "title"), Quiet: true, None: p.views.T(l, "none")}
	for _, key := range []string{"release", "state", "moment", "answers", "approved"} {
		t.Columns = append(t.Columns, web.Column{Label: p.views.T(l, key)})
	}
	for _, e := range all {
		t.Rows = append(t.Rows, p.row(r, e))
	}
	p.views.Render(w, r, http.StatusOK, p.page(r, p.views.T(l, "title"), path), "releases", t)
}

func (p *Pages) page(r *http.Request, title, path string) web.Page {
	return web.Page{Lang: web.Lang(r), Title: title, Path: path, NoIndex: true, Private: true, SignedIn: true}
}

func (p *Pages) row(r *http.Request, e embargo.Entry) web.Row {
	l := web.Lang(r)
	if e.State == "" {
		return web.Row{{Text: p.name(l, e), Note: p.views.T(l, "unentered.text")}, {Tag: p.tag(l, e)}, {}, {}, {}}
	}
	at := e.Published
	if at.IsZero() {
		at = e.Opens
	}
	return web.Row{
		{Text: p.name(l, e), Href: web.Localise(l, pagePath(e.Name))}, {Tag: p.tag(l, e)},
		{Text: p.moment(l, at)}, {Text: p.who(r, e.SubmittedBy)}, {Text: p.who(r, e.ApprovedBy)},
	}
}

func (p *Pages) name(l i18n.Lang, e embargo.Entry) string {
	return p.views.T(l, "name", "wave", e.Wave, "version", e.Version)
}

// tag is the state at a glance.
func (p *Pages) tag(l i18n.Lang, e embargo.Entry) *web.Tag {
	kinds := map[embargo.State]web.Kind{
		"": web.Warning, embargo.Submitted: web.Info, embargo.Approved: web.Info, embargo.Embargoed: web.Warning,
		embargo.Published: web.Success, embargo.Withdrawn: web.Danger,
	}
	return &web.Tag{Kind: kinds[e.State], Text: p.views.T(l, "state."+stateName(e.State))}
}

func stateName(s embargo.State) string {
	if s == "" {
		return "unentered"
	}
	return string(s)
}

func (p *Pages) who(r *http.Request, who string) string {
	if who == "" {
		return ""
	}
	return p.Name(r.Context(), who).In(web.Lang(r))
}

// moment writes a point in time as people read it; nothing for one that is not
// there.
func (p *Pages) moment(l i18n.Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(p.Zone)
	return p.views.T(l, "at", "day", i18n.Date(t, l), "time", i18n.Clock(t, l))
}

// view is the page of one release.
type view struct {
	Faults web.Faults
	Did    *web.Alert

	Title   string
	Lead    string     // what the release waits for
	Overdue *web.Alert // it should have come out
	Facts   web.Facts
	Check   web.Alert // whether the folder is what was entered
	Wrong   web.Table // what it is not
	Preview string    // address of the site with the release; empty for those who may not look
	Files   web.Table
	Changes web.Table
	Events  []web.Event

	Acts     []actView
	Schedule *scheduleForm
}

// actView is one thing the reader may do, and what it means.
type actView struct {
	Text string
	web.Act
}

func (p *Pages) one(w http.ResponseWriter, r *http.Request, e embargo.Entry) {
	v := view{}
	if done := r.URL.Query().Get("did"); slices.Contains([]string{"submit", "approve", "schedule", "now", "withdraw"}, done) {
		v.Did = web.Done(p.views.T(web.Lang(r), "did."+done))
	}
	p.render(w, r, http.StatusOK, e, v)
}

func (p *Pages) render(w http.ResponseWriter, r *http.Request, status int, e embargo.Entry, v view) {
	who, err := p.Who(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	l := web.Lang(r)
	v.Title, v.Lead = p.name(l, e), p.views.T(l, "waits."+string(e.State))
	if e.Overdue(p.Now()) {
		v.Overdue = &web.Alert{Kind: web.Danger, Heading: p.views.T(l, "overdue"), Text: p.views.T(l, "overdue.text")}
	}
	v.Events = p.events(r, e)
	p.addActs(&v, l, who, e)
	p.addFolder(&v, l, who, e)
	page := p.page(r, v.Title, pagePath(e.Name))
	page.Parent = web.Link{Path: path, Label: i18n.Text{DA: p.views.T(i18n.Danish, "title"), EN: p.views.T(i18n.English, "title")}}
	page.Fault = v.Faults != nil
	p.views.Render(w, r, status, page, "release", v)
}

// addFolder describes what lies in the folder, and compares it with what was
// entered.
func (p *Pages) addFolder(v *view, l i18n.Lang, who policy.Subject, e embargo.Entry) {
	v.Facts = web.Facts{{Term: p.views.T(l, "state"), Text: p.views.T(l, "state."+string(e.State))}}
	m, err := p.Releases.Manifest(e.Name)
	if err == nil {
		err = p.Releases.Verify(e)
	}
	if err != nil {
		v.Check = web.Alert{Kind: web.Danger, Heading: p.views.T(l, "check.changed"), Text: p.views.T(l, "check.changed.text")}
		v.Wrong = p.faults(l, err)
	} else {
		v.Check = web.Alert{Kind: web.Success, Text: p.views.T(l, "check.whole", "files", number.Integer(len(m.Files), l))}
	}
	if m == nil {
		return
	}
	may := p.Rules.Decide(who, "release", "preview", p.Now()) == policy.Allowed
	if may && err == nil {
		v.Preview = previewPath(l, e.Name, "/")
	}
	if at, err := p.Releases.Announced(e.Name); err == nil {
		v.Facts = append(v.Facts, web.Fact{Term: p.views.T(l, "announced"), Text: p.moment(l, at)})
	}
	v.Facts = append(v.Facts, web.Fact{Term: p.views.T(l, "manifest"), Text: e.Manifest[:16] + "…", Note: p.views.T(l, "manifest.text")},
		web.Fact{Term: p.views.T(l, "cite"), Text: m.Citation.In(l)})
	v.Files, v.Changes = p.files(l, e, m, v.Preview != ""), p.changes(l, m)
}

// faults lists what is wrong with a folder, by file.
func (p *Pages) faults(l i18n.Lang, err error) web.Table {
	t := web.Table{Name: "wrong", Caption: p.views.T(l, "check.changed"), Columns: []web.Column{{Label: p.views.T(l, "check.fault")}}}
	for line := range strings.Lines(err.Error()) {
		t.Rows = append(t.Rows, web.Row{{Text: strings.TrimSpace(line), Lang: "en"}})
	}
	return t
}

func (p *Pages) files(l i18n.Lang, e embargo.Entry, m *release.Manifest, linked bool) web.Table {
	t := web.Table{Name: "files", Caption: p.views.T(l, "files"), Quiet: true,
		Columns: []web.Column{{Label: p.views.T(l, "file")}, {Label: p.views.T(l, "bytes"), Number: true}}}
	for _, f := range m.Files {
		c := web.Cell{Text: f.Title.In(l), Note: f.Name}
		if linked {
			c.Href = filePath(l, e.Name, f.Name)
		}
		t.Rows = append(t.Rows, web.Row{c, {Text: number.Integer(int(f.Bytes), l)}})
	}
	return t
}

// changes lists the versions that the release comes after, and what it corrects
// in the latest of them.
func (p *Pages) changes(l i18n.Lang, m *release.Manifest) web.Table {
	t := web.Table{Name: "changes", Caption: p.views.T(l, "changes"), Quiet: true, Columns: []web.Column{
		{Label: p.views.T(l, "version")}, {Label: p.views.T(l, "reason")}, {Label: p.views.T(l, "cells"), Number: true}}}
	for _, c := range m.Changes {
		t.Rows = append(t.Rows, web.Row{{Text: c.Version}, {Text: c.Reason.In(l)}, {Text: number.Integer(len(c.Cells), l)}})
	}
	return t
}

// events tells the life of a release, the latest first.
func (p *Pages) events(r *http.Request, e embargo.Entry) (list []web.Event) {
	l := web.Lang(r)
	add := func(key, who string, at time.Time, note string) {
		if !at.IsZero() {
			list = append(list, web.Event{When: p.moment(l, at), What: p.views.T(l, "event."+key, "who", p.who(r, who)), Note: note})
		}
	}
	add("built", e.BuiltBy, e.Built, "")
	add("submitted", e.SubmittedBy, e.Submitted, "")
	add("approved", e.ApprovedBy, e.Approved, "")
	if e.State == embargo.Embargoed {
		add("opens", e.ScheduledBy, e.Opens, "")
	}
	add("published", e.PublishedBy, e.Published, "")
	if e.State == embargo.Corrected {
		add("corrected", e.EndedBy, e.Ended, p.views.T(l, "successor", "version", e.Successor))
	}
	if e.State == embargo.Withdrawn {
		add("withdrawn", e.EndedBy, e.Ended, "")
	}
	slices.Reverse(list)
	return list
}

// addActs offers what the reader may do about the release.
func (p *Pages) addActs(v *view, l i18n.Lang, who policy.Subject, e embargo.Entry) {
	looks := map[embargo.Event]web.Look{embargo.Submit: web.Primary, embargo.Approve: web.Primary, embargo.AtOnce: web.Secondary, embargo.Withdraw: web.Caution}
	for _, on := range []embargo.Event{embargo.Submit, embargo.Approve, embargo.AtOnce, embargo.Withdraw} {
		if p.Releases.Possible(who, on, e) {
			v.Acts = append(v.Acts, actView{p.views.T(l, "act."+did[on]+".text"), web.Act{
				Action: web.Localise(l, pagePath(e.Name)) + "/" + did[on], Label: p.views.T(l, "act."+did[on]), Look: looks[on],
			}})
		}
	}
	if p.Releases.Possible(who, embargo.Schedule, e) {
		if v.Schedule == nil {
			v.Schedule = p.proposed(e)
		}
		v.Schedule.word(p, l, e, v.Faults.On("day"))
	}
}
