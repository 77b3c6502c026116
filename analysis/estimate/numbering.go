package estimate

// numbering gives distinct keys the numbers 0, 1, 2 … in the order they are
// first met. Keys below a modest limit are looked up in a table, others in a map.
type numbering struct {
	table []int32 // number + 1
	index map[int64]int32
	keys  []int64
}

// tableLimit bounds the memory of the table: 4 bytes a key.
const tableLimit = 1 << 24

// newNumbering makes a numbering of keys in [0, limit).
func newNumbering(limit int64) *numbering {
	if limit <= tableLimit {
		return &numbering{table: make([]int32, limit)}
	}
	return &numbering{index: make(map[int64]int32)}
}

// of returns the number of a key.
func (n *numbering) of(key int64) int32 {
	if n.table != nil {
		if n.table[key] == 0 {
			n.keys = append(n.keys, key)
			n.table[key] = int32(len(n.keys))
		}
		return n.table[key] - 1
	}
	at, ok := n.index[key]
	if !ok {
		at = int32(len(n.keys))
		n.index[key] = at
		n.keys = append(n.keys, key)
	}
	return at
}
