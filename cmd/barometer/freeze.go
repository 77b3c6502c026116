package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"barometer/analysis/duck"
	"barometer/internal/archive"
	"barometer/survey/freeze"
	"barometer/survey/microdata"
	"barometer/survey/response"
)

// freeze turns the collected answers of a closed wave into microdata, and the
// paradata into a file of their own.
func (a *app) freeze(ctx context.Context, w *wave) (ran bool, err error) {
	if done, err := w.finished("freeze"); done {
		return false, err
	}
	if ran, err = a.freezeAnswers(ctx, w); err != nil {
		return ran, err
	}
	traced, err := a.freezeParadata(ctx, w)
	return ran || traced, err
}

func (a *app) freezeAnswers(ctx context.Context, w *wave) (ran bool, err error) {
	records, err := a.records(ctx, w)
	if err != nil {
		return false, err
	}
	digest, err := digestOf(records)
	if err != nil {
		return false, err
	}
	stage := archive.Stage{
		Name: "freeze",
		Parameters: map[string]string{
			"answers": digest, "synthetic": fmt.Sprint(w.Synthetic), "panel": fmt.Sprint(w.Panel), "codebook": w.told(), "units": "keyed",
		},
		Inputs:  map[string]string{"sample": w.archive.Path("sample.csv"), "questionnaire": w.path("questionnaire.yaml")},
		Outputs: []string{waveFile, waveText, waveCodebook},
	}
	return w.archive.Run(stage, func() error {
		s, err := w.sample()
		if err != nil {
			return err
		}
		q, err := w.questionnaire()
		if err != nil {
			return err
		}
		meta, err := w.freezeMeta()
		if err != nil {
			return err
		}
		frozen, err := freeze.Build(s, q, records, meta)
		if err != nil {
			return err
		}
		var writing errgroup.Group
		writing.Go(func() error { return duck.WriteWave(ctx, w.archive.Path(waveFile), frozen) })
		writing.Go(func() error { return w.writeText(frozen) })
		if err := writing.Wait(); err != nil {
			return err
		}
		return w.writeCodebook(s, q, frozen) // with the fingerprints of the two
	})
}

// freezeMeta is what the frozen wave says of itself, with the secrets of its keys.
func (w *wave) freezeMeta() (meta freeze.Meta, err error) {
	meta.Synthetic = w.Synthetic
	if meta.UnitKey, err = secret(w.unitSecret()); err != nil || !w.Panel {
		return meta, err
	}
	meta.PanelKey, err = secret(w.home.panelSecret())
	return meta, err
}

// unitSecret is the key that leads from the keys of the collection to those of
// the frozen wave; barometer unlink destroys it.
func (w *wave) unitSecret() string { return w.home.path("secrets", "frozen-"+w.ID+".key") }

// frozenKeys leads from a key of the collection to that of the frozen wave. One
// that was frozen without a secret has the same keys.
func (w *wave) frozenKeys() (func(key string) string, error) {
	if _, err := os.Stat(w.unitSecret()); errors.Is(err, os.ErrNotExist) {
		return func(key string) string { return key }, nil
	}
	s, err := secret(w.unitSecret())
	return func(key string) string { return freeze.UnitKey(s, key) }, err
}

// panelSecret is the key that joins the waves of a home.
func (h *home) panelSecret() string { return h.path("secrets", "panel.key") }

// records gathers the wave's responses. A wave that still takes answers is
// refused: a frozen wave must not be overtaken by one.
func (a *app) records(ctx context.Context, w *wave) (records []response.Record, err error) {
	c, err := openCollection(ctx, w.home, a.now)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	closed, err := c.responses.Closed(ctx, w.ID)
	if err != nil {
		return nil, err
	}
	if closed.IsZero() {
		return nil, fmt.Errorf("freeze: the wave still takes answers: barometer close %s", w.ID)
	}
	q, err := w.questionnaire()
	if err != nil {
		return nil, err
	}
	if err := c.responses.Admits(ctx, w.ID, q); err != nil {
		return nil, fmt.Errorf("freeze: %w", err)
	}
	return freeze.Gather(c.responses.All(ctx, w.ID))
}

// digestOf identifies a set of responses, whatever their order and times.
func digestOf(records []response.Record) (string, error) {
	sorted := slices.SortedFunc(slices.Values(records), func(a, b response.Record) int {
		return strings.Compare(a.Unit, b.Unit)
	})
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, r := range sorted {
		if err := enc.Encode([]any{r.Unit, r.Disposition, r.Answers}); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// frozen reads the wave back from its archive.
func (w *wave) frozen(ctx context.Context) (*microdata.Wave, error) {
	path := w.archive.Path(waveFile)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the wave is not frozen yet: barometer freeze %s", w.ID)
	}
	return duck.ReadWave(ctx, path)
}
