package dispatch

import (
	"bytes"
	"html/template"
	"io"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/contact/memo"
	"barometer/survey/contact/paper"
	"barometer/survey/contact/wording"
)

// page is a letter as mailboxes show it: plain HTML without styles, pictures,
// scripts or anything from elsewhere. The way to the questionnaire is a link,
// and nothing else is.
var page = template.Must(template.New("").Funcs(template.FuncMap{"around": around}).Parse(`<!doctype html>
<html lang="{{.Lang}}">
<head><meta charset="utf-8"><title>{{.Subject}}</title></head>
<body>
<h1>{{.Subject}}</h1>
{{- $link := .Link}}
{{- range .Groups}}
{{if eq .Style "point"}}<ul>{{else if eq .Style "step"}}<ol>{{else}}<p>{{end}}
{{- $style := .Style}}
{{- range $i, $line := .Lines}}
{{- if ne $style "text"}}<li>{{else if $i}}<br>{{end}}
{{- range $n, $part := around $line $link}}{{if $n}}<a href="{{$link}}">{{$link}}</a>{{end}}{{$part}}{{end}}
{{- if ne $style "text"}}</li>{{end}}
{{- end}}
{{- if eq .Style "point"}}</ul>{{else if eq .Style "step"}}</ol>{{else}}</p>{{end}}
{{- end}}
</body>
</html>
`))

// around is what stands around the places of a link in a line.
func around(line, link string) []string {
	if link == "" {
		return []string{line}
	}
	return strings.Split(line, link)
}

func writePage(w io.Writer, l *letter) error {
	return page.Execute(w, struct {
		wording.Letter
		Link string
	}{l.worded, l.link})
}

// message is a letter as Digital Post takes it.
func (d *Dispatcher) message(w *Wave, o Order, l *letter) (*memo.Message, error) {
	var text bytes.Buffer
	if err := writePage(&text, l); err != nil {
		return nil, err
	}
	uuid, err := d.uuid()
	if err != nil {
		return nil, err
	}
	m := &memo.Message{
		UUID: uuid, Label: l.worded.Subject, Sender: w.Post, CVR: l.person.CVR,
		PNumber: l.PNumber, Name: wording.Plain(l.Name), Attention: wording.Plain(l.person.Attention),
		Email: wording.Plain(l.person.Email), Phone: wording.Plain(l.person.Phone),
		Address: strings.Join(paper.AddressLines(l.person)[1:], ", "),
		Written: d.Now(), Deadline: d.closes(w), Lang: string(o.Lang), HTML: text.Bytes(), Link: l.link,
		Action: map[i18n.Lang]string{i18n.Danish: "Besvar spørgeskemaet", i18n.English: "Answer the questionnaire"}[o.Lang],
	}
	if l.link == "" { // of thanks: the front page
		m.Link, m.Action = w.host()+"/"+string(o.Lang), w.Title.In(o.Lang)
	}
	return m, nil
}

// Specimen is a letter to nobody. See [Dispatcher.Specimen].
type Specimen struct {
	d      *Dispatcher
	wave   *Wave
	order  Order
	letter *letter
}

// Write writes the specimen as its channel has it: a mail's text with its
// subject, a page to print, a message of Digital Post.
func (s Specimen) Write(w io.Writer) error {
	switch s.letter.Channel {
	case wording.Paper:
		sheet := paper.Sheet{Person: s.letter.person, Code: s.letter.code, Link: s.letter.link, Letter: s.letter.worded}
		return paper.WriteHTML(w, s.wave.head(s.order.Lang, s.d.Now().In(s.d.Zone)), []paper.Sheet{sheet})
	case wording.DigitalPost:
		m, err := s.d.message(s.wave, s.order, s.letter)
		if err != nil {
			return err
		}
		return m.WriteXML(w)
	}
	_, err := io.WriteString(w, "Subject: "+s.letter.worded.Subject+"\n\n"+s.letter.worded.Text())
	return err
}
