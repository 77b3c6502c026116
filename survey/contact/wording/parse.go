package wording

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"barometer/internal/i18n"
)

const (
	earlierValid = "earlier_valid"
	earlierEnded = "earlier_ended"
)

// largest is how long a file may be, in bytes: ten pages of text.
const largest = 32 << 10

// longestSubject is how many characters a subject may have before its fields
// are filled in; a mail's may have 200 then.
const longestSubject = 120

// parser reads one file and gathers its faults.
type parser struct {
	file   string
	faults Faults
	used   map[string]bool // fields
	block  *block          // that is open
	w      *Wording
}

// Parse reads the wording of a kind in a language. The name of the file is
// used in messages only. An error is [Faults].
func Parse(file string, src []byte, kind Kind, lang i18n.Lang) (*Wording, error) {
	p := &parser{file: file, used: map[string]bool{}, w: &Wording{Kind: kind, Lang: lang}}
	p.read(src)
	if len(p.faults) > 0 {
		return nil, p.faults.sorted()
	}
	return p.w, nil
}

func (p *parser) say(line, col int, hint, format string, args ...any) {
	p.faults = append(p.faults, Fault{p.file, line, col, fmt.Sprintf(format, args...), hint})
}

func (p *parser) read(src []byte) {
	if len(src) > largest {
		p.say(1, 1, "a letter is a page", "the file has %d bytes, at most %d are read", len(src), largest)
		return
	}
	text := strings.TrimPrefix(string(src), "\ufeff")
	for i, source := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if p.sound(i+1, source) {
			p.line(i+1, strings.TrimRight(source, " \t"))
		}
	}
	if len(p.w.blocks) == 0 && len(p.faults) == 0 {
		p.say(1, 1, "write the letter below the subject, after an empty line", "there is no text")
	}
	p.needed()
}

// sound refuses characters that cannot be seen.
func (p *parser) sound(n int, source string) bool {
	ok, col := true, 0
	for _, r := range source {
		col++
		switch {
		case r == utf8.RuneError:
			p.say(n, col, "save the file as UTF-8", "this is no UTF-8")
			ok = false
		case r != '\t' && hidden(r):
			p.say(n, col, "delete it", "character %U cannot be seen", r)
			ok = false
		}
	}
	return ok
}

func (p *parser) line(n int, source string) {
	switch {
	case n == 1:
		p.subject(source)
	case source == "":
		p.block = nil
	case n == 2:
		p.say(2, 1, "leave line 2 empty", "text follows on the subject at once")
	case source[0] == '[':
		p.condition(n, source)
	default:
		p.text(n, source)
	}
}

func (p *parser) subject(source string) {
	rest, ok := strings.CutPrefix(source, "Subject: ")
	if !ok || strings.TrimSpace(rest) == "" {
		p.say(1, 1, "begin the file with the line Subject: …", "there is no subject")
		return
	}
	if n := utf8.RuneCountInString(rest); n > longestSubject {
		p.say(1, 1, "shorten it", "the subject has %d characters, at most %d fit", n, longestSubject)
	}
	p.w.subject = line{Text, p.parts(1, len("Subject: "), rest)}
	for _, secret := range []string{"code", "link", "stop"} {
		if p.used[secret] {
			p.say(1, 1, "write it into the text: subjects are shown in lists and on locked screens", "the subject shows {%s}", secret)
		}
	}
}

var words = regexp.MustCompile(`[^\s]+`)

// condition reads "[letter digital_post]", which begins a paragraph.
func (p *parser) condition(n int, source string) {
	if p.block != nil {
		p.say(n, 1, "leave the line above empty", "a condition stands within a paragraph")
		return
	}
	inner, ok := strings.CutSuffix(source[1:], "]")
	if !ok || strings.TrimSpace(inner) == "" {
		p.say(n, 1, "write [email], [letter digital_post] or [earlier_valid] on a line of its own", "the condition is not closed or empty")
		return
	}
	b := block{}
	for _, at := range words.FindAllStringIndex(inner, -1) {
		word := inner[at[0]:at[1]]
		if _, err := ParseChannel(word); err != nil && word != earlierValid && word != earlierEnded {
			p.say(n, utf8.RuneCountInString(source[:at[0]+1])+1, "use email, letter, digital_post, earlier_valid or earlier_ended", "unknown condition %q", word)
		}
		b.when = append(b.when, word)
	}
	p.begin(b)
}

func (p *parser) begin(b block) {
	p.w.blocks = append(p.w.blocks, b)
	p.block = &p.w.blocks[len(p.w.blocks)-1]
}

var step = regexp.MustCompile(`^[0-9]{1,2}\. +`)

func (p *parser) text(n int, source string) {
	if p.block == nil {
		p.begin(block{})
	}
	l, from := line{style: Text}, 0
	if strings.HasPrefix(source, "- ") {
		l.style, from = Point, 2
	} else if at := step.FindStringIndex(source); at != nil {
		l.style, from = Step, at[1]
	}
	l.parts = p.parts(n, utf8.RuneCountInString(source[:from]), source[from:])
	p.block.lines = append(p.block.lines, l)
}

var fieldForm = regexp.MustCompile(`^\{[a-z_]{1,20}\}`)

// parts divides a line at its fields. before is how many characters stand in
// front of it.
func (p *parser) parts(n, before int, source string) (list []part) {
	text := 0 // where the text since the last field begins
	for i := 0; i < len(source); i++ {
		if source[i] != '{' && source[i] != '}' {
			continue
		}
		col := before + utf8.RuneCountInString(source[:i]) + 1
		found := fieldForm.FindString(source[i:])
		if found == "" {
			p.say(n, col, "a field is written {name}; braces have no other use", "a brace is not closed, or holds no field")
			continue
		}
		list = append(list, part{source[text:i], p.field(n, col, found[1:len(found)-1])})
		i += len(found) - 1
		text = i + 1
	}
	return append(list, part{text: source[text:]})
}

// field notes that a field is used.
func (p *parser) field(n, col int, name string) string {
	if !slices.Contains(Fields, name) {
		p.say(n, col, "use one of "+strings.Join(Fields, ", "), "unknown field {%s}", name)
	}
	p.used[name] = true
	return name
}

// needed says what letters of the kind cannot do without, channel by channel.
func (p *parser) needed() {
	for _, c := range Channels {
		shown := p.shown(c)
		for _, name := range required(p.w.Kind, c) {
			if !shown[name] {
				p.say(1, 1, why[name], "by %s, the letter lacks {%s}", c, name)
			}
		}
		if c != Email && shown["stop"] {
			p.say(1, 1, "put the paragraph under [email]", "by %s, the letter shows {stop}, which only mail has", c)
		}
	}
}

// shown are the fields in the text of a letter, whatever became of earlier
// codes.
func (p *parser) shown(c Channel) map[string]bool {
	valid, ended := map[string]bool{}, map[string]bool{}
	for _, b := range p.w.blocks {
		for _, l := range b.lines {
			for _, part := range l.parts {
				valid[part.field] = valid[part.field] || b.applies(c, false)
				ended[part.field] = ended[part.field] || b.applies(c, true)
			}
		}
	}
	for name := range valid {
		valid[name] = valid[name] && ended[name]
	}
	return valid
}

// why says what a field that every letter needs is for.
var why = map[string]string{
	"name":     "so that whoever opens it sees which workplace is meant",
	"p_number": "so that the authority's post room can pass it on",
	"code":     "without it, nobody can answer where links are blocked",
	"link":     "without it, nobody can answer",
	"deadline": "say until when answers count",
	"minutes":  "say how long it takes",
	"sender":   "say who asks",
	"help":     "say who helps",
	"stop":     "say how to get no more reminders",
}

// required lists the fields that letters of a kind need by a channel.
func required(k Kind, c Channel) []string {
	list := []string{"name", "sender", "help"}
	if k.Answers() {
		list = append(list, "code", "link", "deadline")
		if c == Email {
			list = append(list, "stop")
		}
	}
	if k == Invitation {
		list = append(list, "minutes")
	}
	if c == DigitalPost {
		list = append(list, "p_number")
	}
	return list
}
