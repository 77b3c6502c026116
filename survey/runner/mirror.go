package runner

import (
	"context"
	"net/http"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
)

// Mirror makes a link by which whoever has it sees these answers of a unit beside
// its peers, until a day: a path without language. One that was made before ends.
type Mirror func(ctx context.Context, wave, unit string, a questionnaire.Answers) (path string, until time.Time, err error)

// mirrorView offers the link, or shows it.
type mirrorView struct {
	Ask  *web.Act
	Link string // complete
	Till string
}

// mirror offers a link to the respondent, whose answers they are; staff who key in
// get none.
func (r *Runner) mirror(who respondent) *mirrorView {
	if r.Mirror == nil || who.Actor != "" {
		return nil
	}
	return &mirrorView{Ask: &web.Act{
		Action: web.Localise(who.lang, mirrorPath), Label: r.views.T(who.lang, "mirror.button"),
		Fields: []web.Hidden{{Name: "response", Value: who.response()}},
	}}
}

// giveMirror makes the link and shows it, once: the store keeps a hash of it
// alone, so that asking again gives another.
func (r *Runner) giveMirror(w http.ResponseWriter, req *http.Request, who respondent, f form) {
	if r.mirror(who) == nil {
		r.Shell.NotFound(w, req)
		return
	}
	rec, ok := r.submitted(w, req, who)
	if !ok {
		return
	}
	on := who.wave.Questionnaire.OnRoute(rec.Answers)
	path, until, err := r.Mirror(req.Context(), who.Wave, who.Unit, on)
	if err != nil {
		r.fail(w, req, err)
		return
	}
	shown := mirrorView{Link: r.address(req) + web.Localise(who.lang, path), Till: i18n.Date(until.In(copenhagen), who.lang)}
	r.renderReceipt(w, req, http.StatusOK, who, rec, r.wishes(on, who.lang), false, &shown)
}
