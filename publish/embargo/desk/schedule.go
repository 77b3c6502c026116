package desk

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/publish/embargo"
)

// scheduleForm sets the moment of a release.
type scheduleForm struct {
	Action string
	Day    web.Date
	Time   web.Field
}

// proposed is the moment a form begins with: the one that holds, else the one
// announced, where it lies ahead.
func (p *Pages) proposed(e embargo.Entry) *scheduleForm {
	f := &scheduleForm{Time: web.Field{Value: embargo.Usual}}
	at := e.Opens
	if at.IsZero() {
		at, _ = p.Releases.Announced(e.Name)
	}
	if at.After(p.Now()) {
		at = at.In(p.Zone)
		f.Day.Day, f.Day.Month, f.Day.Year = strconv.Itoa(at.Day()), strconv.Itoa(int(at.Month())), strconv.Itoa(at.Year())
		f.Time.Value = at.Format("15:04")
	}
	return f
}

// word gives the form its labels.
func (f *scheduleForm) word(p *Pages, l i18n.Lang, e embargo.Entry, fault string) {
	f.Action = web.Localise(l, pagePath(e.Name)) + "/schedule"
	f.Day.Control = web.Control{Name: "day", Label: p.views.T(l, "day"), Hint: p.views.T(l, "day.hint"), Fault: fault}
	f.Time.Control = web.Control{Name: "time", Label: p.views.T(l, "time"), Hint: p.views.T(l, "time.hint")}
	f.Time.Short, f.Time.MaxLength = true, 5
}

// schedule sets the moment that was typed.
func (p *Pages) schedule(w http.ResponseWriter, r *http.Request, e embargo.Entry) {
	if err := r.ParseForm(); err != nil {
		p.Shell.Error(w, r, http.StatusBadRequest)
		return
	}
	get := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	f := &scheduleForm{Day: web.Date{Day: get("day-day"), Month: get("day-month"), Year: get("day-year")}, Time: web.Field{Value: get("time")}}
	at, err := f.moment(p.Zone)
	if err == nil {
		who, errWho := p.Who(r)
		if err = errWho; err == nil {
			_, err = p.Releases.Schedule(r.Context(), who, e.Name, at)
		}
	}
	if target, key, status := fault(err); err != nil && target == "day" {
		p.render(w, r, status, e, view{Faults: web.Faults{{Target: "day", Message: p.views.T(web.Lang(r), key)}}, Schedule: f})
		return
	}
	p.after(w, r, e, embargo.Schedule, err)
}

// moment reads what was typed: numbers with or without a zero before them, and a
// time with a colon or, as in Danish, a point.
func (f *scheduleForm) moment(zone *time.Location) (time.Time, error) {
	pad := func(s string, width int) string {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return s
		}
		return fmt.Sprintf("%0*d", width, n)
	}
	day := pad(f.Day.Year, 4) + "-" + pad(f.Day.Month, 2) + "-" + pad(f.Day.Day, 2)
	hour, minute, _ := strings.Cut(strings.Replace(f.Time.Value, ".", ":", 1), ":")
	return embargo.Moment(day, pad(hour, 2)+":"+minute, zone)
}
