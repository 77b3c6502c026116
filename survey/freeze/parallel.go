package freeze

import (
	"runtime"
	"sync"
)

// each calls do for every index below n, from as many goroutines as there are
// processors, each with a stretch of its own.
func each(n int, do func(i int)) {
	var group sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		group.Go(func() {
			for i := w * n / workers; i < (w+1)*n/workers; i++ {
				do(i)
			}
		})
	}
	group.Wait()
}
