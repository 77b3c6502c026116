package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"

	"barometer/internal/i18n"
)

func serveCommand(a *app, flags *flag.FlagSet) action {
	dir := homeFlag(flags)
	addr := addrFlag(flags)
	return func(ctx context.Context, args []string) error {
		if err := exactly(0, "no arguments", args); err != nil {
			return err
		}
		h, err := openHome(*dir)
		if err != nil {
			return err
		}
		return a.serve(ctx, h, *addr)
	}
}

func addrFlag(flags *flag.FlagSet) *string {
	addr := os.Getenv("BAROMETER_ADDR")
	if addr == "" {
		addr = "localhost:8080"
	}
	return flags.String("addr", addr, "address to serve on")
}

// serve serves a home and does its scheduled work until ctx ends.
func (a *app) serve(ctx context.Context, h *home, addr string) error {
	log := slog.New(slog.NewTextHandler(a.stderr, nil))
	c, err := openCollection(ctx, h, a.now)
	if err != nil {
		return err
	}
	site, err := newLive(ctx, c, func() (http.Handler, error) {
		if err := errors.Join(c.publishInvited(ctx, h), c.registerDrawn(ctx, h)); err != nil {
			return nil, err
		}
		return newHandler(h, c, log, a.now)
	})
	if err != nil {
		return errors.Join(err, c.close())
	}
	if err := c.planLetters(ctx, h); err != nil {
		log.Error("planned letters cannot be sent", "error", err)
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	work := c.work(working, log)
	go site.watch(working, log)
	err = listen(ctx, addr, h.Proxied, site, log, func(at net.Addr) {
		fmt.Fprintf(a.stdout, "serving on http://%s (stop with Ctrl-C)\n", at)
	})
	stop()
	work.Wait()
	return errors.Join(err, c.close())
}

func initCommand(a *app, _ *flag.FlagSet) action {
	return func(_ context.Context, args []string) error {
		if err := exactly(1, "the folder to make", args); err != nil {
			return err
		}
		if _, err := makeHome(args[0], defaultConfig); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.stdout, "made %s: edit %s/barometer.yaml, then add a wave below %s/waves\n", args[0], args[0], args[0])
		return err
	}
}

var defaultConfig = config{
	BaseURL:      "http://localhost:8080",
	Organisation: i18n.Text{DA: "Center for Offentlig Innovation", EN: "National Centre for Public Sector Innovation"},
	Contact:      "barometer@example.dk",
}
