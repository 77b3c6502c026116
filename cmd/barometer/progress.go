package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress tells how a stage goes: on a terminal on one line that is rewritten,
// elsewhere as plain lines at the end.
type progress struct {
	w        io.Writer
	terminal bool
	name     string
	began    time.Time
	now      func() time.Time
	shown    time.Time
	width    int
}

func (a *app) progress(name string) *progress {
	p := &progress{w: a.stdout, terminal: isTerminal(a.stdout), name: name, began: a.now(), now: a.now}
	p.at("")
	return p
}

// at shows where the stage is, at most ten times a second.
func (p *progress) at(where string) {
	if now := p.now(); p.terminal && now.Sub(p.shown) >= 100*time.Millisecond {
		p.shown = now
		p.line(fmt.Sprintf("%-11s %s", p.name, where))
	}
}

// count shows how many of a number of steps are done.
func (p *progress) count(done, of int) { p.at(fmt.Sprintf("%d of %d", done, of)) }

// done ends the stage with what it made and the seconds it took.
func (p *progress) done(what string) {
	p.stop()
	if what != "" {
		what += ", "
	}
	fmt.Fprintf(p.w, "%-11s %s%.1f s\n", p.name, what, p.now().Sub(p.began).Seconds())
}

// stop clears the line that was being rewritten.
func (p *progress) stop() {
	if p.terminal {
		p.line("")
		fmt.Fprint(p.w, "\r")
	}
}

func (p *progress) line(text string) {
	n := len([]rune(text))
	fmt.Fprintf(p.w, "\r%s%s", text, strings.Repeat(" ", max(0, p.width-n)))
	p.width = n
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
