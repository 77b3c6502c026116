package wording

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"barometer/internal/i18n"
)

func values() Values {
	return Values{
		Title: "Innovationsbarometeret 2025", Name: "Børnehaven Solsikken", PNumber: "1012345678", Code: "0123-4567-89AB",
		Link: "https://barometer.example.dk/s/0123456789AB", Deadline: "15. marts 2026", Minutes: "15",
		Sender: "Center for Offentlig Innovation", Help: "barometer@example.dk, 12 34 56 78", Stop: "https://barometer.example.dk/da/stop/x",
	}
}

func builtInSet(t testing.TB) *Set {
	t.Helper()
	s, err := Load(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What a public authority has to say stands in every letter, in both
// languages and by every channel.
func TestBuiltInWordingsSayWhatTheyMust(t *testing.T) {
	s := builtInSet(t)
	must := map[i18n.Lang][]string{
		i18n.Danish:  {"frivilligt", "15 minutter", "15. marts 2026", "Kun få betroede medarbejdere|kun få betroede medarbejdere", "kollega", "barometer@example.dk"},
		i18n.English: {"voluntary", "15 minutes", "15. marts 2026", "few trusted members of staff", "pass this letter on", "barometer@example.dk"},
	}
	for _, k := range s.Kinds() {
		for _, l := range i18n.Languages {
			w, err := s.Get(k, l)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range Channels {
				letter := w.Fill(c, values())
				text := letter.Text()
				if strings.ContainsAny(letter.Subject+text, "{}") {
					t.Errorf("%s.%s by %s: a field is left:\n%s", k, l, c, text)
				}
				if stop := strings.Contains(text, "/da/stop/x"); stop != (c == Email && k.Answers()) {
					t.Errorf("%s.%s by %s: page that ends reminders: %t", k, l, c, stop)
				}
				if c == DigitalPost && !strings.Contains(text, "1012345678") {
					t.Errorf("%s.%s: the post room cannot see which workplace is meant", k, l)
				}
				if !k.Answers() {
					continue
				}
				for _, says := range append(must[l], values().Code, values().Link) {
					if !slices.ContainsFunc(strings.Split(says, "|"), func(s string) bool { return strings.Contains(text, s) }) {
						t.Errorf("%s.%s by %s does not say %q", k, l, c, says)
					}
				}
			}
		}
	}
}

// A reminder tells the truth about the codes of earlier letters.
func TestReminderTellsWhetherEarlierCodesWork(t *testing.T) {
	w, err := builtInSet(t).Get(Reminder(1), i18n.Danish)
	if err != nil {
		t.Fatal(err)
	}
	v := values()
	for ended, says := range map[bool]string{false: "virker også stadig", true: "virker ikke alle længere"} {
		v.Ended = ended
		text := w.Fill(Paper, v).Text()
		if !strings.Contains(text, says) || strings.Contains(text, "virker også") == strings.Contains(text, "virker ikke") {
			t.Errorf("earlier code ended %t:\n%s", ended, text)
		}
	}
}

const sound = `Subject: {title}

Til {name}, {p_number}

1. {link}
2. {code}
inden {deadline}, {minutes} minutter

[email]
{stop}

{help}
{sender}
`

func TestFaultsAreNamedByPlace(t *testing.T) {
	replace := func(old, by string) string { return strings.Replace(sound, old, by, 1) }
	cases := []struct{ name, src, want string }{
		{"unknown field", replace("{help}", "{hepl}"), "f.txt:12:1: unknown field {hepl}"},
		{"unknown field in a step", replace("1. {link}", "1. æ {lnk}"), "f.txt:5:6: unknown field {lnk}"},
		{"missing code", replace("2. {code}\n", ""), "f.txt:1:1: by letter, the letter lacks {code}"},
		{"link in mail alone", replace("1. {link}\n", "\n[email]\n{link}\n"), "f.txt:1:1: by letter, the letter lacks {link}"},
		{"code for some alone", replace("2. {code}\n", "\n[earlier_valid]\n{code}\n\n"), "f.txt:1:1: by email, the letter lacks {code}"},
		{"no way out of reminders", replace("[email]\n{stop}\n", ""), "f.txt:1:1: by email, the letter lacks {stop}"},
		{"way out on paper", replace("[email]\n", ""), "f.txt:1:1: by letter, the letter shows {stop}"},
		{"no subject", replace("Subject: ", "Emne: "), "f.txt:1:1: there is no subject"},
		{"code in the subject", replace("{title}", "{title} {code}"), "f.txt:1:1: the subject shows {code}"},
		{"text at once", replace("\n\nTil", "\nTil"), "f.txt:2:1: text follows on the subject at once"},
		{"open brace", replace("{name}", "{name"), "f.txt:3:5: a brace is not closed"},
		{"lone brace", replace("{name}", "name}"), "f.txt:3:9: a brace is not closed"},
		{"unknown channel", replace("[email]", "[email fax]"), `f.txt:9:8: unknown condition "fax"`},
		{"open condition", replace("[email]", "[email"), "f.txt:9:1: the condition is not closed"},
		{"condition within a paragraph", replace("\n[email]", "[email]"), "f.txt:8:1: a condition stands within a paragraph"},
		{"direction of reading", replace("Til", "Til \u202e"), "f.txt:3:5: character U+202E cannot be seen"},
		{"not UTF-8", replace("Til", "Til \xe6"), "f.txt:3:5: this is no UTF-8"},
		{"too long", strings.Repeat("x", largest+1), "f.txt:1:1: the file has"},
	}
	if _, err := Parse("f.txt", []byte(sound), Invitation, i18n.Danish); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("f.txt", []byte(c.src), Invitation, i18n.Danish)
			faults, ok := errors.AsType[Faults](err)
			if !ok || !slices.ContainsFunc(faults, func(f Fault) bool { return strings.HasPrefix(f.String(), c.want) }) {
				t.Errorf("want %s, got\n%v", c.want, err)
			}
		})
	}
}

// All faults of a folder come together, and a language that is missing is one.
func TestFolderIsReadWhole(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	folder := fstest.MapFS{
		"reminder-3.da.txt":    file(sound),
		"invitation.da.txt":    file(strings.Replace(sound, "{help}", "{hepl}", 1)),
		"invitation.en.txt":    file(sound),
		"last-call.da.txt":     file(sound),
		"last-call.en.txt":     file(strings.Replace(sound, ", {minutes} minutter", "", 1)),
		"påmindelse.da.txt":    file(sound),
		"reminder-1.de.txt":    file(sound),
		"README.md":            file("not a wording"),
		".reminder-1.da.txt~":  file("neither"),
		"reminder-1.da.txt/x":  file("a folder"),
		"invitation.da.txt.sw": file(""),
	}
	_, err := Load(folder, "waves/2025/letters")
	for _, want := range []string{
		"waves/2025/letters/invitation.da.txt:12:1: unknown field {hepl}",
		"waves/2025/letters/reminder-3.da.txt:1:1: reminder-3 has no wording in en",
		"waves/2025/letters/last-call.en.txt:1:1: {minutes} is not here",
		"waves/2025/letters/påmindelse.da.txt:1:1:", "waves/2025/letters/reminder-1.de.txt:1:1:",
		"waves/2025/letters/reminder-1.da.txt:1:1: this is no file of text", "invitation.da.txt.sw:1:1:",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got\n%v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "README") {
		t.Error("README.md is no wording")
	}
	own, err := Load(fstest.MapFS{"reminder-3.da.txt": file(sound), "reminder-3.en.txt": file(sound)}, "letters")
	if err != nil {
		t.Fatal(err)
	}
	if got := len(own.Kinds()); got != 6 {
		t.Errorf("kinds: %v", own.Kinds())
	}
	if _, err := own.Get(Reminder(4), i18n.Danish); err == nil || !strings.Contains(err.Error(), "reminder-4.da.txt") {
		t.Errorf("a reminder without a wording: %v", err)
	}
}

// A name from a register adds no line, no header and no direction of reading.
func TestValuesAreOneLineOfText(t *testing.T) {
	for typed, want := range map[string]string{
		"Skolen\r\nBcc: x@example.dk":         "Skolen Bcc: x@example.dk",
		"A\u2028B\u0085C\vD":                  "A B C D",
		"\u202eneloks\u202c \u2066x\u2069":    "neloks x",
		"nul\x00byte\x1b[31m":                 "nulbyte[31m",
		"zero\u200bwidth\ufeff":               "zerowidth",
		`<script>alert(1)</script> \input{x}`: `<script>alert(1)</script> \input{x}`,
		"\xff\xfebad":                         "bad",
		"Ærø  Skole":                          "Ærø Skole",
		strings.Repeat("å", 500):              strings.Repeat("å", longest-1) + "…",
	} {
		if got := Plain(typed); got != want {
			t.Errorf("%q becomes %q", typed, got)
		}
	}
	w, err := Parse("f.txt", []byte(sound), Invitation, i18n.Danish)
	if err != nil {
		t.Fatal(err)
	}
	v := values()
	v.Name, v.Title = "{code}\n\n[email]\n- x", "T\r\nBcc: y@example.dk"
	l := w.Fill(Paper, v)
	if l.Subject != "T Bcc: y@example.dk" || l.Blocks[0][0].Text != "Til {code} [email] - x, 1012345678" || len(l.Blocks) != 3 {
		t.Errorf("%q %+v", l.Subject, l.Blocks)
	}
}

// FuzzParse holds Parse to: no panic; a refusal with places within the file;
// and what is read can be filled in, and leaves no field.
func FuzzParse(f *testing.F) {
	for _, k := range builtInSet(f).Kinds() {
		for _, l := range i18n.Languages {
			src, err := builtIn.ReadFile("letters/" + string(k) + "." + string(l) + ".txt")
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	f.Add([]byte(sound))
	f.Add([]byte("Subject: {\n\n[email\n{a}{\r\n}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		w, err := Parse("f.txt", src, Reminder(1), i18n.English)
		if err != nil {
			faults, ok := errors.AsType[Faults](err)
			lines := strings.Count(string(src), "\n") + 1
			if !ok || len(faults) == 0 {
				t.Fatalf("refused without a fault: %v", err)
			}
			for _, fault := range faults {
				if fault.Line < 1 || fault.Line > lines || fault.Col < 1 || fault.Message == "" {
					t.Fatalf("%v of %d lines", fault, lines)
				}
			}
			return
		}
		for _, c := range Channels {
			l := w.Fill(c, values())
			text := l.Text()
			if strings.ContainsAny(l.Subject, "\r\n{}") || strings.ContainsAny(text, "\r{}") || !strings.Contains(text, values().Code) {
				t.Fatalf("by %s: %q %q", c, l.Subject, text)
			}
		}
	})
}
