package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"testing"
	"time"
)

func BenchmarkZZ(b *testing.B) {
	h, c := newCrowd(b, 6000, 600)
	f, _ := os.Create("/tmp/g/log")
	log := slog.New(slog.NewTextHandler(f, nil))
	col, err := openCollection(b.Context(), h, newApp(io.Discard, os.Stderr).now)
	must(b, err)
	handler, err := newHandler(h, col, log, time.Now)
	must(b, err)
	ctx, stop := context.WithCancel(context.Background())
	ready := make(chan string, 1)
	go listen(ctx, "127.0.0.1:0", false, handler, log, func(at net.Addr) { ready <- at.String() })
	c.base, c.client = "http://"+<-ready, browsers(256)
	defer stop()
	for b.Loop() {
		list := c.come(b, countFrom(b, "BENCH_RATE", 300), benchSpan(b))
		report(b, list, benchSpan(b))
	}
}
