package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/queue"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

type signIn struct{ Service, Name, Link string }

type digest struct {
	Cases []string
	Link  string
}

var samples = map[string]any{
	"signin": signIn{"Innovationsbarometeret", "Bo", "https://barometer.example.dk/l/1"},
	"digest": digest{[]string{"Robotter i køkkenet"}, "https://barometer.example.dk/da/cases"},
}

var start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// post is a mailer with its queue, its clock, its log and a folder that its
// mail lands in.
type post struct {
	*Mailer
	t     testing.TB
	db    *store.DB
	queue *queue.Queue
	log   *bytes.Buffer
	dir   string

	mu  sync.Mutex
	now time.Time
}

func (p *post) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *post) advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// newPost returns a mailer on an empty store, with an outbox unless change
// sets another transport.
func newPost(t testing.TB, db *store.DB, change ...func(*Config)) *post {
	t.Helper()
	p := &post{t: t, db: db, log: &bytes.Buffer{}, dir: t.TempDir(), now: start}
	log := slog.New(slog.NewTextHandler(p.log, nil))
	key := bytes.Repeat([]byte{7}, 32)
	q, err := queue.New(context.Background(), db, queue.Options{Key: key, Now: p.clock, Zone: time.UTC, Owner: "test", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{
		From: "barometer@example.dk", Name: i18n.Text{DA: "Innovationsbarometeret på prøve", EN: "The Innovation Barometer"},
		Reply: "svar@example.dk", Return: "retur@example.dk", BaseURL: "https://barometer.example.dk",
		Key: key, Transport: Outbox(p.dir), Now: p.clock,
	}
	for _, f := range change {
		f(&cfg)
	}
	if p.Mailer, err = New(context.Background(), db, q, cfg); err != nil {
		t.Fatal(err)
	}
	templates, err := ParseTemplates(os.DirFS("testdata/mails"), samples)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Add(templates); err != nil {
		t.Fatal(err)
	}
	p.queue = q
	return p
}

// each runs a test on an empty store of every kind.
func each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	storetest.Each(t, func(t *testing.T, where string) { test(t, storetest.Open(t, where)) })
}

func newStore(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "mail.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func hello(key, to string) Message {
	return Message{Key: key, To: to, Name: "Åse Øst", Lang: i18n.Danish, Template: "signin",
		Data: signIn{"Innovationsbarometeret", "Åse", "https://barometer.example.dk/l/abc"}}
}

func (p *post) try(m Message) error {
	return p.db.Write(context.Background(), func(tx *store.Tx) error { return p.Send(context.Background(), tx, m) })
}

func (p *post) send(messages ...Message) {
	p.t.Helper()
	for _, m := range messages {
		if err := p.try(m); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *post) run(want int) {
	p.t.Helper()
	if n, err := p.queue.RunDue(context.Background()); err != nil || n != want {
		p.t.Errorf("ran %d jobs (%v), want %d", n, err, want)
	}
}

// taken lists the mails in the folder, in the order of their names.
func (p *post) taken() (mails [][]byte) {
	p.t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "*.eml"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			p.t.Fatal(err)
		}
		mails = append(mails, data)
	}
	return mails
}

// sent is the state and code of a mail in the send log.
func (p *post) sent(key string) string {
	p.t.Helper()
	var state, code string
	err := p.db.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT state, code FROM mail_sent WHERE mail_key = ?`, key).Scan(&state, &code)
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(state + " " + code)
}

// job is the state, attempts and error of a mail's job.
func (p *post) job(key string) string {
	p.t.Helper()
	for _, state := range queue.States {
		list, err := p.queue.List(context.Background(), state, 1000)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, i := range list {
			if i.Kind == Kind && i.Key == key {
				return fmt.Sprintf("%s %d %s", i.State, i.Attempts, i.Error)
			}
		}
	}
	return "none"
}

func (p *post) address(to string) string {
	p.t.Helper()
	state, err := p.State(context.Background(), to)
	if err != nil {
		p.t.Fatal(err)
	}
	return state
}

// opened is a mail as its reader sees it.
type opened struct {
	header netmail.Header
	text   string
	html   string
}

func open(t testing.TB, raw []byte) opened {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	o := opened{header: m.Header}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %s, %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return o
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		switch kind := part.Header.Get("Content-Type"); {
		case strings.EqualFold(kind, "text/plain; charset=utf-8"):
			o.text = text
		case strings.EqualFold(kind, "text/html; charset=utf-8"):
			o.html = text
		default:
			t.Fatalf("part of type %s", kind)
		}
	}
}

func (o opened) decoded(t testing.TB, field string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(o.header.Get(field))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMailAsItsReaderSeesIt(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		p.send(hello("signin/1", "aase@aarhus.dk"))
		p.run(1)
		mails := p.taken()
		if len(mails) != 1 {
			t.Fatalf("%d mails", len(mails))
		}
		o := open(t, mails[0])
		for field, want := range map[string]string{
			"Subject":          "Log ind på Innovationsbarometeret",
			"From":             `"Innovationsbarometeret på prøve" <barometer@example.dk>`,
			"To":               `"Åse Øst" <aase@aarhus.dk>`,
			"Reply-To":         "<svar@example.dk>",
			"Date":             "Mon, 23 Nov 2026 09:00:00 +0000",
			"Content-Language": "da",
			"Auto-Submitted":   "auto-generated",
			"Mime-Version":     "1.0",
			"List-Unsubscribe": "",
		} {
			if got := o.decoded(t, field); strings.ReplaceAll(got, `"`, "") != strings.ReplaceAll(want, `"`, "") {
				t.Errorf("%s: %s, want %s", field, got, want)
			}
		}
		wantText := "Kære Åse\n\nÅbn denne side for at logge ind. Linket virker i 15 minutter, og kun én gang.\n\n" +
			"https://barometer.example.dk/l/abc\n\nHar du ikke bedt om det, så se bort fra denne mail.\n"
		if o.text != wantText {
			t.Errorf("text:\n%s", o.text)
		}
		for _, want := range []string{`<html lang="da">`, "<p>Kære Åse</p>", `<p><a href="https://barometer.example.dk/l/abc">https://barometer.example.dk/l/abc</a></p>`} {
			if !strings.Contains(o.html, want) {
				t.Errorf("HTML lacks %s:\n%s", want, o.html)
			}
		}
		if bytes.ContainsFunc(mails[0], func(r rune) bool { return r > 126 }) {
			t.Error("the mail is not plain ASCII")
		}
		for line := range bytes.Lines(mails[0]) {
			if len(line) > 998 || !bytes.HasSuffix(line, []byte("\r\n")) {
				t.Errorf("line of %d bytes: %q", len(line), line)
			}
		}
		if got := p.sent("signin/1"); got != "sent" {
			t.Errorf("send log says %s", got)
		}
	})
}

func TestDigestCanBeUnsubscribed(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		p.send(Message{Key: "digest/1", To: "bo@aarhus.dk", Lang: i18n.English, Template: "digest",
			Data:        digest{[]string{"Robots <in> kitchens", "Night buses"}, "https://barometer.example.dk/en/cases"},
			Unsubscribe: "https://barometer.example.dk/u/xyz"})
		p.run(1)
		o := open(t, p.taken()[0])
		if o.header.Get("List-Unsubscribe") != "<https://barometer.example.dk/u/xyz>" || o.header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Errorf("header %v", o.header)
		}
		if want := "<ul>\n<li>Robots &lt;in&gt; kitchens</li>\n<li>Night buses</li>\n</ul>"; !strings.Contains(o.html, want) {
			t.Errorf("HTML:\n%s", o.html)
		}
	})
}

// Only addresses within the site become links, whatever a name says.
func TestForeignAddressesAreNoLinks(t *testing.T) {
	m := &Mailer{cfg: Config{BaseURL: "https://barometer.example.dk"}}
	for text, link := range map[string]bool{
		"https://barometer.example.dk/da/":                true,
		"https://barometer.example.dk":                    true,
		"https://barometer.example.dk.evil.com/":          false,
		"https://barometer.example.dk@evil.com/":          false,
		"https://evil.com/?https://barometer.example.dk/": false,
		"javascript:alert(1)":                             false,
		`https://barometer.example.dk/"onclick="x`:        true, // up to the quote
	} {
		got := m.linked("se " + text + " her")
		if strings.Contains(got, "<a ") != link || strings.Contains(got, `"onclick`) {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// A delivery that is repeated, by this process or another, is the same mail.
func TestRepeatedDeliveryIsTheSameMail(t *testing.T) {
	var first []byte
	for range 2 {
		p := newPost(t, newStore(t))
		p.send(hello("signin/1", "aase@aarhus.dk"))
		p.advance(time.Duration(time.Now().UnixNano()%1000) * time.Second) // delivered at some later time
		p.run(1)
		got := p.taken()[0]
		if first != nil && !bytes.Equal(first, got) {
			t.Errorf("first\n%s\nthen\n%s", first, got)
		}
		first = got
	}
}

func TestMailIsAskedForOnce(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		p.send(hello("reminder/2025/17", "bo@aarhus.dk"))
		p.run(1)
		p.send(hello("reminder/2025/17", "bo@aarhus.dk"), hello("reminder/2025/17", "other@aarhus.dk"))
		p.advance(90 * 24 * time.Hour) // the queue has forgotten it by then
		p.run(1)
		p.send(hello("reminder/2025/17", "bo@aarhus.dk"))
		p.run(0)
		if n := len(p.taken()); n != 1 {
			t.Errorf("%d mails, want 1", n)
		}
	})
}

func TestMailOfUndoneTransactionIsNotSent(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		undone := errors.New("undone")
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			return errors.Join(p.Send(t.Context(), tx, hello("a", "bo@aarhus.dk")), undone)
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		p.run(0)
		p.send(hello("a", "bo@aarhus.dk")) // it can be asked for again
		p.run(1)
	})
}

func TestHeaderInjectionIsRefused(t *testing.T) {
	hostile := []string{
		"Bo\r\nBcc: all@evil.com", "Bo\nBcc: all@evil.com", "Bo\rBcc: all@evil.com", "Bo\x00", "Bo\u2028Bcc: x", "Bo\x85Bcc: x",
		"Bo\u202eok", "Bo\xffx", strings.Repeat("x", 201),
	}
	p := newPost(t, newStore(t))
	for _, h := range hostile {
		for name, m := range map[string]Message{
			"name":    {Key: "a", To: "bo@aarhus.dk", Name: h, Lang: i18n.Danish, Template: "signin", Data: samples["signin"]},
			"address": {Key: "a", To: h + "@aarhus.dk", Lang: i18n.Danish, Template: "signin", Data: samples["signin"]},
			"subject": {Key: "a", To: "bo@aarhus.dk", Lang: i18n.Danish, Template: "signin", Data: signIn{Service: h}},
			"unsubscribe": {Key: "a", To: "bo@aarhus.dk", Lang: i18n.Danish, Template: "signin", Data: samples["signin"],
				Unsubscribe: "https://barometer.example.dk/" + h},
		} {
			if name == "unsubscribe" && h == hostile[len(hostile)-1] {
				continue // may be long
			}
			if err := p.try(m); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s %q: %v", name, h, err)
			} else if strings.ContainsAny(err.Error(), "\r\x00") || strings.Contains(err.Error(), "bo@") {
				t.Errorf("%s %q: the error repeats what it refuses: %q", name, h, err)
			}
		}
	}
	p.run(0)
	if n := len(p.taken()); n != 0 {
		t.Errorf("%d mails left", n)
	}
}

func TestEveryFaultOfAMessageIsNamed(t *testing.T) {
	p := newPost(t, newStore(t))
	err := p.try(Message{Key: "a", To: "nowhere", Name: "a\nb", Lang: "de", Template: "no", Unsubscribe: "http://x"})
	for _, want := range []string{"address", "name", "language", "unsubscribe", `"no"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %s: %v", want, err)
		}
	}
}

func TestCheckAddress(t *testing.T) {
	for _, good := range []string{"bo@aarhus.dk", "b.o+x@sub.aarhus.dk", "o'neil_1@xn--rdovre-pxa.dk", "UPPER@AARHUS.DK"} {
		if err := CheckAddress(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "bo", "@aarhus.dk", "bo@", "bo@aarhus", "bo@aarhus..dk", "bo@-aarhus.dk", "Bo <bo@aarhus.dk>", `"b o"@aarhus.dk`, "bo@[127.0.0.1]",
		"bo@aarhus.dk,eve@evil.com", "bo@aarhus.dk eve@evil.com", "bo@aarhus.dk>", "bo@aarhus.dk\r\nRCPT TO:<eve@evil.com>", "bo(x)@aarhus.dk",
		"bo@eve@aarhus.dk", "bø@aarhus.dk", "bo@århus.dk", strings.Repeat("a", 65) + "@aarhus.dk", "bo@" + strings.Repeat("a.", 130) + "dk", ".bo@aarhus.dk", "bo\x00@aarhus.dk",
	} {
		if err := CheckAddress(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// FuzzMessage: what is not refused becomes a mail to the one recipient with
// the fields there are and no other.
func FuzzMessage(f *testing.F) {
	f.Add("bo@aarhus.dk", "Bo", "Barometeret")
	f.Add("bo@aarhus.dk", "Bo\r\nBcc: a@b.dk", "x\r\n\r\nbody")
	f.Add("bo@aarhus.dk", "=?utf-8?q?Bo=0D=0ABcc:_a@b.dk?=", "=?utf-8?B?DQpCY2M6?=")
	f.Add(`"bo"@aarhus.dk`, `Bo" <eve@evil.com>, "`, strings.Repeat("æ ", 60))
	f.Add("bo@aarhus.dk,eve@evil.com", "Bo, Eve <eve@evil.com>", "\t")
	p := newPost(f, newStore(f))
	f.Fuzz(func(t *testing.T, to, name, service string) {
		msg := Message{Key: "k", To: to, Name: name, Lang: i18n.English, Template: "signin", Data: signIn{Service: service}}
		subject, text, err := p.render(msg)
		if errors.Join(msg.check(), err) != nil {
			return
		}
		built, err := p.build(letter{Key: "k", To: to, Name: name, Lang: msg.Lang, Subject: subject, Text: text, Written: start})
		if err != nil {
			return
		}
		var raw bytes.Buffer
		if _, err := built.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		o := open(t, raw.Bytes())
		var fields []string
		for field, values := range o.header {
			if fields = append(fields, field); len(values) != 1 {
				t.Errorf("%s stands %d times", field, len(values))
			}
		}
		slices.Sort(fields)
		if want := []string{"Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Reply-To", "Subject", "To", "X-Auto-Response-Suppress"}; !slices.Equal(fields, want) {
			t.Errorf("fields %v", fields)
		}
		if list, err := o.header.AddressList("To"); err != nil || len(list) != 1 || list[0].Address != to {
			t.Errorf("To %q is read as %v, %v", o.header.Get("To"), list, err)
		}
		if rcpts, err := built.GetRecipients(); err != nil || !slices.Equal(rcpts, []string{"<" + to + ">"}) && !slices.Equal(rcpts, []string{to}) {
			t.Errorf("delivered to %v, %v", rcpts, err)
		}
	})
}

func TestExpiredMailIsNotDelivered(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		p := newPost(t, db)
		m := hello("a", "bo@aarhus.dk")
		m.Expires = start.Add(15 * time.Minute)
		p.send(m)
		p.advance(16 * time.Minute)
		p.run(1)
		if got := p.sent("a"); got != "expired" || len(p.taken()) != 0 {
			t.Errorf("%s, %d mails", got, len(p.taken()))
		}
	})
}

// Mail to one domain leaves at its pace, and keeps no other domain waiting.
func TestPaceOfADomain(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB) {
		p := newPost(t, db, func(c *Config) { c.PerMinute = 60 })
		for i := range 10 {
			p.send(hello(fmt.Sprint("a", i), fmt.Sprintf("p%d@aarhus.dk", i)))
		}
		p.send(hello("b", "bo@odense.dk"))
		var after []int
		p.run(11)
		after = append(after, len(p.taken()))
		for range 9 {
			p.advance(time.Second)
			p.run(1)
			after = append(after, len(p.taken()))
		}
		if want := []int{2, 3, 4, 5, 6, 7, 8, 9, 10, 11}; !slices.Equal(after, want) {
			t.Errorf("mails after each second %v, want %v", after, want)
		}
		p.advance(time.Hour) // a quiet hour is no credit
		p.send(hello("c", "c@aarhus.dk"), hello("d", "d@aarhus.dk"))
		p.run(2)
		if n := len(p.taken()); n != 12 {
			t.Errorf("%d mails, want 12", n)
		}
	})
}

// Neither tables nor log hold an address or a link, before and after delivery.
func TestNoAddressInStoreOrLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mail.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p := newPost(t, db)
	p.send(hello("a", "aase@aarhus.dk"), hello("b", "AASE@aarhus.dk"))
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return p.Suppress(tx, "aase@aarhus.dk") }); err != nil {
		t.Fatal(err)
	}
	look := func(when string) {
		for _, file := range []string{path, path + "-wal"} {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{"aase", "AASE", "Åse", "/l/abc"} {
				if bytes.Contains(data, []byte(secret)) {
					t.Errorf("%s: %s holds %q", when, filepath.Base(file), secret)
				}
			}
		}
		if strings.Contains(p.log.String(), "aarhus") {
			t.Errorf("%s: log:\n%s", when, p.log)
		}
	}
	look("waiting")
	p.run(2)
	look("done")
	if got := p.sent("a") + p.sent("b"); got != "withheldwithheld" {
		t.Errorf("a suppressed address was written to: %s", got)
	}
}
