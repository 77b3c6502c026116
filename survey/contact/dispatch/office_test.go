package dispatch

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/contact"
	"barometer/survey/contact/memo"
	"barometer/survey/contact/wording"
	"barometer/survey/frame"
	"barometer/survey/response"
	"barometer/survey/sample"
)

var (
	start = time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC) // a Monday
	key   = bytes.Repeat([]byte{7}, 32)
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// office is a dispatcher with all that it works with: a store, codes, answers,
// a queue, mail into an outbox, a folder for letters.
type office struct {
	*Dispatcher
	t      testing.TB
	db     *store.DB
	queue  *queue.Queue
	wave   *Wave
	outbox string
	files  *Files

	mu  sync.Mutex
	now time.Time
}

func (f *office) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *office) set(at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = at
}

// each runs a test on an office over every kind of store.
func each(t *testing.T, test func(t *testing.T, f *office)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, where string) {
		test(t, newOffice(t, storetest.Open(t, where), t.TempDir(), start))
	})
}

// newOffice opens an office over a store, its files below dir.
func newOffice(t testing.TB, db *store.DB, dir string, now time.Time) *office {
	t.Helper()
	f, err := openOffice(db, dir, now)
	must(t, err)
	f.t = t
	return f
}

func openOffice(db *store.DB, dir string, now time.Time) (*office, error) {
	ctx := context.Background()
	f := &office{db: db, now: now, outbox: filepath.Join(dir, "outbox"), files: &Files{Dir: filepath.Join(dir, "letters-out")}}
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		return nil, err
	}
	o := Options{Store: db, Key: key, Random: rand.Reader, Now: f.clock, Zone: zone}
	if o.Access, err = contact.New(ctx, db, contact.Options{Secret: key, Codes: rand.Reader, Now: f.clock}); err != nil {
		return nil, err
	}
	keys, err := response.NewKeys("1", map[string][]byte{"1": key})
	if err != nil {
		return nil, err
	}
	if o.Responses, err = response.New(ctx, db, keys, f.clock); err != nil {
		return nil, err
	}
	if f.queue, err = queue.New(ctx, db, queue.Options{Key: key, Now: f.clock, Zone: zone, Owner: "test"}); err != nil {
		return nil, err
	}
	o.Mail, err = mail.New(ctx, db, f.queue, mail.Config{
		From: "barometer@example.dk", Name: i18n.Same("Innovationsbarometeret"), BaseURL: "https://barometer.example.dk",
		Key: key, PerMinute: 120_000, Transport: mail.Outbox(f.outbox), Now: f.clock,
	})
	if err != nil {
		return nil, err
	}
	templates, err := Mails()
	if err != nil {
		return nil, err
	}
	if err := o.Mail.Add(templates); err != nil {
		return nil, err
	}
	if f.Dispatcher, err = New(ctx, o); err != nil {
		return nil, err
	}
	wordings, err := wording.Load(nil, "")
	f.wave = &Wave{
		ID: "2025", Title: i18n.Text{DA: "Innovationsbarometeret 2025", EN: "The Innovation Barometer 2025"},
		Sender: i18n.Text{DA: "Center for Offentlig Innovation", EN: "National Centre for Public Sector Innovation"},
		Email:  "barometer@example.dk", Phone: "12 34 56 78", Host: "https://barometer.example.dk",
		Deadline: date(2026, 3, 15), Minutes: 15, Wordings: wordings, Post: memo.Sender{CVR: "98000005", Label: "COI"},
	}
	return f, err
}

// place is a workplace that can be reached in the ways named.
func place(unit string, ways ...string) contact.Person {
	p := contact.Person{Unit: unit, PNumber: fmt.Sprintf("10%08d", len(unit)*1000+int(unit[len(unit)-1])), Name: "Arbejdsplads " + unit}
	for _, w := range ways {
		switch {
		case w == "cvr":
			p.CVR = "98000013"
		case w == "street":
			p.Address, p.Postcode, p.City = "Ved Åen 6", "9000", "Aalborg"
		case strings.Contains(w, "@"):
			p.Email = w
		default:
			p.Attention = w
		}
	}
	return p
}

// run carries an order out with files.
func (f *office) run(o Order) *Report {
	f.t.Helper()
	if o.Lang == "" {
		o.Lang = i18n.Danish
	}
	report, err := f.Run(context.Background(), f.wave, o, f.files)
	must(f.t, err)
	return report
}

// why is the plan's decision about each workplace: "email has_email".
func (f *office) why(o Order) map[string]string {
	f.t.Helper()
	o.Lang = i18n.Danish
	p, err := f.Plan(context.Background(), f.wave, o)
	must(f.t, err)
	list := map[string]string{}
	for _, d := range p.Decisions {
		list[d.Unit] = strings.TrimSpace(string(d.Channel) + " " + string(d.Reason))
	}
	return list
}

// deliver lets the queue do what is due.
func (f *office) deliver() {
	f.t.Helper()
	_, err := f.queue.RunDue(context.Background())
	must(f.t, err)
}

// mailed is a mail in the outbox.
type mailed struct {
	netmail.Header
	Subject, Text, To string
}

// mails reads the outbox, by recipient, the mails of one in the order of their
// dates.
func (f *office) mails() map[string][]mailed {
	f.t.Helper()
	list := map[string][]mailed{}
	files, err := filepath.Glob(filepath.Join(f.outbox, "*.eml"))
	must(f.t, err)
	for _, file := range files {
		m := readMail(f.t, file)
		list[m.To] = append(list[m.To], m)
	}
	return list
}

func readMail(t testing.TB, file string) mailed {
	t.Helper()
	src, err := os.ReadFile(file)
	must(t, err)
	m, err := netmail.ReadMessage(bytes.NewReader(src))
	must(t, err)
	to, err := m.Header.AddressList("To")
	must(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	must(t, err)
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	must(t, err)
	part, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
	must(t, err)
	text, err := io.ReadAll(quotedprintable.NewReader(part))
	must(t, err)
	if len(to) != 1 {
		t.Errorf("%s goes to %v", file, to)
	}
	return mailed{m.Header, subject, strings.ReplaceAll(string(text), "\r\n", "\n"), to[0].Address}
}

// between is what stands between two texts.
func between(s, from, to string) string {
	_, rest, _ := strings.Cut(s, from)
	found, _, _ := strings.Cut(rest, to)
	return found
}

// code is the one that a mail brings.
func (m mailed) code() string { return between(m.Text, "/s/", "\n") }

// answer completes the response of a workplace.
func (f *office) answer(unit string) {
	f.t.Helper()
	_, err := f.Responses.Submit(context.Background(), f.wave.ID, unit, 0, noCheck)
	must(f.t, err)
}

// issue gives a workplace a code as a file of codes does.
func (f *office) issue(unit, email string) error {
	u := sample.Selected{Unit: frame.Unit{Name: "Arbejdsplads " + unit, Email: email}, Key: unit}
	_, err := f.Access.Issue(context.Background(), f.wave.ID, []sample.Selected{u})
	return err
}
