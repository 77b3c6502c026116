package mail

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestTemplateFaultsAreAllNamed(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	_, err := ParseTemplates(fstest.MapFS{
		"signin.da.txt": file("Subject: Hej {{.Name}}\n\n{{.Adresse}}\n"),
		"signin.en.txt": file("Subject: Hello {{.Name}}\n\n{{.Link}}\n"),
		"digest.da.txt": file("Subject: Nyt\n\n{{range .Cases}}{{.}}{{end}}\n"),
		"digest.en.txt": file("Subject: News\n\n{{if .Link}}{{.Link}}{{end}}\n"),
		"plain.da.txt":  file("Nyt\n\nTekst\n"),
		"stray.da.txt":  file("Subject: x\n\ny\n"),
		"plain.de.txt":  file("Subject: x\n\ny\n"),
		"broken.da.txt": file("Subject: x\n\n{{.Link\n"),
		"broken.en.txt": file("Subject: a\nb\n\nText\n"),
	}, map[string]any{"signin": signIn{}, "digest": digest{}, "plain": struct{}{}, "broken": signIn{}})
	for _, want := range []string{
		"signin.da.txt: ", "can't evaluate field Adresse",
		"mail digest: fields differ: [Cases] in Danish, [Link] in English",
		"plain.da.txt: want a line Subject", "plain.en.txt: ",
		`stray.da.txt: no mail is named "stray"`, `plain.de.txt: unknown language "de"`,
		"broken.da.txt: ", "broken.en.txt: want a line Subject",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("faults lack %q:\n%v", want, err)
		}
	}
}

func TestDataOfAnotherTypeIsRefused(t *testing.T) {
	p := newPost(t, newStore(t))
	m := hello("a", "bo@aarhus.dk")
	m.Data = digest{}
	if err := p.try(m); err == nil || !strings.Contains(err.Error(), "want mail.signIn") {
		t.Error(err)
	}
}
