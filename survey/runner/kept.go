package runner

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
)

// errMoved says that a page was drawn from a route that has changed since.
var errMoved = errors.New("the page is not asked any more, or not like this")

// keptView says why what was sent is not stored, and shows it, so that nobody
// has to think it up again.
type keptView struct {
	Title  string
	Text   string
	Typed  []answeredItem
	Email  string
	Onward *web.Anchor
	Action string // where the same is sent again, "" where that is of no use
	Fields []hidden
}

// lose answers for an error that came in the way of a posted form.
func (r *Runner) lose(w http.ResponseWriter, req *http.Request, who respondent, f form, err error) {
	status, ok := statusOf(err)
	switch {
	case ok && slices.Contains([]int{statusClosed, statusFinal, statusIneligible, statusAltered, http.StatusServiceUnavailable}, status):
		r.keep(w, req, who, f, err)
	default:
		r.fail(w, req, err)
	}
}

// keep shows what was typed beside the reason why it is not stored. What
// changes nothing is no loss: it is answered as if it came for the first time.
func (r *Runner) keep(w http.ResponseWriter, req *http.Request, who respondent, f form, reason error) {
	l := web.Lang(req)
	typed := r.typed(who, chi.URLParam(req, "page"), f, l)
	status, _ := statusOf(reason)
	v := keptView{Typed: typed, Email: r.Email}
	switch {
	case status == http.StatusServiceUnavailable:
		v.Title, v.Text = r.views.T(l, "unsaved.title"), r.views.T(l, "unsaved.text")
		r.unsaved(w, req, who, f, v)
		return
	case status == statusAltered:
		r.altered(w, req, who, f, v, reason)
		return
	case len(typed) == 0 && reason == errMoved:
		r.redirect(w, req, overviewPath)
		return
	case len(typed) == 0, status == statusIneligible:
		r.fail(w, req, reason)
		return
	case status == statusClosed:
		status, v.Title, v.Text = http.StatusGone, r.views.T(l, "closed.title"), r.views.T(l, "closed.text")
	case status == statusFinal:
		status, v.Title, v.Text = http.StatusConflict, r.views.T(l, "final.title"), r.views.T(l, "final.text")
		v.Onward = &web.Anchor{Href: web.Localise(l, receiptPath), Label: r.views.T(l, "final.onward")}
	default:
		status, v.Title, v.Text = http.StatusConflict, r.views.T(l, "offroute.title"), r.views.T(l, "offroute.text")
		v.Onward = &web.Anchor{Href: web.Localise(l, overviewPath), Label: r.views.T(l, "offroute.onward")}
	}
	r.renderKept(w, req, status, who, v)
}

// altered says that the questionnaire is another than was published, so that no
// answer can be stored until it is put back: to a member of staff with what has
// to be done, to a respondent that the fault is ours. The log says it, too.
func (r *Runner) altered(w http.ResponseWriter, req *http.Request, who respondent, f form, v keptView, reason error) {
	l := web.Lang(req)
	r.Shell.Report(req, reason)
	v.Title, v.Text = r.views.T(l, "altered.title"), r.views.T(l, "altered.text")
	if who.Actor != "" {
		v.Text = r.views.T(l, "altered.staff", "wave", who.Wave)
	}
	r.unsaved(w, req, who, f, v)
}

// unsaved says why nothing can be stored for now, and offers to send the same
// again. The form is on the page: trying again needs no going back.
func (r *Runner) unsaved(w http.ResponseWriter, req *http.Request, who respondent, f form, v keptView) {
	w.Header().Set("Retry-After", retryAfter)
	v.Action, v.Fields = req.URL.Path, f.carried()
	if f.Code != "" {
		v.Fields = append(v.Fields, hidden{"code", f.Code})
	}
	r.renderKept(w, req, http.StatusServiceUnavailable, who, v)
}

// retryAfter is when a store that does not answer is worth another try, in
// seconds.
const retryAfter = "10"

func (r *Runner) renderKept(w http.ResponseWriter, req *http.Request, status int, who respondent, v keptView) {
	p := r.view(req, who.wave, v.Title, "")
	r.views.Render(w, req, status, p, "kept", v)
}

// typed puts what was posted for a page in words, whatever the route and
// however wrong. A respondent who is not known is one of the first wave with
// such a page.
func (r *Runner) typed(who respondent, page string, f form, l i18n.Lang) (items []answeredItem) {
	for i := range r.Waves {
		if wave := &r.Waves[i]; who.wave == nil || who.wave == wave {
			if p, ok := wave.Questionnaire.Page(page); ok {
				return typedOn(wave.Questionnaire, p, f, l)
			}
		}
	}
	return nil
}

func typedOn(q *questionnaire.Questionnaire, p *questionnaire.Page, f form, l i18n.Lang) (items []answeredItem) {
	fields := f.answerFields()
	for _, item := range p.Items {
		typed := answeredItem{ID: item.ID, Label: q.Worded(item.Label).In(l)}
		for _, field := range fields {
			if row, ok := fieldOf(item, field.Name); ok && strings.TrimSpace(field.Value) != "" {
				line := answerLine{Text: strings.ToValidUTF8(field.Value, "\uFFFD")}
				if label, ok := labelOf(q, item.Options, field.Value, l); ok {
					line.Text = label
				}
				line.Row, _ = labelOf(q, slices.Concat(item.Rows, item.Options), row, l)
				typed.Lines = append(typed.Lines, line)
			}
		}
		if typed.Lines != nil {
			items = append(items, typed)
		}
	}
	return items
}

// fieldOf reports whether a form field holds an answer to an item, and to which
// row or option of it. What helps to read an answer is none.
func fieldOf(item *questionnaire.Item, field string) (row string, ok bool) {
	id, row, part := questionnaire.Split(field)
	helps := []string{questionnaire.ConfirmPart, questionnaire.ReadingPart, questionnaire.RestPart}
	return row, id == item.ID && !slices.Contains(helps, part)
}

func labelOf(q *questionnaire.Questionnaire, options []questionnaire.Option, code string, l i18n.Lang) (string, bool) {
	i := slices.IndexFunc(options, func(o questionnaire.Option) bool { return o.Code == code })
	if i < 0 {
		return "", false
	}
	return q.Worded(options[i].Label).In(l), true
}
