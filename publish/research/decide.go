package research

import (
	"context"
	"errors"
	"strings"

	"barometer/internal/policy"
	"barometer/internal/store"
)

// Accept accepts the agreement of a project. Another person than the researcher
// does it.
func (p *Projects) Accept(ctx context.Context, by policy.Subject, id int64) (Project, error) {
	return p.decide(ctx, by, id, decision{state: Accepted, verb: "accept", letter: "research-accepted", from: []State{Asked},
		may: func(one Project) error { return p.mayAccept(by, one) }})
}

// Refuse refuses a project, with the reason for the researcher.
func (p *Projects) Refuse(ctx context.Context, by policy.Subject, id int64, reason string) (Project, error) {
	return p.decide(ctx, by, id, decision{state: Refused, verb: "refuse", letter: "research-refused", from: []State{Asked}, reason: reason,
		may: func(Project) error { return p.may(by, projectObject, actEnd) }})
}

// End ends the access of a project at once, with the reason for the researcher.
func (p *Projects) End(ctx context.Context, by policy.Subject, id int64, reason string) (Project, error) {
	return p.decide(ctx, by, id, decision{state: Ended, verb: "end", letter: "research-ended", from: []State{Accepted}, reason: reason,
		may: func(Project) error { return p.may(by, projectObject, actEnd) }})
}

// decision is a change of a project's state.
type decision struct {
	state  State
	verb   string
	letter string
	from   []State
	reason string
	may    func(Project) error
}

// decide carries a decision out, with its event and its letter.
func (p *Projects) decide(ctx context.Context, by policy.Subject, id int64, d decision) (one Project, err error) {
	d.reason = strings.TrimSpace(strings.ReplaceAll(d.reason, "\r\n", "\n"))
	if d.state != Accepted {
		if err := checkReason(d.reason); err != nil {
			return Project{}, err
		}
	}
	if one, err = p.one(ctx, id); err != nil {
		return Project{}, err
	}
	if err := d.may(one); err != nil {
		return one, err
	}
	who, err := p.opt.Person(ctx, one.Person)
	if err != nil {
		return one, err
	}
	err = p.opt.Store.Write(ctx, func(tx *store.Tx) error {
		list, err := p.read(tx, `WHERE id = ?`, id) // somebody may have been faster
		if err != nil || len(list) == 0 || !contains(d.from, list[0].State) {
			return errors.Join(err, ErrState)
		}
		one = list[0]
		if err := p.change(tx, actor(by), &one, d); err != nil {
			return err
		}
		return errors.Join(p.record(tx, actor(by), d.verb, one, nil), p.write(tx, who, d.letter, d.verb, ownPath(id), one))
	})
	return one, err
}

func contains(states []State, s State) bool {
	for _, one := range states {
		if one == s {
			return true
		}
	}
	return false
}

// checkReason refuses a decision against a researcher that says nothing.
func checkReason(reason string) error {
	n := len([]rune(reason))
	switch {
	case n < 5:
		return FormError{"reason": "short"}
	case n > MaxText:
		return FormError{"reason": "long"}
	}
	return nil
}

// change writes the new state, and takes away the links of one that has ended.
func (p *Projects) change(tx *store.Tx, by string, one *Project, d decision) error {
	one.State, one.Reason = d.state, d.reason
	sealed := []byte{}
	if d.reason != "" {
		sealed = p.opt.Seal([]byte(d.reason), about(one.ID, "reason"))
	}
	if d.state == Ended {
		one.EndedBy, one.Ended = by, p.opt.Now()
		_, err := tx.Exec(`UPDATE research_project SET state = ?, ended_by = ?, ended_ms = ?, reason = ? WHERE id = ?`,
			string(one.State), one.EndedBy, store.Millis(one.Ended), sealed, one.ID)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM research_link WHERE project = ?`, one.ID)
		return err
	}
	one.DecidedBy, one.Decided = by, p.opt.Now()
	_, err := tx.Exec(`UPDATE research_project SET state = ?, decided_by = ?, decided_ms = ?, reason = ? WHERE id = ?`,
		string(one.State), one.DecidedBy, store.Millis(one.Decided), sealed, one.ID)
	return err
}
