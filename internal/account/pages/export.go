package pages

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"barometer/internal/account"
	"barometer/internal/policy"
	"barometer/internal/web"
)

// exportPart is one table of the export.
type exportPart struct{ web.Table }

// table starts a part of the export: its title and the messages that head its
// columns.
func (p *Pages) table(r *http.Request, title string, columns ...string) *exportPart {
	return &exportPart{web.Table{
		Name: strings.ReplaceAll(title, ".", "-"), Caption: p.T(r, title), Quiet: true,
		Columns: p.columns(r, columns...), None: p.T(r, "export.nothing"),
	}}
}

func (e *exportPart) add(cells ...string) {
	row := web.Row{}
	for _, text := range cells {
		row = append(row, web.Cell{Text: text})
	}
	e.Rows = append(e.Rows, row)
}

// maybe writes a point in time that may not have come.
func (p *Pages) maybe(r *http.Request, t *time.Time) string {
	if t == nil {
		return "–"
	}
	return p.moment(r, *t)
}

func (p *Pages) exportPerson(r *http.Request, e account.Export) web.Table {
	part := p.table(r, "export.person", "export.what", "export.value")
	part.add(p.T(r, "export.id"), e.Person.ID.String())
	part.add(p.T(r, "name.label"), e.Person.Name)
	part.add(p.T(r, "address.label"), e.Person.Address)
	part.add(p.T(r, "export.proven"), p.maybe(r, e.Person.Proven))
	part.add(p.T(r, "kind.label"), p.T(r, "kind."+string(e.Person.Kind)))
	part.add(p.T(r, "people.state"), p.T(r, "state."+string(e.Person.State)))
	part.add(p.T(r, "export.added"), p.moment(r, e.Person.Added))
	return part.Table
}

func (p *Pages) exportRoles(r *http.Request, e account.Export) web.Table {
	part := p.table(r, "roles.title", "people.role", "export.asked", "export.confirmed", "export.ended")
	for _, g := range e.Roles {
		part.add(p.role(r, policy.Role(g.Role)), p.moment(r, g.Asked), p.maybe(r, g.Confirmed), p.maybe(r, g.Ended))
	}
	return part.Table
}

func (p *Pages) exportWorkplaces(r *http.Request, e account.Export) web.Table {
	part := p.table(r, "workplaces.title", "workplace.pnumber", "workplace.cvr", "workplace.role", "export.vouched", "workplace.since", "export.ended")
	for _, m := range e.Workplaces {
		part.add(m.PNumber, m.CVR, p.T(r, "workplace."+m.Role), m.VerifiedBy, p.moment(r, m.Since), p.maybe(r, m.Until))
	}
	return part.Table
}

func (p *Pages) exportCredentials(r *http.Request, e account.Export) web.Table {
	part := p.table(r, "export.credentials", "export.kind", "export.name", "export.added", "export.used")
	for _, c := range e.Credentials {
		part.add(c.Kind, c.Label, p.moment(r, c.Added), p.maybe(r, c.Used))
	}
	return part.Table
}

func (p *Pages) exportSessions(r *http.Request, e account.Export) web.Table {
	part := p.table(r, "sessions.title", "sessions.device", "sessions.how", "sessions.begun", "sessions.seen")
	for _, s := range e.Sessions {
		row := p.sessionRow(r, account.Session{Device: account.Device{Browser: s.Browser, System: s.System}, How: account.How{Method: s.Method}, Begun: s.Begun, Seen: s.Seen})
		part.add(row.Device, row.How, row.Begun, row.Seen)
	}
	return part.Table
}

// exportEvents tells the log in its own codes: they are what stands in it.
func (p *Pages) exportEvents(r *http.Request, e account.Export) web.Table {
	part := p.table(r, "export.events", "export.at", "export.action", "export.by", "export.detail")
	for _, v := range e.Events {
		by := p.T(r, "export.others")
		if v.ByYou {
			by = p.T(r, "export.you")
		}
		var detail []string
		for _, key := range slices.Sorted(maps.Keys(v.Detail)) {
			detail = append(detail, fmt.Sprintf("%s: %s", key, v.Detail[key]))
		}
		part.add(p.moment(r, v.At), v.Action, by, strings.Join(detail, ", "))
	}
	return part.Table
}
