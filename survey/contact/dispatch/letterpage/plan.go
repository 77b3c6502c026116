package letterpage

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/wording"
	"barometer/survey/fieldwork/figure"
)

// readOrder reads what is to be sent; ok is false for what is no letter.
func readOrder(values url.Values) (o dispatch.Order, ok bool) {
	var errKind, errLang, errChannel error
	o.Kind, errKind = wording.ParseKind(values.Get("kind"))
	o.Lang, errLang = i18n.ParseLang(values.Get("lang"))
	if c := values.Get("channel"); c != "" {
		o.Channel, errChannel = wording.ParseChannel(c)
	}
	return o, errKind == nil && errLang == nil && errChannel == nil
}

// values are an order as addresses and forms write it.
func values(o dispatch.Order) url.Values {
	return url.Values{"kind": {string(o.Kind)}, "lang": {string(o.Lang)}, "channel": {string(o.Channel)}}
}

// planView is a dry run.
type planView struct {
	Faults   web.Faults
	Hindered *web.Alert
	Lines    []string
	Lead     string
	Counts   web.Table
	List     web.Table
	Pager    *web.Pager
	Path     string

	Send      bool // there is something to send, and the reader may
	Fields    []web.Hidden
	Files     *web.Choices // how letters that are no mail are kept; nil: there are none
	Recipient web.Field
	Button    string
}

// plan shows who would be written to, how, and why or why not: by an invitation
// where no letter is named.
func (p *Pages) plan(w http.ResponseWriter, r *http.Request, a asked) {
	asks := r.URL.Query()
	if !asks.Has("kind") {
		asks.Set("kind", string(wording.Invitation))
		asks.Set("lang", string(web.Lang(r)))
	}
	o, ok := readOrder(asks)
	if !ok {
		p.Shell.Error(w, r, http.StatusNotFound)
		return
	}
	p.renderPlan(w, r, http.StatusOK, a, o, nil)
}

func (p *Pages) renderPlan(w http.ResponseWriter, r *http.Request, status int, a asked, o dispatch.Order, faults web.Faults) {
	at := path(a.ID) + "/plan"
	v := planView{Path: path(a.ID) + "/send", Faults: faults}
	plan, err := p.look(r, a, o)
	h, err := hindered(err)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	if h != nil {
		v.Hindered, v.Lines = p.warn(r, h), h.lines
	} else if err := p.fillPlan(r, a, o, plan, &v); err != nil {
		p.fail(w, r, err)
		return
	}
	page := p.view(r, p.T(r, "plan.title", "letter", o.Kind.Label().In(web.Lang(r))), at+"?"+values(o).Encode(), a)
	page.Fault = faults != nil
	p.views.Render(w, r, status, page, "plan", v)
}

func (p *Pages) look(r *http.Request, a asked, o dispatch.Order) (*dispatch.Plan, error) {
	wave, err := p.Open(a.ID)
	if err != nil {
		return nil, err
	}
	return p.Letters.Plan(r.Context(), wave, o)
}

// listed is how many workplaces a page shows.
const listed = 50

func (p *Pages) fillPlan(r *http.Request, a asked, o dispatch.Order, plan *dispatch.Plan, v *planView) error {
	l := web.Lang(r)
	part := 1
	if n, err := strconv.Atoi(r.URL.Query().Get("page")); err == nil && n > 0 && n <= 1+len(plan.Decisions)/listed {
		part = n
	}
	v.Lead = p.T(r, "plan.lead", "n", figure.Count(plan.Send), "all", figure.Count(len(plan.Decisions)))
	v.Counts = p.counts(r, plan)
	v.List = p.decisions(r, a, plan, part)
	v.Pager = web.NewPager(p.T(r, "plan.pages"), part, (len(plan.Decisions)+listed-1)/listed, func(n int) string {
		to := values(o)
		to.Set("page", strconv.Itoa(n))
		return p.link(r, path(a.ID)+"/plan") + "?" + to.Encode()
	})
	if plan.Barred != "" {
		v.Hindered = p.warn(r, &hindrance{key: "hindered." + barred(plan)})
	}
	if v.Send = plan.Send > 0 && plan.Barred == "" && p.May(r, http.MethodPost, base+"/send"); v.Send {
		for _, name := range []string{"kind", "lang", "channel"} {
			v.Fields = append(v.Fields, web.Hidden{Name: name, Value: values(o).Get(name)})
		}
		v.Button = p.T(r, "send.button", "letter", o.Kind.Label().In(l))
		p.offerFiles(r, plan, v)
	}
	return p.note(r.Context(), a, "letters.plan", map[string]string{
		"letter": string(o.Kind), "channel": string(o.Channel), "workplaces": strconv.Itoa(len(plan.Decisions)), "send": strconv.Itoa(plan.Send), "page": strconv.Itoa(part),
	})
}

// barred is why nothing of a plan would be sent.
func barred(plan *dispatch.Plan) string {
	if strings.Contains(plan.Barred, dispatch.ErrPaused.Error()) {
		return "paused"
	}
	return "closed"
}

// warn says what is in the way.
func (p *Pages) warn(r *http.Request, h *hindrance) *web.Alert {
	return &web.Alert{Kind: web.Warning, Heading: p.T(r, "hindered"), Text: p.T(r, h.key)}
}

// counts sums the decisions by what becomes of workplaces.
func (p *Pages) counts(r *http.Request, plan *dispatch.Plan) web.Table {
	l := web.Lang(r)
	t := web.Table{Name: "counts", Caption: p.T(r, "counts"), Quiet: true, None: p.T(r, "plan.none"), Columns: p.columns(r, "becomes", "why", "n")}
	for _, c := range plan.Count {
		t.Rows = append(t.Rows, web.Row{{Tag: p.becomes(r, c.Send, c.Channel)}, {Text: c.Reason.Label().In(l)}, {Text: figure.Count(c.N)}})
	}
	return t
}

// becomes says whether and how a workplace is written to.
func (p *Pages) becomes(r *http.Request, send bool, c wording.Channel) *web.Tag {
	if !send {
		return &web.Tag{Text: p.T(r, "not")}
	}
	return &web.Tag{Kind: web.Success, Text: p.T(r, "channel."+string(c))}
}

// decisions lists one page of workplaces.
func (p *Pages) decisions(r *http.Request, a asked, plan *dispatch.Plan, part int) web.Table {
	l := web.Lang(r)
	t := web.Table{Name: "workplaces", Caption: p.T(r, "workplaces"), Quiet: true, None: p.T(r, "plan.none"), Columns: p.columns(r, "workplace", "becomes", "why")}
	from := min((part-1)*listed, len(plan.Decisions))
	for _, d := range plan.Decisions[from:min(from+listed, len(plan.Decisions))] {
		t.Rows = append(t.Rows, web.Row{
			{Text: wording.Plain(d.Name), Href: p.link(r, desk+"/"+a.ID+"/units/"+d.Unit), Note: p.T(r, "pnumber", "n", d.PNumber)},
			{Tag: p.becomes(r, d.Send, d.Channel)}, {Text: d.Reason.Label().In(l)},
		})
	}
	return t
}

// Ways of keeping letters that are no mail.
const (
	noFiles = "none"
	sealed  = "age"
	plain   = "plain"
)

// offerFiles asks how letters that are no mail are kept, where there are any.
func (p *Pages) offerFiles(r *http.Request, plan *dispatch.Plan, v *planView) {
	n := 0
	for _, c := range plan.Count {
		if c.Send && c.Channel != wording.Email {
			n += c.N
		}
	}
	if n == 0 {
		return
	}
	chosen := r.PostForm.Get("files")
	v.Files = &web.Choices{Control: web.Control{Name: "files", Label: p.T(r, "files.label", "n", figure.Count(n)), Fault: v.Faults.On("files")}}
	for _, way := range []string{noFiles, sealed, plain} {
		v.Files.Options = append(v.Files.Options, web.Option{Value: way, Label: p.T(r, "files."+way), Hint: p.T(r, "files."+way+".hint"), Chosen: way == chosen})
	}
	v.Recipient = web.Field{
		Control: web.Control{Name: "recipient", Label: p.T(r, "recipient"), Hint: p.T(r, "recipient.hint"), Fault: v.Faults.On("recipient"), Optional: true},
		Value:   strings.TrimSpace(r.PostForm.Get("recipient")), MaxLength: 200,
	}
}
