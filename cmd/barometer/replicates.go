package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"barometer/analysis/duck"
	"barometer/analysis/estimate"
	"barometer/analysis/indicator"
	"barometer/analysis/variance"
	"barometer/survey/microdata"
	"barometer/weighting"
	"barometer/weighting/replicate"
)

// Files of the replicate weights, where the weighting recipe asks for any: a
// column of final weights a replicate, rep_1 and so on, beside the unit; and how
// their spread makes a variance.
const (
	replicatesFile  = "replicates.parquet"
	replicationFile = "replicates.json"
)

// replication is replicates.json. The variance of an estimate θ is
// scale · Σ rscale_r·(θ_r − centre)², the centre being the full sample's estimate
// where mse is set, else the replicates' mean. In R: svrepdesign(repweights =,
// weights =, scale =, rscales =, mse =, combined.weights = TRUE).
type replication struct {
	Type     replicate.Kind `json:"type"`
	Count    int            `json:"count"`
	Seed     uint64         `json:"seed,omitempty"`
	Combined bool           `json:"combined_weights"` // columns are weights, not factors on them
	Scale    float64        `json:"scale"`
	RScales  []float64      `json:"rscales"`
	MSE      bool           `json:"mse"`
}

func replicateColumn(k int) string { return fmt.Sprintf("rep_%d", k+1) }

// maxReplicateCells bounds the file: it is a matrix of units by replicates.
const maxReplicateCells = 50_000_000

// writeReplicates writes the replicate weights of a result, and removes those of
// an earlier recipe where this one asks for none.
func (w *wave) writeReplicates(ctx context.Context, r *weighting.Result) error {
	if r.Replicates == nil {
		return errors.Join(removeIfThere(w.archive.Path(replicatesFile)), removeIfThere(w.archive.Path(replicationFile)))
	}
	key, count := r.Data.Columns()[0], r.Replicates.Count()
	if count*key.Len() > maxReplicateCells {
		return fmt.Errorf("%s: %d replicates of %d units are too many for a file: ask for at most %d", w.path("weighting.yaml"), count, key.Len(), maxReplicateCells/key.Len())
	}
	columns := []microdata.Column{key}
	err := r.Replicates.Each(ctx, func(k int, weights []float64) error {
		columns = append(columns, microdata.Numbers(replicateColumn(k), slices.Clone(weights)))
		return nil
	})
	if err != nil {
		return err
	}
	data, err := microdata.New(columns...)
	if err != nil {
		return err
	}
	report := r.Diagnostics.Replicates
	return errors.Join(duck.WriteData(ctx, w.archive.Path(replicatesFile), data, nil),
		writeJSON(w.archive.Path(replicationFile), replication{Type: report.Type, Count: count, Seed: report.Seed, Combined: true,
			Scale: r.Replicates.Scale, RScales: r.Replicates.RScale, MSE: r.Replicates.MSE}))
}

// hasReplicates refuses a catalogue that wants replicate weights where there are
// none.
func (w *wave) hasReplicates() error {
	if _, err := os.Stat(w.archive.Path(replicationFile)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: variance: replicates: weighting.yaml asks for none; add replicates to it, or take linearised", w.path("indicators.yaml"))
	}
	return nil
}

// replicates reads the replicate weights that the catalogue wants standard
// errors from; nil where it wants them linearised.
func (w *wave) replicates(ctx context.Context, c *indicator.Catalogue) (*estimate.Replicates, error) {
	if c.Variance != indicator.Replicated {
		return nil, nil
	}
	how, err := load(w.archive.Path(replicationFile), readJSON[replication])
	if err != nil {
		return nil, err
	}
	data, err := duck.ReadData(ctx, w.archive.Path(replicatesFile))
	if err != nil {
		return nil, err
	}
	return &estimate.Replicates{
		Replication: variance.Replication{Scale: how.Scale, RScale: how.RScales, MSE: how.MSE},
		Weights: func(k int, into []float64) error {
			c, err := data.Column(replicateColumn(k))
			if err != nil {
				return err
			}
			copy(into, c.Number)
			return nil
		},
	}, nil
}
