// Command barometer carries a wave of the Innovation Barometer from the frame
// of public workplaces to a public release.
//
// It is the only program of the project: every stage is a subcommand, and the
// server is one too. This package reads the command line and the home folder
// and wires the packages together; it computes nothing itself.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // Danish local time on machines without a zone database
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run carries one command line out and returns the exit status: 0 done, 1
// refused or failed, 2 wrong usage, above that an answer of the command's own.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	a := newApp(stdout, stderr)
	err := a.dispatch(ctx, args)
	var wrong usageError
	var status exitStatus
	switch {
	case err == nil || errors.Is(err, errHelp):
		return 0
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &wrong):
		fmt.Fprintf(stderr, "barometer: %v\nTry: barometer help\n", err)
		return 2
	case errors.Is(err, errReported):
		return 1
	default:
		fmt.Fprintf(stderr, "barometer: %v\n", err)
		return 1
	}
}
