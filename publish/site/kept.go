package site

import (
	"sync"

	"barometer/internal/web"
)

// kept holds files that were made lately. There are more that could be asked for
// than are worth keeping; when it is full it begins anew.
type kept struct {
	mu    sync.Mutex
	files map[string]*web.Static
}

// mostKept is how many files are kept: pictures of some hundred kilobytes.
const mostKept = 128

// get returns the file at an address, made if need be.
func (k *kept) get(address string, write func() (*web.Static, error)) (*web.Static, error) {
	k.mu.Lock()
	file, ok := k.files[address]
	k.mu.Unlock()
	if ok {
		return file, nil
	}
	file, err := write()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.files == nil || len(k.files) >= mostKept {
		k.files = map[string]*web.Static{}
	}
	k.files[address] = file
	return file, nil
}
