package page

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/internal/qrcode"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/publish/benchmark"
	"barometer/publish/benchmark/room"
	"barometer/reports/number"
	"barometer/survey/questionnaire"
	"github.com/go-chi/chi/v5"
)

// refresh is after how many seconds a screen asks again, without script.
const refresh = "10"

// roomsView offers to open a room or to join one.
type roomsView struct {
	Action, Join string
	Question     web.Choices
	Faults       web.Faults
}

func (p *Pages) rooms(w http.ResponseWriter, r *http.Request) {
	if p.current() == nil {
		p.pending(w, r, roomsPath)
		return
	}
	p.showRooms(w, r, http.StatusOK, nil)
}

func (p *Pages) showRooms(w http.ResponseWriter, r *http.Request, status int, faults web.Faults) {
	l := web.Lang(r)
	v := roomsView{Action: web.Localise(l, roomsPath), Join: web.Localise(l, joinPath), Faults: faults,
		Question: web.Choices{Control: web.Control{Name: "question", Label: p.views.T(l, "rooms.question"), Fault: faults.On("question")}}}
	list := p.current().Short()
	for i, q := range list {
		v.Question.Options = append(v.Question.Options, web.Option{Value: q.ID, Label: q.Label.In(l), Chosen: i == len(list)-1})
	}
	p.render(w, r, status, "rooms", place{path: roomsPath, fault: faults != nil}, v)
}

// openRoom opens a room for the question chosen and leads to its screen.
func (p *Pages) openRoom(w http.ResponseWriter, r *http.Request) {
	wave := p.current()
	if wave == nil {
		p.Shell.Error(w, r, http.StatusBadRequest)
		return
	}
	sent, ok := p.values(w, r)
	if !ok {
		return
	}
	asked := sent["question"]
	if _, known := question(wave, sent.Get("question")); !known || len(asked) != 1 || len(sent) != 1 {
		p.showRooms(w, r, http.StatusBadRequest, web.Faults{{Target: "question", Message: p.views.T(web.Lang(r), "rooms.fault")}})
		return
	}
	if p.slow(w, r, p.opening) {
		return
	}
	_, token, err := p.Rooms.Open(r.Context(), wave.Table.Wave, asked[0])
	if err != nil {
		p.fail(w, r, err)
		return
	}
	http.Redirect(w, r, web.Localise(web.Lang(r), lookPath+token), http.StatusSeeOther)
}

// question is a question of the short form.
func question(wave *Wave, id string) (benchmark.Question, bool) {
	list := wave.Short()
	i := slices.IndexFunc(list, func(q benchmark.Question) bool { return q.ID == id })
	if i < 0 {
		return benchmark.Question{}, false
	}
	return list[i], true
}

// joinView asks for a room's code.
type joinView struct {
	Action string
	Code   web.Field
	Faults web.Faults
}

func (p *Pages) join(w http.ResponseWriter, r *http.Request) { p.askCode(w, r, http.StatusOK, "") }

func (p *Pages) askCode(w http.ResponseWriter, r *http.Request, status int, fault string) {
	l := web.Lang(r)
	v := joinView{Action: web.Localise(l, joinPath), Code: web.Field{
		Control: web.Control{Name: "code", Label: p.views.T(l, "join.code"), Hint: p.views.T(l, "join.hint"), Fault: fault},
		Code:    true, Short: true, MaxLength: 40,
	}}
	if fault != "" {
		v.Faults = web.Faults{{Target: "code", Message: fault}}
	}
	p.render(w, r, status, "join", place{path: joinPath, plain: true, fault: fault != ""}, v)
}

// enter leads whoever typed a code to its room.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request) {
	sent, ok := p.values(w, r)
	if !ok || p.slow(w, r, p.joining) {
		return
	}
	code, err := room.ParseCode(sent.Get("code"))
	if err == nil {
		_, err = p.Rooms.Join(r.Context(), code)
	}
	switch {
	case errors.Is(err, room.ErrNoRoom):
		p.askCode(w, r, http.StatusNotFound, p.views.T(web.Lang(r), "join.fault"))
	case err != nil:
		p.fail(w, r, err)
	default:
		http.Redirect(w, r, web.Localise(web.Lang(r), joinPath+"/"+code), http.StatusSeeOther)
	}
}

// roomView is the form of a participant.
type roomView struct {
	Action, Ballot string
	Question       group
	Faults         web.Faults
}

// joined finds the room of a request and its question; where there is none it has
// answered.
func (p *Pages) joined(w http.ResponseWriter, r *http.Request) (code string, q benchmark.Question, ok bool) {
	if p.slow(w, r, p.joining) {
		return "", q, false
	}
	code, err := room.ParseCode(chi.URLParam(r, "room"))
	var found room.Room
	if err == nil {
		found, err = p.Rooms.Join(r.Context(), code)
	}
	if err == nil {
		if wave := p.wave(found.Wave); wave != nil {
			q, ok = question(wave, found.Item)
		}
	}
	switch {
	case errors.Is(err, room.ErrNoRoom), err == nil && !ok:
		p.askCode(w, r, http.StatusNotFound, p.views.T(web.Lang(r), "join.fault"))
	case err != nil:
		p.fail(w, r, err)
	}
	return code, q, ok
}

func (p *Pages) room(w http.ResponseWriter, r *http.Request) {
	if code, q, ok := p.joined(w, r); ok {
		p.showRoom(w, r, http.StatusOK, code, q, p.Nonce(), nil, nil)
	}
}

func (p *Pages) showRoom(w http.ResponseWriter, r *http.Request, status int, code string, q benchmark.Question, ballot string, sent url.Values, faults web.Faults) {
	l := web.Lang(r)
	v := roomView{Action: web.Localise(l, joinPath+"/"+code), Ballot: ballot, Question: groupOf(q, sent, l), Faults: faults}
	p.render(w, r, status, "room", place{path: joinPath + "/" + code, private: true, plain: true, fault: faults != nil}, v)
}

// answer takes a participant's answers.
func (p *Pages) answer(w http.ResponseWriter, r *http.Request) {
	code, q, ok := p.joined(w, r)
	if !ok {
		return
	}
	sent, ok := p.values(w, r)
	if !ok {
		return
	}
	ballot := sent.Get("ballot")
	rest := url.Values{}
	for name, values := range sent {
		if name != "ballot" {
			rest[name] = values
		}
	}
	answers, err := benchmark.ReadShort([]benchmark.Question{q}, rest)
	open := unanswered(q, rest)
	if err != nil || len(sent["ballot"]) != 1 || len(ballot) > 64 || ballot == "" || open != "" {
		faults := web.Faults{{Target: cmp.Or(open, q.Fields()[0]), Message: p.views.T(web.Lang(r), "room.fault")}}
		p.showRoom(w, r, http.StatusBadRequest, code, q, p.Nonce(), rest, faults)
		return
	}
	if err := p.Rooms.Answer(r.Context(), code, ballot, values(answers[q.ID], q)); err != nil {
		p.fail(w, r, err)
		return
	}
	p.render(w, r, http.StatusOK, "thanks", place{path: joinPath + "/" + code, private: true, plain: true}, nil)
}

// unanswered is the first field that was left open. All of a form are asked for:
// else a field that one of five answered would show what that one said.
func unanswered(q benchmark.Question, sent url.Values) string {
	for _, field := range q.Fields() {
		if len(sent[field]) == 0 {
			return field
		}
	}
	return ""
}

// values are an answer's options by field, cleared of what an option that stands
// alone excludes.
func values(a questionnaire.Answer, q benchmark.Question) url.Values {
	if !q.Kind.HasRows() {
		return url.Values{q.ID: a.Codes}
	}
	v := url.Values{}
	for row, codes := range a.Rows {
		v[questionnaire.Field(q.ID, row)] = codes
	}
	return v
}

// screenView is what all at the meeting look at.
type screenView struct {
	Question    string
	Code        string
	Address     string // to type
	QR          *qrcode.Picture
	Answered    string
	Waiting     string // until enough have answered
	Tables      []tally
	Close       web.Act
	Still, Live string // addresses that end and begin the refreshing
	Until       string
}

// tally is how the answers to one field are spread.
type tally struct {
	Label string
	Rows  []share
}

type share struct {
	Label, Count, Percent string
	Width                 string // of 100
}

// screen shows the spread of the answers. The header asks the browser to come
// again, so that no script is needed.
func (p *Pages) screen(w http.ResponseWriter, r *http.Request) {
	l, token := web.Lang(r), chi.URLParam(r, "token")
	s, err := p.Rooms.Look(r.Context(), token)
	var q benchmark.Question
	ok := false
	if err == nil {
		if wave := p.wave(s.Wave); wave != nil {
			q, ok = question(wave, s.Item)
		}
	}
	switch {
	case errors.Is(err, room.ErrNoRoom), err == nil && !ok:
		p.render(w, r, http.StatusNotFound, "closed", place{path: roomsPath, private: true}, struct{ Gone bool }{true})
		return
	case err != nil:
		p.fail(w, r, err)
		return
	}
	v, err := p.screenOf(r, s, q, l)
	if err != nil {
		p.Shell.Fail(w, r, err)
		return
	}
	here := web.Localise(l, lookPath+token)
	v.Close = web.Act{Action: here, Label: p.views.T(l, "screen.close"), Look: web.Caution}
	if r.URL.Query().Has("still") {
		v.Live = here
	} else {
		v.Still = here + "?still=yes"
		w.Header().Set("Refresh", refresh)
	}
	p.render(w, r, http.StatusOK, "screen", place{path: lookPath + token, private: true, plain: true}, v)
}

func (p *Pages) screenOf(r *http.Request, s room.Screen, q benchmark.Question, l i18n.Lang) (screenView, error) {
	address := p.base(r) + web.Localise(l, joinPath+"/"+s.Code)
	picture, err := qrcode.Draw(address)
	if err != nil {
		return screenView{}, err
	}
	v := screenView{
		Question: q.Label.In(l), Code: s.Code[:3] + " " + s.Code[3:], QR: picture,
		Address:  strings.TrimPrefix(strings.TrimPrefix(p.base(r), "https://"), "http://") + web.Localise(l, joinPath),
		Answered: p.views.T(l, "screen.answered", "count", number.Integer(s.Answered, l), "shown", number.Integer(len(s.Shown), l)),
		Until:    p.views.T(l, "screen.until", "time", s.Expires.In(p.Zone).Format("15.04")),
	}
	if len(s.Shown) == 0 {
		v.Waiting = p.views.T(l, "screen.waiting", "least", room.Step)
		return v, nil
	}
	labels := []string{v.Question}
	if q.Kind.HasRows() {
		labels = nil
		for _, row := range q.Rows {
			labels = append(labels, row.Label.In(l))
		}
	}
	for i, field := range q.Fields() {
		v.Tables = append(v.Tables, tallyOf(labels[i], field, q, s.Shown, l))
	}
	return v, nil
}

// tallyOf counts the answers to a field by option.
func tallyOf(label, field string, q benchmark.Question, shown []url.Values, l i18n.Lang) tally {
	t := tally{Label: label}
	for _, o := range q.Options {
		n := 0
		for _, v := range shown {
			if slices.Contains(v[field], o.Code) {
				n++
			}
		}
		part := float64(n) / float64(len(shown))
		t.Rows = append(t.Rows, share{o.Label.In(l), number.Integer(n, l), number.Percent(part, l), fmt.Sprintf("%.0f", 100*part)})
	}
	return t
}

// close ends a meeting and removes what was answered.
func (p *Pages) close(w http.ResponseWriter, r *http.Request) {
	err := p.Rooms.Close(r.Context(), chi.URLParam(r, "token"))
	status := http.StatusOK
	switch {
	case errors.Is(err, room.ErrNoRoom):
		status = http.StatusNotFound
	case err != nil:
		p.fail(w, r, err)
		return
	}
	p.render(w, r, status, "closed", place{path: roomsPath, private: true}, struct{ Gone bool }{err != nil})
}

// fail answers for what the store refused.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, room.ErrFull), errors.Is(err, store.ErrUnavailable):
		p.Shell.Error(w, r, http.StatusServiceUnavailable)
	case errors.Is(err, room.ErrNoRoom):
		p.askCode(w, r, http.StatusNotFound, p.views.T(web.Lang(r), "join.fault"))
	default:
		p.Shell.Fail(w, r, err)
	}
}

// base is the address of the site: as configured, else as the browser asked.
func (p *Pages) base(r *http.Request) string {
	if p.BaseURL != "" {
		return p.BaseURL
	}
	return "http://" + r.Host
}
