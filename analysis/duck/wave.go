package duck

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// waveKey names the description of a wave in the metadata of its file.
const waveKey = "barometer.wave"

// waveMeta is what a wave's file tells of itself beside its columns. It is kept
// inside the file, so that data and codebook cannot part.
type waveMeta struct {
	ID        string            `json:"id"`
	Synthetic bool              `json:"synthetic"`
	Codebook  codebook.Codebook `json:"codebook"`
}

// WriteWave writes a frozen wave to one Parquet file with its codebook in the
// file's metadata.
func WriteWave(ctx context.Context, path string, w *microdata.Wave) error {
	text, err := json.Marshal(waveMeta{w.ID, w.Synthetic, w.Codebook})
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return WriteData(ctx, path, w.Data, map[string]string{waveKey: string(text)})
}

// ReadWave reads a wave written by WriteWave: the same columns, levels in the
// codebook's order, and reasons why values are missing.
func ReadWave(ctx context.Context, path string) (*microdata.Wave, error) {
	w, err := readWave(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return w, nil
}

func readWave(ctx context.Context, path string) (*microdata.Wave, error) {
	s, err := open(0)
	if err != nil {
		return nil, err
	}
	defer s.close()
	t, err := s.describe(ctx, path)
	if err != nil {
		return nil, err
	}
	meta, err := s.waveMeta(ctx, path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, v := range meta.Codebook.Variables {
		names = append(names, v.Name)
	}
	d, err := s.readColumns(ctx, t, names)
	if err != nil {
		return nil, err
	}
	for i := range d.Columns() {
		if err := arrange(&d.Columns()[i], meta.Codebook.Variables[i]); err != nil {
			return nil, err
		}
	}
	return microdata.NewWave(meta.ID, meta.Synthetic, meta.Codebook, d)
}

func (s *session) waveMeta(ctx context.Context, path string) (waveMeta, error) {
	var meta waveMeta
	if !strings.HasSuffix(strings.ToLower(path), ".parquet") {
		return meta, fmt.Errorf("a wave is a .parquet file")
	}
	if _, err := os.Stat(path); err != nil {
		return meta, err
	}
	r, err := s.query(ctx, "SELECT decode(value) FROM parquet_kv_metadata("+literal(path)+") WHERE decode(key) = "+literal(waveKey))
	if err != nil {
		return meta, err
	}
	defer r.close()
	var text string
	err = r.each(func(c chunk) error {
		c.column(0).strings(func(_ int, s string, _ bool) { text = strings.Clone(s) })
		return nil
	})
	if err == nil && text == "" {
		err = fmt.Errorf("the file holds no codebook of a wave")
	}
	if err != nil {
		return meta, err
	}
	return meta, json.Unmarshal([]byte(text), &meta)
}

// arrange gives a categorical column the levels of its codebook, in their
// order. A column whose values are all missing was written without any.
func arrange(c *microdata.Column, v codebook.Variable) error {
	if v.Kind != codebook.Categorical || len(v.Codes) == 0 {
		return nil
	}
	if c.IsNumeric() {
		return fmt.Errorf("variable %s holds numbers, though the codebook lists categories", v.Name)
	}
	position := make(map[string]int32, len(v.Codes))
	levels := make([]string, len(v.Codes))
	for i, code := range v.Codes {
		position[code.Value], levels[i] = int32(i), code.Value
	}
	moved := make([]int32, len(c.Levels))
	for i, l := range c.Levels {
		at, ok := position[l]
		if !ok {
			return fmt.Errorf("variable %s: value %q is not in the codebook", v.Name, l)
		}
		moved[i] = at
	}
	for i, code := range c.Code {
		if code >= 0 {
			c.Code[i] = moved[code]
		}
	}
	c.Levels = levels
	return nil
}
