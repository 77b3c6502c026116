package mail

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	text "text/template"
	"text/template/parse"

	"barometer/internal/i18n"
)

// Templates are the wordings of one package's mails.
//
// A wording is a file NAME.LANG.txt: a line "Subject: …", an empty line, and
// paragraphs parted by empty lines. It is a text/template over the mail's data.
// The HTML form of a mail is made from the same text, so that the two cannot
// say different things: a line "- …" becomes an item of a list, an address
// within the site a link.
type Templates struct {
	byName map[string]*template
}

type template struct {
	name    string
	data    reflect.Type
	subject map[i18n.Lang]*text.Template
	body    map[i18n.Lang]*text.Template
}

// ParseTemplates reads a wording in every language for each of the samples,
// which are named like the templates and show what data they get. All faults
// are named: a file too many or too few, a field that the data lacks, a field
// that one language uses and another does not.
func ParseTemplates(fsys fs.FS, samples map[string]any) (*Templates, error) {
	t := &Templates{byName: map[string]*template{}}
	faults := strayFiles(fsys, samples)
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		one, err := parseTemplate(fsys, name, samples[name])
		if err != nil {
			faults = append(faults, err)
			continue
		}
		t.byName[name] = one
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return t, nil
}

func strayFiles(fsys fs.FS, samples map[string]any) (faults []error) {
	files, err := fs.Glob(fsys, "*.txt")
	if err != nil {
		return []error{err}
	}
	for _, file := range files {
		name, lang, _ := strings.Cut(strings.TrimSuffix(file, path.Ext(file)), ".")
		if _, known := samples[name]; !known {
			faults = append(faults, fmt.Errorf("%s: no mail is named %q", file, name))
		} else if _, err := i18n.ParseLang(lang); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
		}
	}
	return faults
}

func parseTemplate(fsys fs.FS, name string, sample any) (*template, error) {
	t := &template{
		name: name, data: reflect.TypeOf(sample),
		subject: map[i18n.Lang]*text.Template{}, body: map[i18n.Lang]*text.Template{},
	}
	var faults []error
	used := map[i18n.Lang][]string{}
	for _, l := range i18n.Languages {
		file := fmt.Sprintf("%s.%s.txt", name, l)
		if err := t.parse(fsys, file, l); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
			continue
		}
		if _, _, err := t.fill(l, sample); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
		}
		used[l] = fields(t.subject[l].Root, t.body[l].Root)
	}
	if da, en := used[i18n.Danish], used[i18n.English]; faults == nil && !slices.Equal(da, en) {
		faults = append(faults, fmt.Errorf("mail %s: fields differ: %v in Danish, %v in English", name, da, en))
	}
	return t, errors.Join(faults...)
}

func (t *template) parse(fsys fs.FS, file string, l i18n.Lang) error {
	src, err := fs.ReadFile(fsys, file)
	if err != nil {
		return err
	}
	head, body, _ := strings.Cut(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n\n")
	subject, ok := strings.CutPrefix(head, "Subject: ")
	if !ok || strings.Contains(subject, "\n") || strings.TrimSpace(body) == "" {
		return errors.New("want a line Subject: …, an empty line and the text")
	}
	if t.subject[l], err = text.New("subject").Option("missingkey=error").Parse(subject); err != nil {
		return err
	}
	t.body[l], err = text.New("text").Option("missingkey=error").Parse(strings.TrimSpace(body) + "\n")
	return err
}

// fill executes the template in one language.
func (t *template) fill(l i18n.Lang, data any) (subject, body string, err error) {
	if got := reflect.TypeOf(data); got != t.data {
		return "", "", fmt.Errorf("template %s: data of type %v, want %v", t.name, got, t.data)
	}
	var s, b bytes.Buffer
	err = errors.Join(t.subject[l].Execute(&s, data), t.body[l].Execute(&b, data))
	if err != nil {
		return "", "", err
	}
	if err := checkText(s.String()); err != nil || strings.TrimSpace(s.String()) == "" {
		return "", "", fmt.Errorf("template %s: subject: want one line of text (%v)", t.name, err)
	}
	if strings.ContainsRune(b.String(), 0) || strings.ContainsRune(b.String(), '\r') {
		return "", "", fmt.Errorf("template %s: text holds NUL or CR", t.name)
	}
	return s.String(), b.String(), nil
}

// render fills a message's template in.
func (m *Mailer) render(msg Message) (subject, body string, err error) {
	t, ok := m.templates[msg.Template]
	if !ok {
		return "", "", fmt.Errorf("no mail template is named %q", msg.Template)
	}
	if !slices.Contains(i18n.Languages, msg.Lang) {
		return "", "", nil // Message.check names it
	}
	return t.fill(msg.Lang, msg.Data)
}

// fields lists the names of the data that a template speaks of, sorted.
func fields(roots ...parse.Node) []string {
	var names []string
	for _, root := range roots {
		walk(reflect.ValueOf(root), func(n parse.Node) {
			if f, ok := n.(*parse.FieldNode); ok {
				names = append(names, strings.Join(f.Ident, "."))
			}
		})
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// walk visits every node of a template, whatever its kind.
func walk(v reflect.Value, visit func(parse.Node)) {
	switch v.Kind() {
	case reflect.Interface:
		walk(v.Elem(), visit)
	case reflect.Pointer:
		if v.IsNil() || v.Type() == reflect.TypeFor[*parse.Tree]() {
			return
		}
		if n, ok := v.Interface().(parse.Node); ok {
			visit(n)
		}
		walk(v.Elem(), visit)
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walk(v.Field(i), visit)
			}
		}
	}
}
