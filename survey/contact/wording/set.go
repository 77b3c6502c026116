package wording

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"barometer/internal/i18n"
)

//go:embed letters/*.txt
var builtIn embed.FS

// Defaults are the files of the wordings that are built in, for staff to begin
// with.
func Defaults() fs.FS {
	files, err := fs.Sub(builtIn, "letters")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return files
}

// Set is the wordings of a wave.
type Set struct {
	wordings map[key]*Wording
}

type key struct {
	kind Kind
	lang i18n.Lang
}

// Load reads the wordings in a folder, which win over the ones that are built
// in. The name of the folder is used in messages; a nil folder holds nothing.
// An error is [Faults], with all that is wrong: in a file, with a name, with a
// language that is missing.
func Load(folder fs.FS, name string) (*Set, error) {
	s := &Set{wordings: map[key]*Wording{}}
	faults := s.add(Defaults(), "built in")
	own := &Set{wordings: map[key]*Wording{}}
	if folder != nil {
		faults = append(faults, own.add(folder, name)...)
	}
	maps.Copy(s.wordings, own.wordings)
	if len(faults) > 0 {
		return nil, faults.sorted()
	}
	return s, nil
}

// add reads all files of a folder.
func (s *Set) add(folder fs.FS, name string) (faults Faults) {
	entries, err := fs.ReadDir(folder, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return Faults{{name, 1, 1, err.Error(), ""}}
	}
	files := map[key]string{}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || e.Name() == "README.md" {
			continue
		}
		file := path.Join(name, e.Name())
		k, err := parseName(e.Name())
		if err != nil {
			faults = append(faults, Fault{file, 1, 1, err.Error(), "name it as reminder-1.da.txt"})
			continue
		}
		files[k] = file
		faults = append(faults, s.parse(folder, e.Name(), file, k)...)
	}
	return append(faults, s.pairs(files)...)
}

// parseName reads "reminder-1.da.txt".
func parseName(name string) (key, error) {
	parts := strings.Split(name, ".")
	if len(parts) != 3 || parts[2] != "txt" {
		return key{}, errors.New("this is no wording")
	}
	kind, err := ParseKind(parts[0])
	if err != nil {
		return key{}, err
	}
	lang, err := i18n.ParseLang(parts[1])
	return key{kind, lang}, err
}

func (s *Set) parse(folder fs.FS, name, file string, k key) Faults {
	src, err := readFile(folder, name)
	if err != nil {
		return Faults{{file, 1, 1, err.Error(), ""}}
	}
	w, err := Parse(file, src, k.kind, k.lang)
	if faults, ok := errors.AsType[Faults](err); ok {
		return faults
	}
	s.wordings[k] = w
	return nil
}

// readFile reads a file that is no larger than a wording may be, and a byte
// more where it is.
func readFile(folder fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(folder, name)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > 100*largest) {
		err = errors.New("this is no file of text")
	}
	if err != nil {
		return nil, err
	}
	return fs.ReadFile(folder, name)
}

// pairs says which languages are missing, and what one language tells that
// another does not.
func (s *Set) pairs(files map[key]string) (faults Faults) {
	for _, k := range slices.SortedFunc(maps.Keys(files), compareKeys) {
		other := key{k.kind, k.lang.Other()}
		if _, ok := files[other]; !ok {
			faults = append(faults, Fault{files[k], 1, 1, fmt.Sprintf("%s has no wording in %s", k.kind, other.lang),
				fmt.Sprintf("write %s.%s.txt beside it", k.kind, other.lang)})
		}
		a, b := s.wordings[k], s.wordings[other]
		if a == nil || b == nil {
			continue
		}
		for _, field := range a.fields() {
			if !slices.Contains(b.fields(), field) {
				faults = append(faults, Fault{files[other], 1, 1, fmt.Sprintf("{%s} is not here", field), files[k] + " has it: say the same in both languages"})
			}
		}
	}
	return faults
}

func compareKeys(a, b key) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.lang, b.lang))
}

// fields lists the fields of a wording, sorted.
func (w *Wording) fields() (list []string) {
	for _, b := range append(slices.Clone(w.blocks), block{lines: []line{w.subject}}) {
		for _, l := range b.lines {
			for _, p := range l.parts {
				list = append(list, p.field)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Get returns the wording of a kind in a language; an error where the wave has
// none, which only reminders can lack.
func (s *Set) Get(k Kind, l i18n.Lang) (*Wording, error) {
	w, ok := s.wordings[key{k, l}]
	if !ok {
		return nil, fmt.Errorf("there is no wording of %s: write letters/%s.da.txt and letters/%s.en.txt in the wave's folder", k, k, k)
	}
	return w, nil
}

// Kinds lists the kinds that have a wording, in the order they are sent.
func (s *Set) Kinds() []Kind {
	list := []Kind{Invitation}
	for n := 1; n <= MostReminders; n++ {
		if s.wordings[key{Reminder(n), i18n.Danish}] != nil {
			list = append(list, Reminder(n))
		}
	}
	return append(list, LastCall, Thanks)
}
