package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"barometer/internal/store"
)

// storePlace is where the store of a home is: the address in BAROMETER_STORE,
// else in the file secrets/store.url, else the file barometer.db.
func (h *home) storePlace() (string, error) {
	if where := os.Getenv("BAROMETER_STORE"); where != "" {
		return where, nil
	}
	where, err := readPlace(h.path("secrets", "store.url"))
	if errors.Is(err, os.ErrNotExist) {
		return h.path("barometer.db"), nil
	}
	return where, err
}

// placeArgument is the place that an argument names: a path, an address
// without a password, or a file of the name *.url with an address in it. A
// password on the command line could be read by all on the machine.
func placeArgument(arg string) (string, error) {
	switch {
	case store.HasPassword(arg):
		return "", usagef("a password on the command line can be read by others: write the address to a file, chmod 600 it, and give the file: secrets/store.url")
	case strings.HasSuffix(arg, ".url"):
		return readPlace(arg)
	}
	return arg, nil
}

// readPlace reads the address of a store from a file that only its owner may
// read.
func readPlace(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s can be read by others: chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	where := strings.TrimSpace(string(text))
	if !store.IsPostgres(where) {
		return "", fmt.Errorf("%s: the address of a store is written as postgres://user@host:5432/database", path)
	}
	return where, nil
}
