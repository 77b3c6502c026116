package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"barometer/internal/archive"
	"barometer/survey/freeze"
	"barometer/survey/response"
)

// paradata says what becomes of how pages are used: "none" is kept where
// nothing is said, "collect" keeps it in the store, "freeze" hands it on.
type paradata string

func (p *paradata) UnmarshalYAML(node *yaml.Node) error {
	switch node.Value {
	case "", "none", "collect", "freeze":
		*p = paradata(node.Value)
		return nil
	}
	return fmt.Errorf("line %d: paradata %q: write none, collect or freeze", node.Line, node.Value)
}

func (p paradata) collected() bool { return p == "collect" || p == "freeze" }

// paradataFile stands beside the wave and is part of nothing made of it.
const paradataFile = "paradata.csv"

// renameUnits gives the pages the keys of the frozen wave, and their order.
func (w *wave) renameUnits(pages []response.PageUse) error {
	name, err := w.frozenKeys()
	if err != nil {
		return err
	}
	for i := range pages {
		pages[i].Unit = name(pages[i].Unit)
	}
	slices.SortStableFunc(pages, func(a, b response.PageUse) int { return strings.Compare(a.Unit, b.Unit) })
	return nil
}

// freezeParadata writes how the pages of the wave were used, if the wave says
// so; if it does not any more, the file goes.
func (a *app) freezeParadata(ctx context.Context, w *wave) (ran bool, err error) {
	path := w.archive.Path(paradataFile)
	if w.Paradata != "freeze" {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return true, err
		}
		return false, nil
	}
	c, err := openCollection(ctx, w.home, a.now)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	pages, err := c.responses.Paradata(ctx, w.ID)
	if err != nil {
		return false, err
	}
	if err := w.renameUnits(pages); err != nil {
		return false, err
	}
	var file bytes.Buffer
	if err := freeze.WriteParadata(&file, pages); err != nil {
		return false, err
	}
	digest := sha256.Sum256(file.Bytes())
	stage := archive.Stage{
		Name: "paradata", Parameters: map[string]string{"pages": hex.EncodeToString(digest[:])}, Outputs: []string{paradataFile},
	}
	return w.archive.Run(stage, func() error {
		return archive.WriteFile(path, func(out io.Writer) error {
			_, err := out.Write(file.Bytes())
			return err
		})
	})
}
