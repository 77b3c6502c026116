// Package parquet writes a release's typed data files.
//
// A formats.Grid comes in; a Parquet file goes out, with texts as strings and
// numbers as numbers. A column of Parquet holds one type, so a number that is
// missing for a reason is empty, and the reason stands in a column of the same
// name ending in formats.ReasonSuffix. DuckDB does the writing, by way of
// package duck.
package parquet

import (
	"context"

	"barometer/analysis/duck"
	"barometer/publish/formats"
)

// Write writes a grid. A grid with any fault is refused and no file is made.
func Write(ctx context.Context, path string, g *formats.Grid) error {
	if err := g.Check(); err != nil {
		return err
	}
	data, err := g.Data()
	if err != nil {
		return err
	}
	return duck.WriteData(ctx, path, data, nil)
}
