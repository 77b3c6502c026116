package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"barometer/internal/mail"
	"barometer/survey/contact"
	"barometer/survey/contact/wording"
	"barometer/survey/response"
)

// Plan says of every workplace of the sample what becomes of it.
type Plan struct {
	Wave      string       `json:"wave"`
	Kind      wording.Kind `json:"kind"`
	At        time.Time    `json:"at"`
	Barred    string       `json:"barred,omitempty"` // why a run would be refused: the wave is closed, or paused
	Send      int          `json:"send"`
	Count     []Count      `json:"count"`
	Decisions []Decision   `json:"workplaces"`
}

// Count is how many decisions are alike, in the order they first appear.
type Count struct {
	Send    bool            `json:"send"`
	Channel wording.Channel `json:"channel,omitempty"`
	Reason  Reason          `json:"reason"`
	N       int             `json:"n"`
}

// Plan decides about every workplace, and sends nothing. It is what Run would
// do at this moment.
func (d *Dispatcher) Plan(ctx context.Context, w *Wave, o Order) (*Plan, error) {
	if err := w.check(o); err != nil {
		return nil, err
	}
	known, err := d.look(ctx, w, o)
	if err != nil {
		return nil, err
	}
	p := &Plan{Wave: w.ID, Kind: o.Kind, At: d.Now(), Decisions: known.decide()}
	if o.Again != "" && len(known.people) > 0 && !known.has(o.Again) {
		return nil, fmt.Errorf("wave %s: unit %s is not in the sample", w.ID, o.Again)
	}
	if err := d.open(ctx, w); errors.Is(err, ErrPaused) || errors.Is(err, response.ErrClosed) {
		p.Barred = err.Error()
	} else if err != nil {
		return nil, err
	}
	place := map[Count]int{}
	for _, one := range p.Decisions {
		key := Count{Send: one.Send, Channel: one.Channel, Reason: one.Reason}
		at, ok := place[key]
		if !ok {
			at = len(p.Count)
			place[key] = at
			p.Count = append(p.Count, key)
		}
		p.Count[at].N++
		if one.Send {
			p.Send++
		}
	}
	return p, nil
}

// view is what is known of a wave when an order is carried out. What does not
// change much while it is, is read once; the rest by refresh.
type view struct {
	d      *Dispatcher
	wave   *Wave
	order  Order
	people []contact.Person

	addresses *mail.States
	outcomes  map[string]mail.Outcome

	codes     map[string]contact.Status
	responses map[string]response.Status
	stops     map[string]bool
	sent      map[string][]Sent
}

func (d *Dispatcher) look(ctx context.Context, w *Wave, o Order) (*view, error) {
	v := &view{d: d, wave: w, order: o}
	kept, err := d.Access.People(ctx, w.ID)
	if err != nil {
		return nil, err // nobody is written to at a guess: the rows that do not open are named
	}
	v.people = current(w.People, kept)
	var errStates, errOutcomes error
	v.addresses, errStates = d.Mail.States(ctx)
	v.outcomes, errOutcomes = d.Mail.Outcomes(ctx, mailPrefix(w.ID))
	if err := errors.Join(errStates, errOutcomes); err != nil {
		return nil, fmt.Errorf("what is known of wave %s: %w", w.ID, err)
	}
	return v, v.refresh(ctx)
}

// current is the sample's workplaces, each as it is reached now.
func current(drawn, kept []contact.Person) []contact.Person {
	byUnit := make(map[string]contact.Person, len(kept))
	for _, p := range kept {
		byUnit[p.Unit] = p
	}
	people := make([]contact.Person, len(drawn))
	for i, p := range drawn {
		people[i] = p
		if known, ok := byUnit[p.Unit]; ok {
			people[i] = known
		}
	}
	return people
}

func (v *view) has(unit string) bool {
	for _, p := range v.people {
		if p.Unit == unit {
			return true
		}
	}
	return false
}

// refresh reads what may have changed since: who has answered, who has been
// written to, who wants no letters.
func (v *view) refresh(ctx context.Context) error {
	wave := v.wave.ID
	codes, errCodes := v.d.Access.Statuses(ctx, wave)
	responses, errResponses := v.d.Responses.Statuses(ctx, wave)
	stops, errStops := v.d.Stops(ctx, wave)
	sent, errSent := v.d.log(ctx, wave, `AND kind = ? ORDER BY unit, turn`, v.order.Kind)
	if err := errors.Join(errCodes, errResponses, errStops, errSent); err != nil {
		return fmt.Errorf("what is known of wave %s: %w", wave, err)
	}
	v.codes, v.responses = make(map[string]contact.Status, len(codes)), make(map[string]response.Status, len(responses))
	v.stops, v.sent = map[string]bool{}, map[string][]Sent{}
	for _, c := range codes {
		v.codes[c.Unit] = c
	}
	for _, r := range responses {
		v.responses[r.Unit] = r
	}
	for _, s := range stops {
		v.stops[s.Unit] = true
	}
	for _, s := range reconcile(sent, v.outcomes) {
		v.sent[s.Unit] = append(v.sent[s.Unit], s)
	}
	return nil
}

func (v *view) decide() []Decision {
	list := make([]Decision, len(v.people))
	for i, p := range v.people {
		c := Case{
			Person: p, Disposition: v.responses[p.Unit].Disposition, Codes: v.codes[p.Unit],
			Stopped: v.stops[p.Unit], Sent: v.sent[p.Unit],
		}
		if p.Email != "" {
			c.Mailbox = v.addresses.Of(p.Email)
		}
		list[i] = decide(c, v.order, v.wave.Post.CVR != "")
	}
	return list
}

// due lists at most n workplaces that are written to by a channel.
func (v *view) due(c wording.Channel, n int) (list []Decision) {
	for _, d := range v.decide() {
		if d.Send && d.Channel == c && len(list) < n {
			list = append(list, d)
		}
	}
	return list
}
