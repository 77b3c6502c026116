package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"barometer/casebook/match"
	"barometer/casebook/match/market"
	"barometer/casebook/match/verify"
	"barometer/internal/archive"
)

// matchSolveCommand matches the round of a file.
func matchSolveCommand(a *app, flags *flag.FlagSet) action {
	out := flags.String("out", "", "write the result to this file in place of the output")
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "the file of a round", args); err != nil {
			return err
		}
		round, hash, err := readRound(args[0])
		if err != nil {
			return err
		}
		result, err := match.Solve(round)
		if err != nil {
			return inFile(args[0], err)
		}
		result.Input = hash
		write := func(w io.Writer) error { _, err := result.WriteTo(w); return err }
		if *out == "" {
			return write(a.stdout)
		}
		return archive.WriteFile(*out, write)
	}
}

// matchVerifyCommand checks a result against the file of its round.
func matchVerifyCommand(a *app, _ *flag.FlagSet) action {
	return func(_ context.Context, args []string) error {
		if err := exactly(2, "the file of a round and that of its result", args); err != nil {
			return err
		}
		round, hash, err := readRound(args[0])
		if err != nil {
			return err
		}
		text, err := os.ReadFile(args[1])
		if err != nil {
			return err
		}
		result, err := market.ReadResult(text)
		if err != nil {
			return inFile(args[1], err)
		}
		pairs, err := verify.Check(round, hash, result)
		if err != nil {
			return inFile(args[1], err)
		}
		_, err = fmt.Fprintf(a.stdout, "%d pairs checked, %d interns matched\n", pairs, len(result.Matching))
		return err
	}
}

// readRound reads the file of a round and its hash.
func readRound(path string) (*market.Round, [sha256.Size]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, [sha256.Size]byte{}, err
	}
	round, err := market.ReadRound(text)
	if err != nil {
		return nil, [sha256.Size]byte{}, inFile(path, err)
	}
	return round, sha256.Sum256(text), nil
}

// inFile names the file in each line of an error, which may hold many faults.
func inFile(path string, err error) error {
	return errors.New(path + ": " + strings.ReplaceAll(err.Error(), "\n", "\n"+path+": "))
}
