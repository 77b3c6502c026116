package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// app is what every subcommand shares.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	commands       []command
}

// command is one subcommand. Its flags are declared by setup, which returns
// the function that runs once they are parsed.
type command struct {
	name    string // "sample draw"
	args    string // "W [--seed N]", for the help
	summary string
	setup   func(*app, *flag.FlagSet) action
}

// action carries a subcommand out on its positional arguments.
type action func(ctx context.Context, args []string) error

// usageError is a command line that cannot be understood: exit status 2.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// exitStatus is an answer given in the exit status, with nothing wrong.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

var (
	errHelp     = errors.New("help was asked for")
	errReported = errors.New("the reason is printed already")
)

func newApp(stdout, stderr io.Writer) *app {
	return &app{stdin: os.Stdin, stdout: stdout, stderr: stderr, now: time.Now, commands: commands}
}

// dispatch finds the subcommand with the longest name that args begin with.
func (a *app) dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		return a.help(args)
	}
	c, rest, ok := a.find(args)
	if !ok {
		return usagef("unknown command %q", strings.Join(args[:min(2, len(args))], " "))
	}
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	run := c.setup(a, flags)
	positional, err := parse(flags, rest)
	if errors.Is(err, flag.ErrHelp) {
		return a.usage(c, flags)
	}
	if err != nil {
		return usagef("%s: %v", c.name, err)
	}
	return run(ctx, positional)
}

func (a *app) find(args []string) (command, []string, bool) {
	for words := min(2, len(args)); words > 0; words-- {
		name := strings.Join(args[:words], " ")
		for _, c := range a.commands {
			if c.name == name {
				return c, args[words:], true
			}
		}
	}
	return command{}, nil, false
}

// parse lets flags stand before, between and after positional arguments.
func parse(flags *flag.FlagSet, args []string) (positional []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return positional, nil
		}
		positional = append(positional, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

func (a *app) help(args []string) error {
	if len(args) > 1 {
		c, _, ok := a.find(args[1:])
		if !ok {
			return usagef("unknown command %q", strings.Join(args[1:], " "))
		}
		flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
		c.setup(a, flags)
		return a.usage(c, flags)
	}
	fmt.Fprint(a.stdout, "barometer carries a wave of the Innovation Barometer from frame to release.\n\n")
	for _, c := range a.commands {
		fmt.Fprintf(a.stdout, "  %-32s %s\n", strings.TrimSpace(c.name+" "+c.args), c.summary)
	}
	fmt.Fprint(a.stdout, "\nThe home folder is the current one, --home or BAROMETER_HOME. barometer help COMMAND tells more.\n")
	return errHelp
}

func (a *app) usage(c command, flags *flag.FlagSet) error {
	fmt.Fprintf(a.stdout, "barometer %s\n%s.\n", strings.TrimSpace(c.name+" "+c.args), c.summary)
	flags.SetOutput(a.stdout)
	flags.PrintDefaults()
	if more, ok := details[c.name]; ok {
		fmt.Fprint(a.stdout, "\n", more)
	}
	return errHelp
}

// exactly refuses any other number of positional arguments.
func exactly(n int, what string, args []string) error {
	if len(args) != n {
		return usagef("give %s", what)
	}
	return nil
}
