package questionnaire

import "strings"

// Block is a paragraph of a longer text, or a list.
type Block struct {
	List  bool
	Lines []string // one line of a paragraph, or the points of a list
}

// Blocks divides a text as it is written in the file: an empty line ends a
// paragraph, a line that begins with "- " is a point of a list. There is no
// other markup; a text is shown as it stands, escaped.
func Blocks(text string) []Block {
	var blocks []Block
	open := false // whether the next line may continue the last block
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		point, isPoint := strings.CutPrefix(line, "- ")
		last := len(blocks) - 1
		switch {
		case line == "":
			open = false
			continue
		case isPoint && open && blocks[last].List:
			blocks[last].Lines = append(blocks[last].Lines, point)
		case isPoint:
			blocks = append(blocks, Block{List: true, Lines: []string{point}})
		case open:
			lines := blocks[last].Lines
			lines[len(lines)-1] += " " + line
		default:
			blocks = append(blocks, Block{Lines: []string{line}})
		}
		open = true
	}
	return blocks
}
