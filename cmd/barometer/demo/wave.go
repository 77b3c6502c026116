package demo

import (
	"embed"
	"io/fs"
)

//go:embed wave
var waveFiles embed.FS

// Wave returns the files of the example wave, as they stand in a wave's folder.
func Wave() fs.FS {
	files, err := fs.Sub(waveFiles, "wave")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return files
}
