package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// codeFile is how access codes are written to a file: for the holders of keys
// alone, or, where that is asked for, so that anybody can read it.
type codeFile struct {
	recipients []age.Recipient
	plain      bool
}

func codeFileFlags(flags *flag.FlagSet) *codeFile {
	f := new(codeFile)
	flags.Func("age", "encrypt the file for this age recipient, age1…; may be given again", func(s string) error {
		if s == "" || strings.ContainsAny(s, "\r\n") {
			return errors.New("is no recipient: age-keygen prints one, age1…")
		}
		list, err := age.ParseRecipients(strings.NewReader(s))
		if err != nil {
			return errors.New("is no recipient: age-keygen prints one, age1…")
		}
		f.recipients = append(f.recipients, list...)
		return nil
	})
	flags.BoolVar(&f.plain, "plain", false, "write the codes so that whoever sees the file can use them")
	return f
}

// check asks for exactly one of the two.
func (f *codeFile) check() error {
	switch {
	case len(f.recipients) == 0 && !f.plain:
		return usagef("the file holds access codes: give --age RECIPIENT to encrypt it, or --plain for one that anybody can read")
	case len(f.recipients) > 0 && f.plain:
		return usagef("--age and --plain exclude each other")
	}
	return nil
}

// name is what a file is called that would be called path in clear.
func (f *codeFile) name(path string) string {
	if f.plain {
		return path
	}
	return path + ".age"
}

// write writes a file that only the owner may read, complete or not at all.
func (f *codeFile) write(path string, content func(io.Writer) error) error {
	if f.plain {
		return writeSecretFile(path, content)
	}
	return writeSecretFile(path, func(out io.Writer) error {
		sealed, err := age.Encrypt(out, f.recipients...)
		if err != nil {
			return err
		}
		return errors.Join(content(sealed), sealed.Close())
	})
}

// withdraw removes a file whose codes came to nothing.
func (f *codeFile) withdraw(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// advice is what to do with the file.
func (f *codeFile) advice() string {
	if f.plain {
		return "            readable: print it once and destroy it\n"
	}
	return fmt.Sprintf("            encrypted for %d recipients: age --decrypt, print it once and destroy it\n", len(f.recipients))
}
