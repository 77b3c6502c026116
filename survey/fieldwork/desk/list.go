package desk

import (
	"errors"
	"net/http"
	"strconv"

	"barometer/internal/audit"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/fieldwork"
	"barometer/survey/fieldwork/figure"
)

// listView is the waves with how far each has come.
type listView struct {
	Said   *web.Alert
	Waves  web.Table
	Digest web.Consent
}

// list shows all waves.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	actor, err := p.Actor(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v := listView{Said: p.said(w, r), Digest: web.Consent{Control: web.Control{
		Name: "digest", Label: p.T(r, "digest.label"), Hint: p.T(r, "digest.hint"), Optional: true,
	}}}
	if v.Digest.Chosen, err = p.wants(r, actor); err != nil {
		p.fail(w, r, err)
		return
	}
	if v.Waves, err = p.waveTable(r); err != nil {
		p.fail(w, r, err)
		return
	}
	p.views.Render(w, r, http.StatusOK, p.view(r, p.T(r, "title"), path, Wave{}), "list", v)
}

func (p *Pages) waveTable(r *http.Request) (web.Table, error) {
	l := web.Lang(r)
	t := web.Table{
		Name: "waves", Caption: p.T(r, "waves"), Quiet: true, None: p.T(r, "waves.none"),
		Columns: p.columns(r, map[string]bool{"sampled": true, "complete": true, "rr1": true}, "wave", "state", "sampled", "complete", "rr1"),
	}
	for _, wave := range p.Waves {
		m, err := p.Fieldwork.Watch(r.Context(), wave.ID)
		if errors.Is(err, fieldwork.ErrNoSample) {
			t.Rows = append(t.Rows, web.Row{{Text: wave.Title.In(l), Note: wave.ID}, {Tag: &web.Tag{Text: p.T(r, "state.undrawn")}}, {}, {}, {}})
			continue
		}
		if err != nil {
			return t, err
		}
		rates, err := m.Total.Rates(1)
		if err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, web.Row{
			{Text: wave.Title.In(l), Href: p.link(r, wavePath(wave.ID)), Note: wave.ID}, {Tag: p.stateTag(r, m)},
			{Text: figure.Count(m.Total.Sampled)}, {Text: figure.Count(m.Total.Complete)}, {Text: figure.Rate(rates.RR1, p.T(r, "undefined"), l)},
		})
	}
	return t, nil
}

// stateTag tells whether a collection is open.
func (p *Pages) stateTag(r *http.Request, m *fieldwork.Monitor) *web.Tag {
	switch {
	case !m.Closed.IsZero():
		return &web.Tag{Text: p.T(r, "state.closed")}
	case m.First.IsZero():
		return &web.Tag{Text: p.T(r, "state.uninvited")}
	}
	return &web.Tag{Kind: web.Success, Text: p.T(r, "state.open")}
}

// wants reports whether the reader has the digest switched on.
func (p *Pages) wants(r *http.Request, actor string) (on bool, err error) {
	person, err := strconv.ParseInt(actor, 10, 64)
	if err != nil {
		return false, err
	}
	err = p.Store.Read(r.Context(), func(tx *store.Tx) (err error) {
		on, err = p.Fieldwork.Wants(tx, person)
		return err
	})
	return on, err
}

// switchDigest switches the reader's own daily digest.
func (p *Pages) switchDigest(w http.ResponseWriter, r *http.Request, a asked) {
	on := r.PostForm.Get("digest") == "yes"
	person, err := strconv.ParseInt(a.actor, 10, 64)
	if err == nil {
		err = p.Store.Write(r.Context(), func(tx *store.Tx) error {
			if err := p.Fieldwork.Want(tx, person, on); err != nil {
				return err
			}
			return audit.Record(tx, p.Now(), audit.Event{
				Actor: a.actor, Action: "digest.switch", Object: "person/" + a.actor, Detail: map[string]string{"on": strconv.FormatBool(on)},
			})
		})
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.Shell.Say(w, map[bool]string{true: "said.digest.on", false: "said.digest.off"}[on])
	p.redirect(w, r, path)
}
