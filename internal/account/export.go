package account

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"barometer/internal/store"
)

// Export is all that this package and the audit log hold of one person, as the
// person may ask for it (GDPR, articles 15 and 20). Other packages add what
// they hold of their own.
type Export struct {
	Made        time.Time          `json:"made"`
	Person      ExportPerson       `json:"person"`
	Roles       []ExportRole       `json:"roles"`
	Workplaces  []ExportWorkplace  `json:"workplaces"`
	Credentials []ExportCredential `json:"credentials"`
	Sessions    []ExportSession    `json:"sessions"`
	Events      []ExportEvent      `json:"events"`
}

// The parts of an export. Secrets, such as the data of a credential, are not
// told: whoever reads the export could sign in with them.
type (
	ExportPerson struct {
		ID       ID         `json:"id"`
		Kind     Kind       `json:"kind"`
		State    State      `json:"state"`
		Name     string     `json:"name"`
		Address  string     `json:"email"`
		Proven   *time.Time `json:"email_proven,omitempty"`
		Language string     `json:"language"`
		Added    time.Time  `json:"added"`
		KeepName bool       `json:"keep_name"`
	}
	ExportRole struct {
		Role      string     `json:"role"`
		Asked     time.Time  `json:"asked"`
		Confirmed *time.Time `json:"confirmed,omitempty"`
		Ended     *time.Time `json:"ended,omitempty"`
	}
	ExportWorkplace struct {
		PNumber    string     `json:"p_number"`
		CVR        string     `json:"cvr"`
		Role       string     `json:"role"`
		VerifiedBy string     `json:"verified_by,omitempty"`
		Since      time.Time  `json:"since"`
		Until      *time.Time `json:"until,omitempty"`
	}
	ExportCredential struct {
		Kind  string     `json:"kind"`
		Label string     `json:"label"`
		Added time.Time  `json:"added"`
		Used  *time.Time `json:"used,omitempty"`
	}
	ExportSession struct {
		Method  string    `json:"method"`
		Browser string    `json:"browser"`
		System  string    `json:"system"`
		Begun   time.Time `json:"begun"`
		Seen    time.Time `json:"seen"`
	}
	ExportEvent struct {
		At     time.Time         `json:"at"`
		ByYou  bool              `json:"by_you"`
		Action string            `json:"action"`
		Detail map[string]string `json:"detail,omitempty"`
	}
)

// Export collects what is held of a person, on one snapshot.
func (a *Accounts) Export(ctx context.Context, id ID) (e Export, err error) {
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		e = Export{Made: a.opt.Now().UTC(), Person: ExportPerson{
			ID: p.ID, Kind: p.Kind, State: p.State, Name: p.Name, Address: p.Address, Proven: moment(p.Proven),
			Language: string(p.Lang), Added: p.Added, KeepName: p.KeepName,
		}}
		for _, part := range []func(*store.Tx, ID) error{e.roles, e.workplaces, e.credentials, e.sessions, e.events} {
			if err := part(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return e, err
}

// moment is a point in time that may not have come.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (e *Export) roles(tx *store.Tx, id ID) error {
	list, err := listGrants(tx, `WHERE person = ? ORDER BY id`, int64(id))
	e.Roles = []ExportRole{}
	for _, g := range list {
		e.Roles = append(e.Roles, ExportRole{string(g.Role), g.Asked, moment(g.Confirmed), moment(g.Ended)})
	}
	return err
}

func (e *Export) workplaces(tx *store.Tx, id ID) error {
	list, err := MembershipsOf(tx, id)
	e.Workplaces = []ExportWorkplace{}
	for _, m := range list {
		e.Workplaces = append(e.Workplaces, ExportWorkplace{m.PNumber, m.CVR, m.Role, m.VerifiedBy, m.Since, moment(m.Until)})
	}
	return err
}

func (e *Export) credentials(tx *store.Tx, id ID) error {
	list, err := CredentialsOf(tx, id)
	e.Credentials = []ExportCredential{}
	for _, c := range list {
		e.Credentials = append(e.Credentials, ExportCredential{c.Kind, c.Label, c.Added, moment(c.Used)})
	}
	return err
}

func (e *Export) sessions(tx *store.Tx, id ID) error {
	list, err := sessionsWhere(tx, `WHERE person = ? ORDER BY begun_ms DESC, id`, int64(id))
	e.Sessions = []ExportSession{}
	for _, s := range list {
		e.Sessions = append(e.Sessions, ExportSession{s.How.Method, s.Device.Browser, s.Device.System, s.Begun, s.Seen})
	}
	return err
}

// events reads what the audit log holds of the person. Who else acted is not
// told: that is somebody else's data.
func (e *Export) events(tx *store.Tx, id ID) error {
	e.Events = []ExportEvent{}
	return tx.Each(func(rows *sql.Rows) error {
		var v ExportEvent
		var at int64
		var actor, detail string
		if err := rows.Scan(&at, &actor, &v.Action, &detail); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(detail), &v.Detail); err != nil {
			return err
		}
		delete(v.Detail, "asked_by")
		v.At, v.ByYou = store.FromMillis(at), actor == id.String()
		e.Events = append(e.Events, v)
		return nil
	}, `SELECT at_ms, actor, action, detail FROM audit_event WHERE actor = ? OR object = ? ORDER BY position`, id.String(), id.object())
}
