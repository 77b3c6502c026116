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

func versionCommand(a *app, flags *flag.FlagSet) action {
	parts := flags.Bool("parts", false, "print what the program is made of, as CycloneDX")
	return func(context.Context, []string) error {
		if *parts {
			return writeParts(a.stdout)
		}
		_, err := fmt.Fprintln(a.stdout, version())
		return err
	}
}
