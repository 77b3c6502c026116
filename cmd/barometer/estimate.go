package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"

	"barometer/analysis/duck"
	"barometer/analysis/estimate/casefile"
	"barometer/internal/archive"
	"barometer/survey/microdata"
)

// estimateCommand answers one request. A refusal is an answer too: it goes to
// standard output as JSON, with exit status 1.
func estimateCommand(a *app, flags *flag.FlagSet) action {
	weightsOut := flags.String("weights-out", "", "write the final weights to this CSV file")
	return func(ctx context.Context, args []string) error {
		if err := exactly(1, "one case file", args); err != nil {
			return err
		}
		answer, err := solveCase(ctx, args[0])
		if err == nil && *weightsOut != "" {
			err = archive.WriteFile(*weightsOut, answer.Weights.WriteCSV)
		}
		if err != nil {
			refusal, encodeErr := casefile.Refusal(answer.ID, err)
			if encodeErr != nil {
				return encodeErr
			}
			_, writeErr := a.stdout.Write(append(bytes.TrimSpace(refusal), '\n'))
			return errors.Join(errReported, writeErr)
		}
		return json.NewEncoder(a.stdout).Encode(answer)
	}
}

// solveCase answers a case file; data paths are relative to its folder.
func solveCase(ctx context.Context, path string) (*casefile.Answer, error) {
	f, err := os.Open(path)
	if err != nil {
		return &casefile.Answer{}, &casefile.Error{Code: casefile.BadCase, Message: err.Error()}
	}
	defer f.Close()
	return casefile.Solve(ctx, f, func(ctx context.Context, data string, columns []string) (*microdata.Data, error) {
		if !filepath.IsAbs(data) {
			data = filepath.Join(filepath.Dir(path), data)
		}
		return duck.ReadData(ctx, data, columns...)
	})
}
