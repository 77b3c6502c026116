package api

import (
	"container/list"
	"sync"

	"barometer/internal/web"
)

// Bounds of what is kept.
const (
	maxAnswers = 2000
	maxBytes   = 24 << 20
)

// answers keeps what was made, the least recently used going first. Each is made
// once, however many ask for it meanwhile.
type answers struct {
	mu    sync.Mutex
	byKey map[string]*list.Element
	order *list.List // of *kept, most recently used first
	bytes int
}

type kept struct {
	key   string
	make  func() (*web.Static, error)
	bytes int // 0 until it is made
}

func newAnswers() *answers {
	return &answers{byKey: make(map[string]*list.Element), order: list.New()}
}

// get returns the answer of a key. One that fails is not kept.
func (a *answers) get(key string, write func() (*web.Static, error)) (*web.Static, error) {
	k := a.entry(key, write)
	answer, err := k.make()
	a.settle(k, answer, err)
	return answer, err
}

func (a *answers) entry(key string, write func() (*web.Static, error)) *kept {
	a.mu.Lock()
	defer a.mu.Unlock()
	if e, ok := a.byKey[key]; ok {
		a.order.MoveToFront(e)
		return e.Value.(*kept)
	}
	k := &kept{key: key, make: sync.OnceValues(write)}
	a.byKey[key] = a.order.PushFront(k)
	return k
}

// settle counts an answer that was made, and lets go of others beyond the
// bounds.
func (a *answers) settle(k *kept, answer *web.Static, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.byKey[k.key]
	if !ok || e.Value != k || k.bytes > 0 {
		return
	}
	if err != nil {
		a.drop(e)
		return
	}
	k.bytes = answer.Size() + len(k.key)
	a.bytes += k.bytes
	for a.order.Len() > maxAnswers || a.bytes > maxBytes {
		a.drop(a.order.Back())
	}
}

func (a *answers) drop(e *list.Element) {
	k := a.order.Remove(e).(*kept)
	delete(a.byKey, k.key)
	a.bytes -= k.bytes
}
