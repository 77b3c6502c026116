package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"barometer/cmd/barometer/demo"
	"barometer/cmd/barometer/demo/robot"
	"barometer/internal/account"
	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/publish/embargo"
	"barometer/publish/release"
	"barometer/survey/contact"
	"barometer/survey/frame"
)

// The demonstration's waves: one that is carried through to its release, a pilot
// that stays open so that a visitor can answer, and a trial of other questions
// that stays open, too.
const (
	demoWave  = "2025"
	pilotWave = "2025-pilot"
	trialWave = "2025-trial"
)

func demoCommand(a *app, flags *flag.FlagSet) action {
	dir := flags.String("dir", "demo-home", "home folder to make; an earlier demonstration there is replaced")
	seed := flags.Uint64("seed", 2025, "seed of the population and the draw")
	serve := flags.Bool("serve", false, "serve the result")
	addr := addrFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(0, "no arguments", args); err != nil {
			return err
		}
		h, err := demoHome(*dir)
		if err != nil {
			return err
		}
		codes, err := a.demo(ctx, h, *seed)
		if err != nil {
			return err
		}
		a.tour(h, "http://"+*addr, codes)
		if *serve {
			return a.serve(ctx, h, *addr)
		}
		_, err = fmt.Fprintf(a.stdout, "\nTo look at it: barometer serve --home %s\n", *dir)
		return err
	}
}

// demoHome lays out the home of the demonstration. It replaces an earlier
// demonstration and nothing else.
func demoHome(dir string) (*home, error) {
	if h, err := openHome(dir); err == nil && h.Demo {
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	c := defaultConfig
	c.Demo = true
	return makeHome(dir, c)
}

// demo carries the synthetic wave from frame to release and checks it against
// the known truth. It returns an access code of each wave that stays open.
func (a *app) demo(ctx context.Context, h *home, seed uint64) (map[string]contact.Code, error) {
	fmt.Fprintf(a.stdout, "A synthetic wave: no real workplace answered.\n\n")
	units := demo.Workplaces(seed)
	w, err := a.demoWave(h, demoWave, seed, units)
	if err != nil {
		return nil, err
	}
	pilot, errPilot := a.demoWave(h, pilotWave, seed, pilotUnits(units))
	trial, errTrial := a.demoWave(h, trialWave, seed, pilotUnits(units))
	if err := errors.Join(errPilot, errTrial); err != nil {
		return nil, err
	}
	c, err := openCollection(ctx, h, a.now)
	if err != nil {
		return nil, err
	}
	codes, err := a.collect(ctx, c, w, pilot, trial)
	if err := errors.Join(err, c.close()); err != nil {
		return nil, err
	}
	if err := a.runAll(ctx, w); err != nil {
		return nil, err
	}
	if err := a.publishDemo(ctx, w); err != nil {
		return nil, err
	}
	return codes, a.selfCheck(ctx, w)
}

// Two made-up persons carry the demonstration's release: one answers for it,
// the other approves it and lets it out at once, as the table of rules allows
// an approver. They have no second factor that anybody could show, so nobody
// signs in as one of them without the operator's help.
var demoStaff = []struct {
	name, address string
	role          policy.Role
}{
	{"Oda Opfundet", "oda.opfundet@example.dk", policy.Statistician},
	{"Palle Påfund", "palle.paafund@example.dk", policy.Approver},
}

// publishDemo lets the demonstration's release out, by the acts that a real one
// takes.
func (a *app) publishDemo(ctx context.Context, w *wave) error {
	c, err := openCollection(ctx, w.home, a.now)
	if err != nil {
		return err
	}
	return errors.Join(a.publishInvented(ctx, c, w), c.close())
}

func (a *app) publishInvented(ctx context.Context, c *collection, w *wave) error {
	version, err := release.ParseVersion(w.Version)
	if err != nil {
		return err
	}
	n := embargo.Name{Wave: w.ID, Version: version}
	var staff []policy.Subject
	for _, s := range demoStaff {
		who, err := a.invent(ctx, c, s.name, s.address, s.role)
		if err != nil {
			return err
		}
		staff = append(staff, who)
	}
	_, err = c.releases.Submit(ctx, staff[0], n)
	if err == nil {
		_, err = c.releases.Approve(ctx, staff[1], n)
	}
	if err == nil {
		_, err = c.releases.PublishNow(ctx, staff[1], n)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%-11s made-up persons: %s answers for it, %s approved it and let it out\n", "published", demoStaff[0].name, demoStaff[1].name)
	return err
}

// invent enters a made-up person with a role.
func (a *app) invent(ctx context.Context, c *collection, name, address string, role policy.Role) (policy.Subject, error) {
	id, err := c.accounts.Add(ctx, account.ByOperator(), account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Name: name, Address: address})
	if err == nil {
		_, err = c.accounts.Grant(ctx, account.ByOperator(), id, role)
	}
	return policy.Subject{Person: id.String(), Roles: []policy.Role{role}, Factors: 2, At: a.now()}, err
}

// demoWave makes the folder of a wave, takes the frame in and draws the sample.
func (a *app) demoWave(h *home, id string, seed uint64, units []frame.Unit) (*wave, error) {
	dir := h.path("waves", id)
	files := demo.Wave()
	if id == trialWave {
		files = demo.Trial()
	}
	if err := os.CopyFS(dir, files); err != nil {
		return nil, err
	}
	var c waveConfig
	if err := readYAML(filepath.Join(dir, "wave.yaml"), &c); err != nil {
		return nil, err
	}
	c.ID, c.Seed = id, seed
	if id == pilotWave {
		c.Title = i18n.Text{DA: "Pilotundersøgelse (syntetisk)", EN: "Pilot survey (synthetic)"}
		if err := os.WriteFile(filepath.Join(dir, "sampling.yaml"), []byte(pilotPlan), 0o644); err != nil {
			return nil, err
		}
	}
	if err := writeYAML(filepath.Join(dir, "wave.yaml"), c); err != nil {
		return nil, err
	}
	w, err := h.wave(id)
	if err != nil {
		return nil, err
	}
	delivered := h.path("frame-" + id + ".csv")
	if err := writeFrame(delivered, units); err != nil {
		return nil, err
	}
	if err := errors.Join(a.importFrame(w, delivered), w.seedUnits(seed)); err != nil {
		return nil, err
	}
	return w, a.drawSample(w)
}

// seedUnits draws the secret of a demonstration's wave from its seed, so that
// the same seed gives the same files. It protects nobody: nobody is there.
func (w *wave) seedUnits(seed uint64) error {
	key := sha256.Sum256(fmt.Appendf(nil, "units of wave %s, seed %d", w.ID, seed))
	return writeSecretFile(w.unitSecret(), func(out io.Writer) error {
		_, err := fmt.Fprintf(out, "%x\n", key)
		return err
	})
}

// pilotPlan asks every workplace of the pilot's frame.
const pilotPlan = `wave: "2025-pilot"
total: 12
stratify: [subsector, size]
allocation: {method: proportional}
`

// pilotUnits are the first dozen workplaces of the frame.
func pilotUnits(units []frame.Unit) []frame.Unit { return units[:12] }

// collect invites, lets the robots answer through the web form, and closes the
// wave. The workplaces of the waves that stay open are invited and left alone;
// a code of each is returned.
func (a *app) collect(ctx context.Context, c *collection, w *wave, open ...*wave) (map[string]contact.Code, error) {
	invitations, err := a.invite(ctx, c, w)
	if err != nil {
		return nil, err
	}
	if err := a.answer(ctx, c, w, invitations); err != nil {
		return nil, err
	}
	if err := c.responses.Close(ctx, w.ID); err != nil {
		return nil, err
	}
	codes := map[string]contact.Code{}
	for _, w := range open {
		invited, err := a.invite(ctx, c, w)
		if err != nil {
			return nil, err
		}
		codes[w.ID] = invited[0].Code
	}
	return codes, nil
}

// answer serves the survey on a loopback port and sends the robots there.
func (a *app) answer(ctx context.Context, c *collection, w *wave, invitations []contact.Invitation) error {
	visits, err := w.visits(invitations)
	if err != nil {
		return err
	}
	handler, err := newHandler(w.home, c, slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), a.now)
	if err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	ready, failed := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		failed <- listen(serving, "127.0.0.1:0", false, handler, slog.Default(), func(at net.Addr) { ready <- at })
	}()
	select {
	case err := <-failed:
		return err
	case at := <-ready:
		p := a.progress("answers")
		tally, err := robot.Run(ctx, "http://"+at.String(), visits, robotWorkers, p.count)
		if err != nil {
			p.stop()
			return err
		}
		p.done(fmt.Sprintf("%d visits, %d pages over HTTP", len(visits), tally.Pages))
	}
	stop()
	return <-failed
}

// robotWorkers is the number of visitors at a time.
const robotWorkers = 16

// visits pairs the model's answers with the issued codes.
func (w *wave) visits(invitations []contact.Invitation) ([]robot.Visit, error) {
	p, err := w.population()
	if err != nil {
		return nil, err
	}
	s, err := w.sample()
	if err != nil {
		return nil, err
	}
	codes := make(map[string]string, len(invitations))
	for _, i := range invitations {
		codes[i.Unit] = i.Code.String()
	}
	return p.Visits(s, codes)
}

// population is the model behind the wave's frame.
func (w *wave) population() (*demo.Population, error) {
	q, err := w.questionnaire()
	if err != nil {
		return nil, err
	}
	f, err := load(w.path("frame.csv"), frame.Read)
	if err != nil {
		return nil, err
	}
	model, err := demo.DefaultModel()
	if err != nil {
		return nil, err
	}
	return demo.NewPopulation(q, model, f.Units, w.Seed)
}

func writeFrame(path string, units []frame.Unit) error {
	return archive.WriteFile(path, func(out io.Writer) error { return frame.Write(out, units) })
}

// tour says what to open.
func (a *app) tour(h *home, site string, codes map[string]contact.Code) {
	fmt.Fprintf(a.stdout, `
To open
  the site        %[1]s/
  the report      %[1]s/da/report
  the tables      %[1]s/da/tables
  the downloads   %[1]s/da/downloads
  the survey      %[1]s/da/survey   with the access code %[2]s
  new questions   %[1]s/da/survey   with the access code %[4]s

To become its first administrator, while it is being served
  barometer user add YOUR@ADDRESS --role admin --home %[3]s
and open the link that is printed, which works once.
`, site, codes[pilotWave], h.dir, codes[trialWave])
}
