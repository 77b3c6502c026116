package letterpage

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"filippo.io/age"

	"barometer/internal/web"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/wording"
)

// send carries an order out. It is decided anew who is written to, and what was
// sent meanwhile is not sent again, so a press more does no harm.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, a asked) {
	o, ok := readOrder(r.PostForm)
	if !ok {
		p.Shell.Error(w, r, http.StatusUnprocessableEntity)
		return
	}
	files, faults := p.files(r, a)
	if faults != nil {
		p.renderPlan(w, r, http.StatusUnprocessableEntity, a, o, faults)
		return
	}
	h, err := hindered(p.carryOut(r, a, o, files))
	switch {
	case err != nil:
		p.fail(w, r, err)
	case h != nil:
		p.renderPlan(w, r, http.StatusConflict, a, o, web.Faults{{Target: "state", Message: p.T(r, h.key)}})
	default:
		p.Shell.Say(w, "said.sent")
		http.Redirect(w, r, p.link(r, path(a.ID)), http.StatusSeeOther)
	}
}

// files says where letters that are no mail go; nil: they wait.
func (p *Pages) files(r *http.Request, a asked) (*dispatch.Files, web.Faults) {
	switch r.PostForm.Get("files") {
	case "":
		if r.PostForm.Has("asked") {
			return nil, web.Faults{{Target: "files", Message: p.T(r, "files.fault")}}
		}
		return nil, nil
	case noFiles:
		return nil, nil
	case plain:
		return &dispatch.Files{Dir: a.Outgoing}, nil
	}
	to, err := age.ParseRecipients(strings.NewReader(strings.TrimSpace(r.PostForm.Get("recipient"))))
	if err != nil || len(to) != 1 {
		return nil, web.Faults{{Target: "recipient", Message: p.T(r, "recipient.fault")}}
	}
	return &dispatch.Files{Dir: a.Outgoing, Suffix: ".age", Wrap: func(out io.Writer) (io.WriteCloser, error) { return age.Encrypt(out, to...) }}, nil
}

// carryOut sends, and notes before that it was asked for and afterwards what
// was done. Whoever closes the window does not stop it half way.
func (p *Pages) carryOut(r *http.Request, a asked, o dispatch.Order, files *dispatch.Files) error {
	ctx := context.WithoutCancel(r.Context())
	wave, err := p.Open(a.ID)
	if err == nil && o.Kind == wording.Invitation {
		err = p.Publish(ctx, a.ID)
	}
	if err != nil {
		return err
	}
	detail := map[string]string{"letter": string(o.Kind), "lang": string(o.Lang), "channel": string(o.Channel), "files": r.PostForm.Get("files")}
	if err := p.note(ctx, a, "letters.order", detail); err != nil {
		return err
	}
	report, err := p.Letters.Run(ctx, wave, o, files)
	done := map[string]string{"letter": string(o.Kind), "mails": strconv.Itoa(report.Mails), "letters": strconv.Itoa(report.Letters)}
	return errors.Join(err, p.note(ctx, a, "letters.send", done))
}
