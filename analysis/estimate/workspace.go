package estimate

// workspace is what adding a chunk takes besides the lane's sums. It is lent to
// one lane after the other, so that memory is taken for the lanes at work and not
// for all.
type workspace struct {
	arranged []arrangement // by partition
	packer   packer
	num, den []float64

	// of a streamed chunk
	weight []float64
	home   []int32   // of its rows, -1 outside the sample
	keys   [][]int32 // cells of its rows, by partition
}

// workspaces are those not lent.
type workspaces chan *workspace

func newWorkspaces() workspaces { return make(workspaces, Lanes) }

// work lends the lane a workspace until what it returns is called.
func (l *lane) work(free workspaces) (done func()) {
	select {
	case l.workspace = <-free:
	default:
		l.workspace = &workspace{arranged: make([]arrangement, len(l.count)), keys: make([][]int32, len(l.count))}
	}
	return func() {
		free <- l.workspace
		l.workspace = nil
	}
}
