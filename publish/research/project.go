package research

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"barometer/internal/policy"
	"barometer/internal/store"
)

// State is how far a project has come.
type State string

// The states.
const (
	Asked    State = "asked"
	Accepted State = "accepted"
	Refused  State = "refused"
	Ended    State = "ended"
)

// Words are what a researcher writes of a project.
type Words struct {
	Title       string `json:"title"`
	Institution string `json:"institution"`
	Purpose     string `json:"purpose"` // and which variables it needs
	Persons     string `json:"persons"` // who will work with the data
}

// Project is an application and what became of it.
type Project struct {
	ID     int64
	Person string // id of the researcher
	Wave   string
	Words
	Contract  string // hash of the agreement that was signed
	State     State
	Asked     time.Time
	Until     time.Time // the last day of access; its end is midnight after it, UTC
	DecidedBy string
	Decided   time.Time // zero: not yet
	EndedBy   string
	Ended     time.Time // zero: not yet
	Reason    string    // of a refusal or an end
}

// Opens reports whether the project gives access at a time.
func (one Project) Opens(now time.Time) bool {
	return one.State == Accepted && now.Before(one.Until.AddDate(0, 0, 1))
}

// Form is an application.
type Form struct {
	Words
	Wave   string
	Until  time.Time // zero: none, or no date
	Agreed bool      // the agreement is signed
}

// Limits of an application.
const (
	MaxLine = 200
	MaxText = 4000
	maxTerm = 3 * 366 * 24 * time.Hour // of access
)

// FormError says what is wrong in an application, by field: "short", "long",
// "control", "wave", "past", "far", "agree", "none".
type FormError map[string]string

func (e FormError) Error() string {
	return fmt.Sprintf("the application has faults: %v", map[string]string(e))
}

// check names every fault of an application.
func (f Form) check(waves map[string]bool, now time.Time) error {
	faults := FormError{}
	for field, text := range map[string]struct {
		value    string
		min, max int
	}{"title": {f.Title, 3, MaxLine}, "institution": {f.Institution, 2, MaxLine}, "purpose": {f.Purpose, 50, MaxText}, "persons": {f.Persons, 3, MaxText}} {
		n := utf8.RuneCountInString(text.value)
		switch {
		case !utf8.ValidString(text.value) || strings.IndexFunc(text.value, func(r rune) bool { return unicode.IsControl(r) && (r != '\n' || text.max == MaxLine) }) >= 0:
			faults[field] = "control"
		case n < text.min:
			faults[field] = "short"
		case n > text.max:
			faults[field] = "long"
		}
	}
	switch {
	case f.Until.IsZero():
		faults["until"] = "none"
	case !f.Until.After(now):
		faults["until"] = "past"
	case f.Until.Sub(now) > maxTerm:
		faults["until"] = "far"
	}
	if !waves[f.Wave] {
		faults["wave"] = "wave"
	}
	if !f.Agreed {
		faults["agree"] = "agree"
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// clean trims an application and takes line ends as one character.
func (f Form) clean() Form {
	for _, s := range []*string{&f.Title, &f.Institution, &f.Purpose, &f.Persons, &f.Wave} {
		*s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n"))
	}
	return f
}

// Apply enters an application. Faults in it are a [FormError].
func (p *Projects) Apply(ctx context.Context, by policy.Subject, f Form) (one Project, err error) {
	if err := p.may(by, projectObject, actApply); err != nil {
		return Project{}, err
	}
	waves, err := p.Waves(ctx)
	if err != nil {
		return Project{}, err
	}
	offered := make(map[string]bool)
	for _, w := range waves {
		offered[w] = true
	}
	f = f.clean()
	now := p.opt.Now()
	if err := f.check(offered, now); err != nil {
		return Project{}, err
	}
	who, errWho := p.opt.Person(ctx, by.Person)
	staff, errStaff := p.opt.Staff(ctx)
	if err := errors.Join(errWho, errStaff); err != nil {
		return Project{}, err
	}
	err = p.opt.Store.Write(ctx, func(tx *store.Tx) error {
		one = Project{Person: by.Person, Wave: f.Wave, Words: f.Words, Contract: ContractHash(), State: Asked, Asked: now, Until: f.Until}
		if err := p.insert(tx, &one); err != nil {
			return err
		}
		faults := []error{p.record(tx, by.Person, "apply", one, map[string]string{"contract": one.Contract[:16]}),
			p.write(tx, who, "research-asked", "asked", ownPath(one.ID), one)}
		for _, s := range staff {
			if s.ID != by.Person {
				faults = append(faults, p.write(tx, s, "research-new", "new/"+s.ID, staffPath(one.ID), one))
			}
		}
		return errors.Join(faults...)
	})
	return one, err
}

// Paths of the pages that letters lead to.
func ownPath(id int64) string   { return fmt.Sprintf("/research/projects/%d", id) }
func staffPath(id int64) string { return fmt.Sprintf("/staff/research/%d", id) }

// about binds what is sealed to its row.
func about(id int64, what string) string { return fmt.Sprintf("research/%d/%s", id, what) }

func (p *Projects) insert(tx *store.Tx, one *Project) error {
	if err := tx.QueryRow(`SELECT COALESCE(MAX(id), 0) + 1 FROM research_project`).Scan(&one.ID); err != nil {
		return err
	}
	words, err := json.Marshal(one.Words)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO research_project (id, person, wave, contract, words, state, asked_ms, until_ms, decided_by, decided_ms, ended_by, ended_ms, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', 0, '', 0, ?)`,
		one.ID, one.Person, one.Wave, one.Contract, p.opt.Seal(words, about(one.ID, "words")), string(one.State),
		store.Millis(one.Asked), store.Millis(one.Until), []byte{})
	return err
}

// Mine lists the projects of a person, the newest first.
func (p *Projects) Mine(ctx context.Context, by policy.Subject) ([]Project, error) {
	if err := p.may(by, projectObject, actApply); err != nil {
		return nil, err
	}
	return p.list(ctx, `WHERE person = ? ORDER BY id DESC`, by.Person)
}

// Own reads a project of a person's own: [ErrUnknown] where it is not.
func (p *Projects) Own(ctx context.Context, by policy.Subject, id int64) (Project, error) {
	if err := p.may(by, projectObject, actApply); err != nil {
		return Project{}, err
	}
	one, err := p.one(ctx, id)
	if err == nil && one.Person != by.Person {
		return Project{}, ErrUnknown
	}
	return one, err
}

// All lists all projects for staff, the newest first.
func (p *Projects) All(ctx context.Context, by policy.Subject) ([]Project, error) {
	if err := p.may(by, projectObject, actRead); err != nil {
		return nil, err
	}
	return p.list(ctx, `ORDER BY id DESC`)
}

// Project reads a project for staff.
func (p *Projects) Project(ctx context.Context, by policy.Subject, id int64) (Project, error) {
	if err := p.may(by, projectObject, actRead); err != nil {
		return Project{}, err
	}
	return p.one(ctx, id)
}

func (p *Projects) one(ctx context.Context, id int64) (one Project, err error) {
	list, err := p.list(ctx, `WHERE id = ?`, id)
	if err != nil || len(list) == 0 {
		return Project{}, errors.Join(err, noProject(list, err))
	}
	return list[0], nil
}

func noProject(list []Project, err error) error {
	if err == nil && len(list) == 0 {
		return ErrUnknown
	}
	return nil
}

func (p *Projects) list(ctx context.Context, where string, args ...any) (list []Project, err error) {
	err = p.opt.Store.Read(ctx, func(tx *store.Tx) error {
		list, err = p.read(tx, where, args...)
		return err
	})
	return list, err
}

func (p *Projects) read(tx *store.Tx, where string, args ...any) (list []Project, err error) {
	err = tx.Each(func(rows *sql.Rows) error {
		one, err := p.scan(rows)
		list = append(list, one)
		return err
	}, `SELECT id, person, wave, contract, words, state, asked_ms, until_ms, decided_by, decided_ms, ended_by, ended_ms, reason
		FROM research_project `+where, args...)
	return list, err
}

func (p *Projects) scan(rows *sql.Rows) (one Project, err error) {
	var asked, until, decided, ended int64
	var words, reason []byte
	err = rows.Scan(&one.ID, &one.Person, &one.Wave, &one.Contract, &words, &one.State, &asked, &until, &one.DecidedBy, &decided, &one.EndedBy, &ended, &reason)
	if err != nil {
		return Project{}, err
	}
	one.Asked, one.Until, one.Decided, one.Ended = store.FromMillis(asked), store.FromMillis(until), store.FromMillis(decided), store.FromMillis(ended)
	if words, err = p.opt.Open(words, about(one.ID, "words")); err != nil {
		return Project{}, fmt.Errorf("research project %d: %w", one.ID, err)
	}
	if len(reason) > 0 {
		if reason, err = p.opt.Open(reason, about(one.ID, "reason")); err != nil {
			return Project{}, fmt.Errorf("research project %d: %w", one.ID, err)
		}
		one.Reason = string(reason)
	}
	return one, json.Unmarshal(words, &one.Words)
}
