package web

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"

	"barometer/internal/i18n"
)

// Views are the templates of one section of the site, parsed once per
// language with the section's messages bound to them.
//
// Beside the functions of html/template, a template may use
//
//	{{t "key"}}, {{t "key" "place" .Value}}   a message of the section
//	{{in .Text}}                              an i18n.Text in the page's language
//	{{lang}}, {{href "/tables"}}              the page's language, a path in it
//	{{asset "barometer.css"}}, {{icon "check"}}
//	{{word "back"}}                           a message of the shell
//	{{template "summary" .Faults}}            a component: [Faults], [Alert], [Table], …
type Views struct {
	shell    *Shell
	messages *i18n.Catalogue
	sets     map[i18n.Lang]*template.Template
}

// Views parses all files "templates/*.html" of fsys.
func (s *Shell) Views(fsys fs.FS, messages *i18n.Catalogue) (*Views, error) {
	v := &Views{shell: s, messages: messages, sets: map[i18n.Lang]*template.Template{}}
	for _, l := range i18n.Languages {
		funcs := s.funcs(l, messages)
		set, err := template.New("views").Funcs(funcs).ParseFS(fsys, "templates/*.html")
		if err != nil {
			return nil, err
		}
		if err := s.share(set, l); err != nil {
			return nil, err
		}
		for _, t := range set.Templates() {
			fold(t, funcs)
		}
		v.sets[l] = set
	}
	return v, nil
}

func (s *Shell) funcs(l i18n.Lang, messages *i18n.Catalogue) template.FuncMap {
	return template.FuncMap{
		"t": func(key string, values ...any) (string, error) {
			return messages.Message(l, key, values...)
		},
		"word": func(key string) (string, error) {
			return s.messages.Message(l, key)
		},
		"in":    func(t i18n.Text) string { return t.In(l) },
		"lang":  func() string { return string(l) },
		"href":  func(path string) string { return Localise(l, path) },
		"asset": s.assets.href,
		"icon":  s.assets.icon,
	}
}

//go:embed components/*.html
var componentFiles embed.FS

// share hands the components to a section's set. A section cannot draw one of
// them in a way of its own.
func (s *Shell) share(set *template.Template, l i18n.Lang) error {
	components, err := template.New("components").Funcs(s.funcs(l, s.messages)).ParseFS(componentFiles, "components/*.html")
	if err != nil {
		return err
	}
	for _, t := range components.Templates() {
		if path.Ext(t.Name()) == ".html" {
			continue // what stands between the definitions of a file
		}
		if set.Lookup(t.Name()) != nil {
			return fmt.Errorf("template %q is a component of the shell: give the section's own another name", t.Name())
		}
		if _, err := set.AddParseTree(t.Name(), t.Tree); err != nil {
			return err
		}
	}
	return nil
}

// Execute writes the named template in language l.
func (v *Views) Execute(w io.Writer, l i18n.Lang, name string, data any) error {
	set, ok := v.sets[l]
	if !ok {
		return fmt.Errorf("no views in language %q", l)
	}
	return set.ExecuteTemplate(w, name, data)
}

// HTML returns the named template, filled in, as the body of a page.
func (v *Views) HTML(l i18n.Lang, name string, data any) (template.HTML, error) {
	b := buffers.get()
	defer buffers.put(b)
	if err := v.Execute(b, l, name, data); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

// Render answers with page p whose body is the named template.
func (v *Views) Render(w http.ResponseWriter, r *http.Request, status int, p Page, name string, data any) {
	body, err := v.HTML(p.Lang, name, data)
	if err != nil {
		v.shell.Fail(w, r, err)
		return
	}
	p.Body = body
	v.shell.Render(w, r, status, p)
}

// T returns a message of the section in language l. A key that is missing is a
// fault of the program, which [Catalogue.Message] names; the key itself is
// returned so that the page still comes out.
func (v *Views) T(l i18n.Lang, key string, values ...any) string {
	s, err := v.messages.Message(l, key, values...)
	if err != nil {
		v.shell.cfg.Log.Error("message failed", "error", err)
		return key
	}
	return s
}
