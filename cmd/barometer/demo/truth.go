package demo

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"barometer/cmd/barometer/demo/robot"
	"barometer/survey/frame"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// Census returns every workplace as a sample taken whole, and the response
// each would give: complete for those that belong to the population, ineligible
// for the others. Frozen as any wave is, it is a wave whose weights are all one
// and whose estimates are the population values.
//
// f is the frame as it was read, of the population's own units.
func (p *Population) Census(ctx context.Context, wave string, f *frame.Frame) (*sample.Sample, []response.Record, error) {
	s, err := sample.Draw(f, sample.Plan{
		Wave: wave, Total: len(f.Units), Stratify: []string{"subsector", "size"},
		Allocation: sample.Allocation{Method: sample.Proportional},
	}, p.seed)
	if err != nil {
		return nil, nil, fmt.Errorf("census: %w", err)
	}
	records := make([]response.Record, len(s.Units))
	group, ctx := errgroup.WithContext(ctx)
	const block = 512
	for from := 0; from < len(records); from += block {
		group.Go(func() error {
			for i := from; i < min(from+block, len(records)); i++ {
				records[i] = p.record(wave, s.Units[i])
			}
			return ctx.Err()
		})
	}
	return s, records, group.Wait()
}

func (p *Population) record(wave string, u sample.Selected) response.Record {
	w := p.workplace(u.Unit)
	r := response.Record{Wave: wave, Unit: u.Key, Revision: 1, Lang: w.lang, Disposition: response.Ineligible}
	if p.fate(w) != response.Ineligible {
		r.Answers, r.Disposition = p.fill(w), response.Complete
	}
	return r
}

// Visits returns the visits that the sampled workplaces pay the survey, in the
// order of the sample. codes holds the access code of each unit by its key; a
// unit that is never reached pays none.
func (p *Population) Visits(s *sample.Sample, codes map[string]string) ([]robot.Visit, error) {
	var visits []robot.Visit
	for _, u := range s.Units {
		w := p.workplace(u.Unit)
		v := robot.Visit{Unit: u.Key, Code: codes[u.Key], Lang: w.lang}
		if v.Code == "" {
			return nil, fmt.Errorf("unit %s has no access code", u.Key)
		}
		switch p.fate(w) {
		case response.Noncontact:
			continue
		case response.Refused:
			v.Intent = robot.Decline
		case response.Ineligible:
			v.Intent = robot.Ineligible
		case response.Complete:
			v.Intent, v.Answers = robot.Finish, p.fill(w)
		case response.Partial:
			v.Intent, v.Answers = robot.Stop, p.fill(w)
			v.Pages = max(1, len(p.questionnaire.Route(v.Answers))/2)
		}
		visits = append(visits, v)
	}
	return visits, nil
}
