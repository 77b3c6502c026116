package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"barometer/internal/account/pages"
	"barometer/internal/audit"
	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact"
	"barometer/survey/intake"
	"barometer/survey/intake/intakepage"
	"barometer/survey/response"
)

// answersUse is what the help tells of the layouts.
const answersUse = `The file names each workplace by its key in the wave, its P-number or its access
code, in a column unit, p_number, code or token, or the one that --key names.
  csv         a column per variable, as the wave's own CSV has them
  limesurvey  responses exported with question codes and answer codes, or vvexport
  odk         submissions of ODK Central, several answers in one column or split
The file may be packed with gzip, or be the ZIP that ODK Central makes.
Answers are checked as if they had been typed in. One fault refuses the file, and
all are listed. The same file again changes nothing; one that contradicts what is
stored is refused.
`

func answersImportCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	o := intake.Options{}
	flags.Func("layout", "csv, limesurvey or odk", func(s string) error {
		if o.Layout = intake.Layout(s); !slices.Contains(intake.Layouts, o.Layout) {
			return fmt.Errorf("no layout is called %q", s)
		}
		return nil
	})
	flags.StringVar(&o.Key, "key", "", "column that names the workplaces")
	flags.BoolVar(&o.Confirm, "confirm", false, "unusual answers are known to be right: confirm the soft checks they meet")
	dry := flags.Bool("dry-run", false, "check everything and store nothing")
	asJSON := flags.Bool("json", false, "print JSON")
	return func(ctx context.Context, args []string) error {
		if err := exactly(2, "the wave and the file", args); err != nil {
			return err
		}
		if o.Layout == "" {
			return usagef("say how the file is laid out: --layout csv, limesurvey or odk")
		}
		return a.withCollection(ctx, *dir, args[0], func(c *collection, w *wave) error {
			result, err := c.takeInFile(ctx, w, args[1], intakepage.Order{By: audit.Operator, Wave: w.ID, Options: o, Store: !*dry})
			if err != nil {
				return err
			}
			if *asJSON {
				return json.NewEncoder(a.stdout).Encode(result)
			}
			return a.writeTaken(w, result)
		})
	}
}

// takenIn is what came of a file.
type takenIn struct {
	File string `json:"file"`
	intakepage.Outcome
	DryRun bool `json:"dry_run"`
}

func (a *app) writeTaken(w *wave, t takenIn) error {
	says := "stored"
	if t.DryRun {
		says = "would be stored"
	}
	_, err := fmt.Fprintf(a.stdout, "%s: %d responses, %d new ones %s in wave %s, %d known already, %d rows passed over\n",
		t.File, t.Responses, t.New, says, w.ID, t.Known, t.Passed)
	return err
}

// takeInFile is takeIn of a file on disk; errors begin with its name.
func (c *collection) takeInFile(ctx context.Context, w *wave, path string, order intakepage.Order) (takenIn, error) {
	in, err := os.Open(path)
	if err != nil {
		return takenIn{}, err
	}
	defer in.Close()
	if order.Content, err = io.ReadAll(io.LimitReader(in, intake.Largest+1)); err != nil {
		return takenIn{}, err
	}
	outcome, err := c.takeIn(ctx, w, order)
	if err != nil {
		return takenIn{}, fmt.Errorf("%s:\n%w", path, err)
	}
	return takenIn{path, outcome, !order.Store}, nil
}

// errDry takes a dry run back.
var errDry = errors.New("dry run")

// takeIn reads a file and stores its responses, all or none.
func (c *collection) takeIn(ctx context.Context, w *wave, order intakepage.Order) (o intakepage.Outcome, err error) {
	q, err := w.questionnaire()
	if err != nil {
		return o, err
	}
	file, err := intake.Read(bytes.NewReader(order.Content), q, order.Options)
	if err != nil {
		return o, err
	}
	list, err := c.taken(ctx, w.ID, file)
	if err != nil {
		return o, err
	}
	o = intakepage.Outcome{SHA256: file.Digest, Responses: len(list), Passed: file.Passed}
	if err := errors.Join(c.publish(ctx, w), c.register(ctx, w)); err != nil {
		return o, err
	}
	err = c.db.Write(ctx, func(tx *store.Tx) error {
		if o.New, err = c.responses.TakeIn(tx, w.ID, q.Hash, list, order.By, file.Digest); err != nil {
			return err
		}
		if !order.Store {
			return errDry
		}
		return audit.Record(tx, c.now(), audit.Event{
			Actor: order.By, Action: "response.import", Object: w.ID,
			Detail: map[string]string{"sha256": file.Digest, "responses": fmt.Sprint(len(list)), "new": fmt.Sprint(o.New), "layout": string(order.Options.Layout)},
		})
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	o.Known = len(list) - o.New
	return o, err
}

// newAnswerPages makes the pages on which staff import answers.
func newAnswerPages(h *home, c *collection, shell *web.Shell, people *pages.Pages) (*intakepage.Pages, error) {
	cfg := intakepage.Config{
		Shell: shell, Actor: people.Actor,
		TakeIn: func(ctx context.Context, order intakepage.Order) (intakepage.Outcome, error) {
			w, err := h.wave(order.Wave)
			if err != nil {
				return intakepage.Outcome{}, err
			}
			return c.takeIn(ctx, w, order)
		},
	}
	waves, err := h.waves()
	for _, w := range waves {
		cfg.Waves = append(cfg.Waves, intakepage.Wave{ID: w.ID, Title: w.Title, Synthetic: w.Synthetic})
	}
	if err != nil {
		return nil, err
	}
	return intakepage.New(cfg)
}

// taken finds the unit of every response. A workplace that the file names twice
// is taken once where both say the same. Faults name rows, and no code.
func (c *collection) taken(ctx context.Context, wave string, file *intake.File) (list []response.Taken, err error) {
	var faults intake.Faults
	fault := func(row int, da, en string) {
		faults = append(faults, intake.Fault{Row: row, Column: file.Key, Message: i18n.Text{DA: da, EN: en}})
	}
	at := map[string]int{}
	for _, r := range file.Responses {
		unit, err := c.unitNamed(ctx, wave, r.Key)
		switch {
		case errors.Is(err, contact.ErrNoPerson):
			fault(r.Row, "er ingen arbejdsplads i bølgen: skriv nøgle, P-nummer eller en gyldig adgangskode",
				"names no workplace of the wave: give a key, a P-number or a valid access code")
			continue
		case errors.Is(err, contact.ErrSeveral):
			fault(r.Row, "er flere arbejdspladser i bølgen: skriv nøglen", "names several workplaces of the wave: give a key")
			continue
		case err != nil:
			return nil, err
		}
		one := response.Taken{Row: r.Row, Unit: unit, Lang: r.Lang, Answers: r.Answers, Complete: r.Complete}
		first, twice := at[unit]
		if !twice {
			at[unit] = len(list)
			list = append(list, one)
			continue
		}
		if before := list[first]; before.Complete != one.Complete || !reflect.DeepEqual(before.Answers, one.Answers) {
			fault(r.Row, fmt.Sprintf("er arbejdspladsen fra række %d, med andre svar", before.Row), fmt.Sprintf("is the workplace of row %d, with other answers", before.Row))
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return list, nil
}

// unitNamed finds a workplace by its key or P-number, else by its access code.
func (c *collection) unitNamed(ctx context.Context, wave, name string) (string, error) {
	unit, err := c.access.Find(ctx, wave, strings.ReplaceAll(name, " ", ""))
	if !errors.Is(err, contact.ErrNoPerson) {
		return unit, err
	}
	unit, errCode := c.access.ByCode(ctx, wave, name)
	if errors.Is(errCode, contact.ErrTypo) || errors.Is(errCode, contact.ErrUnknown) {
		return "", err
	}
	return unit, errCode
}
