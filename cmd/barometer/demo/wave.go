package demo

import (
	"embed"
	"io/fs"
)

//go:embed wave trial
var waveFiles embed.FS

// Wave returns the files of the example wave, as they stand in a wave's folder.
func Wave() fs.FS { return folder("wave") }

// Trial returns the files of a wave that tries out kinds of question which the
// example wave does not ask, since that follows the real questionnaire.
func Trial() fs.FS { return folder("trial") }

func folder(name string) fs.FS {
	files, err := fs.Sub(waveFiles, name)
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return files
}
