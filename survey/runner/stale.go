package runner

import (
	"net/http"
	"strconv"

	"barometer/internal/web"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// dispute is an item that two people answered differently.
type dispute struct {
	Label  string
	Stored []answerLine
	Mine   []answerLine
}

// renderStale shows both answers where a colleague saved another one after the
// page was opened, and lets the respondent choose. The respondent's own is
// carried by the form, on top of what is now stored.
func (r *Runner) renderStale(w http.ResponseWriter, req *http.Request, who respondent,
	page questionnaire.RoutedPage, stale *response.StaleError, f form) {
	l := who.lang
	var disputes []dispute
	for _, item := range page.Items {
		stored, mine := stale.Current.Answers[item.ID], stale.Attempted[item.ID]
		if stored.Equal(mine) {
			continue
		}
		disputes = append(disputes, dispute{item.Label.In(l), item.InWords(stored, l), item.InWords(mine, l)})
	}
	fields := append([]hidden{{"revision", strconv.Itoa(stale.Current.Revision)}, {"action", f.Action}, {"response", who.response()}}, f.answerFields()...)
	if f.From != "" {
		fields = append(fields, hidden{"from", f.From})
	}
	title := r.views.T(l, "stale.title")
	path := pagePath(page.ID)
	r.views.Render(w, req, http.StatusConflict, r.view(req, who.wave, title, ""), "stale", struct {
		Title, Action, Keep string
		Disputes            []dispute
		Fields              []hidden
	}{title, web.Localise(l, path), web.Localise(l, path), disputes, fields})
}
