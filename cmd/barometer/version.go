package main

import (
	"context"
	"flag"
	"fmt"
)

// programVersion is set by hand with each change of what a stage computes, so
// that the archive runs the stage again.
const programVersion = "0.1.0"

func version() string { return "barometer " + programVersion }

func versionCommand(a *app, _ *flag.FlagSet) action {
	return func(context.Context, []string) error {
		_, err := fmt.Fprintln(a.stdout, version())
		return err
	}
}
