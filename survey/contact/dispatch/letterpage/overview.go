package letterpage

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/wording"
	"barometer/survey/fieldwork/figure"
)

// overviewView is a wave's letters.
type overviewView struct {
	Said     *web.Alert
	Hindered *web.Alert
	Lines    []string

	Planned web.Table
	Kind    web.Select
	Lang    web.Select
	Channel web.Select
	Path    string // of the dry run

	Sent  web.Table
	Log   string // path of the log, empty where nothing was sent
	Files []batchView
}

// batchView is a folder of letters with what can be done with it.
type batchView struct {
	Name    string
	Made    string
	Sealed  bool
	Files   []web.Anchor
	Destroy web.Act
}

// overview shows what is planned, what was sent, and offers a dry run.
func (p *Pages) overview(w http.ResponseWriter, r *http.Request, a asked) {
	v := overviewView{Path: path(a.ID) + "/plan"}
	switch key := p.Shell.Said(w, r); key {
	case "said.sent", "said.destroyed", "said.gone":
		v.Said = web.Done(p.T(r, key))
	}
	wave, err := p.Open(a.ID)
	h, err := hindered(err)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	if h != nil {
		v.Hindered, v.Lines = p.warn(r, h), h.lines
	} else {
		if wave.Paused {
			v.Hindered = p.warn(r, &hindrance{key: "hindered.paused"})
		}
		v.Planned = p.planned(r, wave)
		p.order(r, &v, wave)
	}
	log, err := p.Letters.Log(r.Context(), a.ID)
	if err == nil {
		v.Files, err = p.batches(r, a)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	if v.Sent = p.sent(r, log); len(log) > 0 {
		v.Log = path(a.ID) + "/log"
	}
	p.views.Render(w, r, http.StatusOK, p.view(r, p.T(r, "title"), path(a.ID), a), "letters", v)
}

// planned lists what goes out by itself.
func (p *Pages) planned(r *http.Request, wave *dispatch.Wave) web.Table {
	l := web.Lang(r)
	t := web.Table{Name: "planned", Caption: p.T(r, "planned"), Quiet: true, None: p.T(r, "planned.none"), Columns: p.columns(r, "letter", "day")}
	for _, one := range wave.Planned {
		t.Rows = append(t.Rows, web.Row{{Text: figure.Sentence(one.Kind.Label().In(l))}, {Text: i18n.Date(one.Day, l)}})
	}
	if wave.Thanks {
		t.Rows = append(t.Rows, web.Row{{Text: figure.Sentence(wording.Thanks.Label().In(l))}, {Text: p.T(r, "planned.thanks")}})
	}
	return t
}

// order asks for a letter: those that the wave has wordings for.
func (p *Pages) order(r *http.Request, v *overviewView, wave *dispatch.Wave) {
	l := web.Lang(r)
	v.Kind = web.Select{Control: web.Control{Name: "kind", Label: p.T(r, "letter")}}
	for _, k := range kinds() {
		if _, err := wave.Wordings.Get(k, i18n.Danish); err == nil {
			v.Kind.Options = append(v.Kind.Options, web.Option{Value: string(k), Label: figure.Sentence(k.Label().In(l))})
		}
	}
	v.Lang = web.Select{Control: web.Control{Name: "lang", Label: p.T(r, "lang")}}
	for _, one := range i18n.Languages {
		v.Lang.Options = append(v.Lang.Options, web.Option{Value: string(one), Label: p.T(r, "lang."+string(one)), Chosen: one == i18n.Danish})
	}
	v.Channel = web.Select{Control: web.Control{Name: "channel", Label: p.T(r, "channel"), Hint: p.T(r, "channel.hint")}, Options: []web.Option{{Label: p.T(r, "channel.rule")}}}
	for _, c := range wording.Channels {
		v.Channel.Options = append(v.Channel.Options, web.Option{Value: string(c), Label: p.T(r, "channel.only", "channel", p.T(r, "channel."+string(c)))})
	}
}

// kinds lists all letters in the order they are sent.
func kinds() []wording.Kind {
	list := []wording.Kind{wording.Invitation}
	for n := range wording.MostReminders {
		list = append(list, wording.Reminder(n+1))
	}
	return append(list, wording.LastCall, wording.Thanks)
}

// alike is what letters of the log are counted by.
type alike struct {
	kind    wording.Kind
	channel wording.Channel
	state   string
}

// sent sums the log.
func (p *Pages) sent(r *http.Request, log []dispatch.Sent) web.Table {
	l := web.Lang(r)
	t := web.Table{Name: "sent", Caption: p.T(r, "sent"), Quiet: true, None: p.T(r, "sent.none"), Columns: p.columns(r, "letter", "way", "state", "last", "n")}
	var order []alike
	count, latest := map[alike]int{}, map[alike]time.Time{}
	for _, s := range log {
		key := alike{s.Kind, s.Channel, s.State}
		if count[key] == 0 {
			order = append(order, key)
		}
		count[key]++
		if s.At.After(latest[key]) {
			latest[key] = s.At
		}
	}
	for _, key := range order {
		t.Rows = append(t.Rows, web.Row{
			{Text: figure.Sentence(key.kind.Label().In(l))}, {Text: p.T(r, "channel."+string(key.channel))}, {Tag: p.stateTag(r, key.state)},
			{Text: p.moment(latest[key], l)}, {Text: figure.Count(count[key])},
		})
	}
	return t
}

// states that package mail and the log know, with their looks.
var states = map[string]web.Kind{
	"filed": web.Success, "sent": web.Success, "queued": web.Info, "failed": web.Danger, "expired": web.Danger, "withheld": web.Warning, "bounced": web.Danger,
}

func (p *Pages) stateTag(r *http.Request, state string) *web.Tag {
	kind, known := states[state]
	if !known {
		return &web.Tag{Text: state}
	}
	return &web.Tag{Kind: kind, Text: p.T(r, "state."+state)}
}

// batches are the folders that wait, with their files for whoever may fetch
// them.
func (p *Pages) batches(r *http.Request, a asked) (list []batchView, err error) {
	if !p.May(r, http.MethodGet, base+"/plan") { // to fetch them, the sign-in must be fresh as well
		return nil, nil
	}
	found, err := batches(a.Outgoing)
	for _, b := range found {
		v := batchView{Name: b.name, Made: p.moment(b.made(), web.Lang(r)), Sealed: len(b.files) > 0}
		for _, f := range b.files {
			v.Sealed = v.Sealed && sealedFile(f.name)
			v.Files = append(v.Files, web.Anchor{
				Href: p.link(r, path(a.ID)+"/files/"+b.name+"/"+f.name), Label: p.T(r, "file", "name", f.name, "size", strconv.Itoa(int((f.size+1023)/1024))),
			})
		}
		v.Destroy = web.Act{Action: p.link(r, path(a.ID)+"/destroy"), Label: p.T(r, "destroy"), Object: b.name, Look: web.Caution, Fields: []web.Hidden{{Name: "batch", Value: b.name}}}
		list = append(list, v)
	}
	return list, err
}

// logView is the send log, letter by letter.
type logView struct {
	List  web.Table
	Pager *web.Pager
}

// logged is how many letters a page of the log shows.
const logged = 100

// log lists what was sent, the latest first. Workplaces stand in it by their
// keys, which name nobody.
func (p *Pages) log(w http.ResponseWriter, r *http.Request, a asked) {
	l := web.Lang(r)
	all, err := p.Letters.Log(r.Context(), a.ID)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	slices.Reverse(all)
	part, parts := 1, (len(all)+logged-1)/logged
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil && n > 0 && n <= parts {
		part = n
	}
	v := logView{List: web.Table{Name: "log", Caption: p.T(r, "log.title"), Quiet: true, None: p.T(r, "sent.none"), Columns: p.columns(r, "workplace", "letter", "way", "state", "time")}}
	for _, s := range all[min((part-1)*logged, len(all)):min(part*logged, len(all))] {
		letter := figure.Sentence(s.Kind.Label().In(l))
		if s.Turn > 1 {
			letter = p.T(r, "turn", "letter", letter, "n", s.Turn)
		}
		v.List.Rows = append(v.List.Rows, web.Row{
			{Text: s.Unit, Href: p.link(r, desk+"/"+a.ID+"/units/"+s.Unit)}, {Text: letter}, {Text: p.T(r, "channel."+string(s.Channel))},
			{Tag: p.stateTag(r, s.State), Note: s.Code}, {Text: p.moment(s.At, l)},
		})
	}
	v.Pager = web.NewPager(p.T(r, "log.pages"), part, parts, func(n int) string {
		return p.link(r, path(a.ID)+"/log") + "?page=" + strconv.Itoa(n)
	})
	p.views.Render(w, r, http.StatusOK, p.view(r, p.T(r, "log.title"), path(a.ID)+"/log", a), "log", v)
}
