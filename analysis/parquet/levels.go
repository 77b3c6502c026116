package parquet

import (
	"context"
	"math"
	"runtime"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"barometer/analysis/estimate"
)

// levels numbers the distinct values of a column, by text or by number.
type levels struct {
	names  []string // sorted
	text   map[string]int32
	number map[float64]int32
}

func newLevels() *levels {
	return &levels{text: make(map[string]int32), number: make(map[float64]int32)}
}

// addText and addNumber gather; the empty text is a missing value.
func (l *levels) addText(s string) {
	if s != "" {
		l.text[s] = 0
	}
}

func (l *levels) addNumber(x float64) {
	if !math.IsNaN(x) {
		l.number[x] = 0
	}
}

// addEntry gathers an entry of a dictionary.
func (l *levels) addEntry(d *decoder, position uint32) {
	if d.column.text() {
		l.addText(d.texts[position])
		return
	}
	l.addNumber(d.entries[position])
}

// merge adds what another has gathered.
func (l *levels) merge(o *levels) {
	for s := range o.text {
		l.addText(s)
	}
	for x := range o.number {
		l.addNumber(x)
	}
}

// settle sorts and numbers what was gathered. Numbers are sorted as texts, as
// all levels are.
func (l *levels) settle() {
	numbers := make(map[string]float64, len(l.number))
	for s := range l.text {
		l.names = append(l.names, s)
	}
	for x := range l.number {
		if x == 0 {
			x = 0 // not −0
		}
		name := strconv.FormatFloat(x, 'f', -1, 64)
		numbers[name] = x
		l.names = append(l.names, name)
	}
	slices.Sort(l.names)
	for i, name := range l.names {
		if x, ok := numbers[name]; ok {
			l.number[x] = int32(i)
		} else {
			l.text[name] = int32(i)
		}
	}
}

// ofText and ofNumber return the number of a value, −1 where it is none.
func (l *levels) ofText(s string) int32 {
	if at, ok := l.text[s]; ok {
		return at
	}
	return -1
}

func (l *levels) ofNumber(x float64) int32 {
	if at, ok := l.number[x]; ok {
		return at
	}
	return -1
}

// Levels returns the sorted distinct values of a column as text. Entries of a
// dictionary that no row has are no levels.
func (f *File) Levels(ctx context.Context, column string) ([]string, error) {
	l, err := f.levelsOf(ctx, column)
	if err != nil {
		return nil, err
	}
	return l.names, nil
}

func (f *File) levelsOf(ctx context.Context, name string) (*levels, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if l, ok := f.levels[name]; ok {
		return l, nil
	}
	c, err := f.column(name)
	if err != nil {
		return nil, err
	}
	parts := make([]*levels, len(f.footer.groups))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range parts {
		g.Go(func() error {
			parts[i] = newLevels()
			r := f.reader(estimate.Column{Name: name, As: estimate.Category}, c, nil)
			r.decoder.as, r.decoder.levels = asLevels, parts[i]
			r.group = i
			return r.gather(ctx)
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	l := newLevels()
	for _, p := range parts {
		l.merge(p)
	}
	l.settle()
	f.levels[name] = l
	return l, nil
}

// gather decodes one row group for its levels.
func (r *reader) gather(ctx context.Context) error {
	for todo := int(r.file.footer.groups[r.group].rows); todo > 0; todo -= r.decoder.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.nextPage(); err != nil {
			return err
		}
	}
	return nil
}
