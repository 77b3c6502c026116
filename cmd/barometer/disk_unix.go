//go:build linux || darwin

package main

import "syscall"

// freeSpace is the number of bytes that can still be written below a folder.
func freeSpace(dir string) (uint64, error) {
	var fs syscall.Statfs_t
	err := syscall.Statfs(dir, &fs)
	return fs.Bavail * uint64(fs.Bsize), err
}
