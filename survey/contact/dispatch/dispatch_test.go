package dispatch

import (
	"archive/tar"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/survey/contact"
	"barometer/survey/contact/wording"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

func noCheck(questionnaire.Answers) error { return nil }

func invitation() Order { return Order{Kind: wording.Invitation} }
func reminder(n int) Order {
	return Order{Kind: wording.Reminder(n)}
}

// opens reports whose response a code opens.
func (f *office) opens(code string) string {
	f.t.Helper()
	s, err := f.Access.Redeem(context.Background(), code)
	if err != nil {
		return err.Error()
	}
	return s.Unit
}

// TestGoal36_EachChannelIsTakenByRuleAndARerunSendsNothingTwice invites by all
// three channels, again, and reads everything back that leaves the house.
func TestGoal36_EachChannelIsTakenByRuleAndARerunSendsNothingTwice(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{
			place("u1", "leder@u1.example", "cvr", "street", "Ane Møller"), place("u2", "cvr", "street"), place("u3", "street"), place("u4"),
		}
		want := map[string]string{"u1": "email has_email", "u2": "digital_post no_email", "u3": "letter no_email", "u4": "no_channel"}
		if got := f.why(invitation()); !equal(got, want) {
			t.Errorf("planned %v, want %v", got, want)
		}
		r := f.run(invitation())
		if r.Mails != 1 || r.Letters != 2 || len(r.Batches) != 2 {
			t.Errorf("%+v", r)
		}
		if again := f.run(invitation()); again.Mails+again.Letters+len(again.Batches) != 0 {
			t.Errorf("a second run sent %+v", again)
		}
		f.deliver()
		if got := f.why(invitation()); got["u1"] != "already_sent" || got["u2"] != "already_sent" {
			t.Errorf("after the run: %v", got)
		}
		m := f.mails()["leder@u1.example"]
		if len(m) != 1 || f.opens(m[0].code()) != "u1" || !strings.Contains(m[0].Header.Get("To"), "Ane") {
			t.Fatalf("%d mails: %+v", len(m), m)
		}
		if got := f.opens(f.posted(r.Batches[0], "98000013", "Arbejdsplads u2")); got != "u2" {
			t.Errorf("the code in Digital Post opens %s", got)
		}
		if got := f.opens(f.printed(r.Batches[1], "Arbejdsplads u3", "Ved Åen 6", "9000 Aalborg")); got != "u3" {
			t.Errorf("the code in the letter opens %s", got)
		}
		log, err := f.Log(t.Context(), "2025")
		must(t, err)
		if len(log) != 3 || log[0].State != "sent" || log[1].State != "filed" {
			t.Errorf("%+v", log)
		}
	})
}

func equal(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// posted reads the one message of a batch for Digital Post and returns the
// code in its letter.
func (f *office) posted(batch string, says ...string) string {
	f.t.Helper()
	var list struct{ Messages []struct{ File string } }
	src, err := os.ReadFile(filepath.Join(batch, "manifest.json"))
	must(f.t, err)
	must(f.t, json.Unmarshal(src, &list))
	archive, err := os.Open(filepath.Join(batch, "digital-post.tar"))
	must(f.t, err)
	defer archive.Close()
	r := tar.NewReader(archive)
	head, err := r.Next()
	must(f.t, err)
	text, err := io.ReadAll(r)
	must(f.t, err)
	if len(list.Messages) != 1 || list.Messages[0].File != head.Name {
		f.t.Errorf("the list has %v, the archive %s", list.Messages, head.Name)
	}
	letter, err := base64.StdEncoding.DecodeString(between(string(text), "<memo:content>", "</memo:content>"))
	must(f.t, err)
	for _, s := range says {
		if !strings.Contains(string(text)+string(letter), s) {
			f.t.Errorf("%q stands neither in\n%s\nnor in\n%s", s, text, letter)
		}
	}
	code := between(string(letter), "/s/", `"`)
	if code == "" || !strings.Contains(string(text), "/s/"+code+"</memo:url>") || strings.Contains(string(letter), "/stop/") {
		f.t.Errorf("the letter of\n%s\nis\n%s", text, letter)
	}
	return code
}

// printed reads the pages of a batch of letters and returns the code in them.
func (f *office) printed(batch string, says ...string) string {
	f.t.Helper()
	for _, name := range []string{"letters.csv", "letters.xlsx", "letters-01.html"} {
		info, err := os.Stat(filepath.Join(batch, name))
		must(f.t, err)
		if info.Mode().Perm() != 0o600 {
			f.t.Errorf("%s can be read by others: %v", name, info.Mode())
		}
	}
	src, err := os.ReadFile(filepath.Join(batch, "letters-01.html"))
	must(f.t, err)
	for _, s := range says {
		if !strings.Contains(string(src), s) {
			f.t.Errorf("%q does not stand in the letters", s)
		}
	}
	return between(string(src), "/s/", `"`)
}

// TestGoal37_RemindersGoByWhatIsKnownWhenTheyAreSent changes what is known
// between the plan and the run, and holds the run to it.
func TestGoal37_RemindersGoByWhatIsKnownWhenTheyAreSent(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		ctx := t.Context()
		for _, u := range []string{"answered", "refused", "gone", "unknown", "begun", "silent", "stopped", "revoked", "late"} {
			f.wave.People = append(f.wave.People, place(u, u+"@example.dk"))
		}
		late := f.wave.People[8]
		f.wave.People = f.wave.People[:8]
		f.run(invitation())
		f.deliver()
		f.wave.People = append(f.wave.People, late) // a unit of the reserve, not yet invited
		if got := f.why(reminder(1)); got["answered"] != "email has_email" || got["late"] != "not_invited" {
			t.Fatalf("%v", got)
		}
		f.answer("answered")
		must(t, f.Responses.Decline(ctx, "2025", "refused", "button"))
		must(t, f.Responses.SetDisposition(ctx, "2025", "gone", response.Ineligible, "7"))
		must(t, f.Responses.SetDisposition(ctx, "2025", "unknown", response.Unknown, "7"))
		_, err := f.Responses.Save(ctx, response.Save{Wave: "2025", Unit: "begun", Lang: i18n.Danish, Answers: questionnaire.Answers{"A1": {Codes: []string{"ja"}}}})
		must(t, err)
		must(t, f.Stop(ctx, between(f.mails()["stopped@example.dk"][0].Text, "/da/stop/", "\n")))
		must(t, f.Access.Revoke(ctx, "2025", "revoked"))
		want := map[string]string{
			"answered": "complete", "refused": "refused", "gone": "ineligible", "unknown": "email has_email", "begun": "email has_email",
			"silent": "email has_email", "stopped": "wants_no_letters", "revoked": "code_revoked", "late": "not_invited",
		}
		if got := f.why(reminder(1)); !equal(got, want) {
			t.Errorf("planned\n%v, want\n%v", got, want)
		}
		before, err := os.ReadDir(f.outbox)
		must(t, err)
		if p, err := f.Plan(ctx, f.wave, Order{Kind: wording.Reminder(1), Lang: i18n.Danish}); err != nil || p.Send != 3 || !noCode(t, p, f.mails()) {
			t.Errorf("%v %+v", err, p)
		}
		f.deliver()
		if after, err := os.ReadDir(f.outbox); err != nil || len(after) != len(before) {
			t.Errorf("a plan has sent %d mails (%v)", len(after)-len(before), err)
		}
		if r := f.run(reminder(1)); r.Mails != 3 {
			t.Errorf("%+v", r)
		}
		f.deliver()
		for u, m := range f.mails() {
			u = strings.TrimSuffix(u, "@example.dk")
			if reminded := len(m) == 2; reminded != strings.HasPrefix(want[u], "email") {
				t.Errorf("%s has %d mails", u, len(m))
			}
		}
		if got := f.why(reminder(2)); got["silent"] != "email has_email" || got["stopped"] != "wants_no_letters" {
			t.Errorf("the second reminder: %v", got)
		}
		must(t, f.Resume(ctx, "7", "2025", "stopped"))
		if got := f.why(reminder(2)); got["stopped"] != "email has_email" {
			t.Errorf("after staff took the stop back: %v", got)
		}
		if err := f.Resume(ctx, "7", "2025", "stopped"); !errors.Is(err, ErrNotStopped) {
			t.Errorf("taken back twice: %v", err)
		}
	})
}

// noCode reports whether a plan names no code.
func noCode(t *testing.T, p *Plan, sent map[string][]mailed) bool {
	t.Helper()
	text, err := json.Marshal(p)
	must(t, err)
	for _, list := range sent {
		for _, m := range list {
			if strings.Contains(string(text), m.code()) {
				return false
			}
		}
	}
	return true
}

// A reminder brings a code of its own, and those of earlier letters, which may
// have been passed on, go on working, as the letter says. Where staff have
// replaced a code, it says that.
func TestEachLetterBringsACodeAndEarlierOnesStayValid(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "u1@example.dk"), place("u2", "u2@example.dk")}
		f.run(invitation())
		f.deliver()
		old := f.mails()
		_, err := f.Access.Replace(t.Context(), "2025", "u2")
		must(t, err)
		f.set(start.AddDate(0, 0, 14))
		f.run(reminder(1))
		f.deliver()
		for unit, says := range map[string]string{"u1": "virker også stadig", "u2": "virker ikke alle længere"} {
			first := old[unit+"@example.dk"][0]
			list := f.mails()[unit+"@example.dk"]
			at := slices.IndexFunc(list, func(m mailed) bool { return m.code() != first.code() })
			if at < 0 || f.opens(list[at].code()) != unit || !strings.Contains(list[at].Text, says) {
				t.Errorf("%s: %+v", unit, list)
			}
			if stillOpens := f.opens(first.code()) == unit; stillOpens != (unit == "u1") {
				t.Errorf("%s: the first code opens it: %t", unit, stillOpens)
			}
		}
	})
}

// The mail can be unsubscribed from by one press in a mail program, and its
// token is in no table.
func TestMailOffersToStop(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "u1@example.dk")}
		f.run(invitation())
		f.deliver()
		m := f.mails()["u1@example.dk"][0]
		link := between(m.Text, "så åbn ", "\n")
		if !strings.HasPrefix(link, "https://barometer.example.dk/da/stop/") || m.Get("List-Unsubscribe") != "<"+link+">" ||
			m.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Fatalf("%s %v", link, m.Header)
		}
		token := strings.TrimPrefix(link, "https://barometer.example.dk/da/stop/")
		if len(token) != 32 {
			t.Errorf("token %q", token)
		}
		for _, wrong := range []string{"", "x", token[1:], strings.ToUpper(token), token + "a"} {
			if err := f.Stop(t.Context(), wrong); !errors.Is(err, ErrNoSuchLetter) {
				t.Errorf("token %q: %v", wrong, err)
			}
		}
		must(t, f.Stop(t.Context(), token))
		must(t, f.Stop(t.Context(), token))
		stops, err := f.Stops(t.Context(), "2025")
		must(t, err)
		if len(stops) != 1 || stops[0].Unit != "u1" || stops[0].Actor != respondent {
			t.Errorf("%+v", stops)
		}
	})
}

// Mails that wait when the wave closes, or when the workplace asks for an end,
// are taken back.
func TestWaitingMailsAreTakenBack(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "u1@example.dk"), place("u2", "u2@example.dk"), place("u3", "u3@example.dk")}
		f.run(invitation())
		f.deliver()
		f.run(reminder(1))
		must(t, f.StopFor(t.Context(), "7", "2025", "u1"))
		f.deliver()
		f.run(reminder(2))
		must(t, f.Responses.Close(t.Context(), "2025"))
		must(t, f.Withdraw(t.Context(), "2025"))
		f.deliver()
		for unit, want := range map[string]int{"u1": 1, "u2": 2, "u3": 2} {
			if got := len(f.mails()[unit+"@example.dk"]); got != want {
				t.Errorf("%s has %d mails, want %d", unit, got, want)
			}
		}
		counts, err := f.queue.Counts(t.Context())
		must(t, err)
		if counts["waiting"]+counts["dead"] != 0 {
			t.Errorf("jobs: %v", counts)
		}
		must(t, f.Resume(t.Context(), "7", "2025", "u1"))
		if got := f.why(reminder(1)); got["u1"] != "email has_email" || got["u2"] != "already_sent" {
			t.Errorf("after u1 has thought better of it: %v", got)
		}
	})
}

// What bounces is found by the report, and the next run takes another channel.
func TestGoal36_BounceTakesAnotherChannel(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "gone@example.dk", "street"), place("u2", "odd@example.dk", "street"), place("u3", "none@example.dk")}
		f.wave.Post.CVR = ""
		f.run(invitation())
		f.deliver()
		for address, status := range map[string]string{"gone@example.dk": "5.1.1", "odd@example.dk": "5.7.1", "none@example.dk": "5.1.1"} {
			token, _, _ := strings.Cut(strings.Trim(f.mails()[address][0].Get("Message-Id"), "<>"), "@")
			_, err := f.Mail.Bounced(t.Context(), strings.NewReader(deliveryReport(token, status)))
			must(t, err)
		}
		want := map[string]string{"u1": "letter email_bouncing", "u2": "letter mail_not_delivered", "u3": "no_channel"}
		if got := f.why(invitation()); !equal(got, want) {
			t.Errorf("after the reports: %v, want %v", got, want)
		}
		r := f.run(invitation())
		if r.Mails != 0 || r.Letters != 2 {
			t.Errorf("%+v", r)
		}
		if got := f.why(invitation()); got["u1"] != "already_sent" || got["u2"] != "already_sent" {
			t.Errorf("after the letters: %v", got)
		}
		if got := f.why(reminder(1)); got["u1"] != "letter email_bouncing" || got["u2"] != "email has_email" || got["u3"] != "no_channel" {
			t.Errorf("reminders: %v", got)
		}
		log, err := f.Log(t.Context(), "2025")
		must(t, err)
		states := map[string]int{}
		for _, s := range log {
			states[s.State]++
		}
		if states["bounced"] != 3 || states["filed"] != 2 {
			t.Errorf("the log has %v", states)
		}
	})
}

// deliveryReport is what a mail server sends back (RFC 3464).
func deliveryReport(token, status string) string {
	return strings.ReplaceAll("From: MAILER-DAEMON@mx.example\nTo: barometer+"+token+"@example.dk\nX-Original-To: barometer+"+token+"@example.dk\nMIME-Version: 1.0\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nno\n\n"+
		"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; x@example.dk\nAction: failed\nStatus: "+status+"\n\n--b--\n", "\n", "\r\n")
}

// A channel can be asked for, and one unit be sent its letter once more.
func TestChannelAndUnitCanBeAskedFor(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "u1@example.dk", "street", "cvr"), place("u2", "u2@example.dk", "cvr"), place("u3", "u3@example.dk")}
		paper := Order{Kind: wording.Invitation, Channel: wording.Paper}
		if got := f.why(paper); !equal(got, map[string]string{"u1": "letter channel_asked_for", "u2": "no_address", "u3": "no_address"}) {
			t.Errorf("%v", got)
		}
		f.run(paper)
		f.run(invitation())
		again := Order{Kind: wording.Invitation, Again: "u1"}
		if got := f.why(again); !equal(got, map[string]string{"u1": "email has_email", "u2": "not_asked_for", "u3": "not_asked_for"}) {
			t.Errorf("%v", got)
		}
		for range 2 {
			if r := f.run(again); r.Mails != 1 || r.Letters != 0 {
				t.Errorf("%+v", r)
			}
		}
		f.deliver()
		if n := len(f.mails()["u1@example.dk"]); n != 2 {
			t.Errorf("%d mails", n)
		}
		f.answer("u1")
		if r := f.run(again); r.Mails != 0 {
			t.Errorf("to one that has answered: %+v", r)
		}
		if _, err := f.Plan(t.Context(), f.wave, Order{Kind: wording.Invitation, Lang: i18n.Danish, Again: "nobody"}); err == nil {
			t.Error("a unit that is not in the sample")
		}
	})
}

// Codes that were issued to a file count as invitations.
func TestCodesFromAFileCount(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "u1@example.dk")}
		must(t, f.issue("u1", "u1@example.dk"))
		if got := f.why(invitation()); got["u1"] != "has_a_code" {
			t.Errorf("%v", got)
		}
		if r := f.run(reminder(1)); r.Mails != 1 {
			t.Errorf("%+v", r)
		}
	})
}

// Nothing leaves after the close, past the deadline, or while the wave is
// paused; nothing is half written then.
func TestNothingIsSentWhenTheWaveDoesNotAsk(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "u1@example.dk"), place("u2", "street")}
		o := Order{Kind: wording.Invitation, Lang: i18n.Danish}
		f.wave.Paused = true
		if _, err := f.Run(t.Context(), f.wave, o, f.files); !errors.Is(err, ErrPaused) {
			t.Errorf("paused: %v", err)
		}
		f.wave.Paused = false
		f.set(f.closes(f.wave).Add(time.Second))
		if _, err := f.Run(t.Context(), f.wave, o, f.files); !errors.Is(err, response.ErrClosed) {
			t.Errorf("past the deadline: %v", err)
		}
		f.set(start)
		must(t, f.Responses.Close(t.Context(), "2025"))
		for _, channel := range []wording.Channel{wording.Email, wording.Paper} {
			o.Channel = channel
			if _, err := f.Run(t.Context(), f.wave, o, f.files); !errors.Is(err, response.ErrClosed) {
				t.Errorf("closed, by %s: %v", channel, err)
			}
		}
		log, err := f.Log(t.Context(), "2025")
		must(t, err)
		left, err := filepath.Glob(filepath.Join(f.files.Dir, "*"))
		must(t, err)
		if len(log) != 0 || len(left) != 0 {
			t.Errorf("%d letters logged, %v left", len(log), left)
		}
	})
}

// A name from a register adds no header, no line and no markup, by any
// channel; and an address that is none is not written to.
func TestNamesFromRegistersStayText(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		foul := "Skolen\r\nBcc: spy@example.dk\r\n\r\n<b>x</b> \u202eneloks\u202c \\input{/etc/passwd} {code} =1+1"
		people := []contact.Person{place("u1", "u1@example.dk"), place("u2", "cvr"), place("u3", "street"), place("u4", "u4@example.dk\r\nBcc: spy@example.dk", "street")}
		for i := range people {
			people[i].Name, people[i].Attention = foul, foul
		}
		f.wave.People = people
		if got := f.why(invitation()); got["u4"] != "letter email_malformed" {
			t.Errorf("%v", got)
		}
		r := f.run(invitation())
		f.deliver()
		m := f.mails()["u1@example.dk"][0]
		if m.Get("Bcc") != "" || len(m.Header) > 15 || !strings.Contains(m.Text, "Til lederen af Skolen Bcc: spy@example.dk <b>x</b> neloks \\input{/etc/passwd} {code} =1+1\n") {
			t.Errorf("%v\n%s", m.Header, m.Text)
		}
		text := f.printedText(r.Batches[1])
		if strings.Contains(text, "<b>") || strings.Contains(text, "\u202e") || !strings.Contains(text, "&lt;b&gt;x&lt;/b&gt; neloks") {
			t.Errorf("the letter is\n%.3000s", text)
		}
		f.posted(r.Batches[0], "&lt;b&gt;x&lt;/b&gt; neloks")
	})
}

func (f *office) printedText(batch string) string {
	f.t.Helper()
	src, err := os.ReadFile(filepath.Join(batch, "letters-01.html"))
	must(f.t, err)
	return string(src)
}

// Thanks go to whoever has answered, once, and bring no code.
func TestThanks(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "u1@example.dk"), place("u2", "u2@example.dk")}
		f.run(invitation())
		f.deliver()
		f.answer("u1")
		thanks := Order{Kind: wording.Thanks}
		if got := f.why(thanks); !equal(got, map[string]string{"u1": "email has_email", "u2": "not_complete"}) {
			t.Errorf("%v", got)
		}
		f.run(thanks)
		f.run(thanks)
		f.deliver()
		list := f.mails()["u1@example.dk"]
		if len(list) != 2 || len(f.mails()["u2@example.dk"]) != 1 {
			t.Fatalf("%d mails", len(list))
		}
		for _, m := range list {
			if strings.Contains(m.Subject, "tak for") && (strings.Contains(m.Text, "/s/") || m.Get("List-Unsubscribe") != "") {
				t.Errorf("thanks with a way in:\n%s", m.Text)
			}
		}
	})
}

// The log and the jobs hold no address, name or code.
func TestLogNamesNobody(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "u1@example.dk", "Ane Møller")}
		f.run(invitation())
		log, err := f.Log(t.Context(), "2025")
		must(t, err)
		text, err := json.Marshal(log)
		must(t, err)
		if strings.Contains(string(text), "@") || strings.Contains(string(text), "Ane") || strings.Contains(string(text), "Arbejdsplads") {
			t.Errorf("%s", text)
		}
		jobs, err := f.queue.List(t.Context(), "waiting", 10)
		must(t, err)
		for _, j := range jobs {
			if j.Kind == mail.Kind && (strings.Contains(j.Key, "u1") || !strings.HasPrefix(j.Key, "dispatch/2025/")) {
				t.Errorf("job %s", j.Key)
			}
		}
	})
}
