package factor

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"

	"barometer/internal/account"
	"barometer/internal/store"
)

// Codes on paper are fifty random bits each, written without letters that look
// like digits, and kept as keyed hashes: they are too many to be guessed and
// cannot be found from a copy of the store.
const (
	paperCodes = 10
	paperSigns = 10
)

var paperAlphabet = base32.NewEncoding("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")

func paperCode() string {
	b := make([]byte, 10)
	rand.Read(b) //nolint:errcheck // never fails
	return paperAlphabet.EncodeToString(b)[:paperSigns]
}

func (f *Factors) paperHash(id account.ID, code string) []byte {
	return f.Accounts.Keyed("recovery/" + id.String() + "/" + code)
}

// writePaper gives a person new codes in place of the old ones.
func (f *Factors) writePaper(tx *store.Tx, id account.ID) (codes []string, err error) {
	if err := f.removeKind(tx, id, account.Recovery); err != nil {
		return nil, err
	}
	var hashes []byte
	for range paperCodes {
		code := paperCode()
		codes = append(codes, code[:5]+"-"+code[5:])
		hashes = append(hashes, f.paperHash(id, code)...)
	}
	_, err = f.Accounts.AddCredential(tx, account.ByPerson(id), account.Credential{
		Person: id, Kind: account.Recovery, Handle: []byte(id.String()), Data: hashes,
	})
	return codes, err
}

// takePaper uses a code on paper up.
func (f *Factors) takePaper(tx *store.Tx, id account.ID, code string) (bool, error) {
	list, err := ofKind(tx, id, account.Recovery)
	if err != nil || len(list) == 0 || len(code) != paperSigns {
		return false, err
	}
	hash, left := f.paperHash(id, code), []byte{}
	for one := range chunks(list[0].Data) {
		if !bytes.Equal(one, hash) {
			left = append(left, one...)
		}
	}
	if len(left) == len(list[0].Data) {
		return false, nil
	}
	if err := f.Accounts.UseCredential(tx, list[0].ID, left); err != nil {
		return false, err
	}
	return true, f.Accounts.Tell(tx, id, account.RecoveryUsed)
}

func chunks(hashes []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(hashes) >= sha256.Size {
			if !yield(hashes[:sha256.Size]) {
				return
			}
			hashes = hashes[sha256.Size:]
		}
	}
}

// PaperLeft is how many codes a credential of the kind still holds.
func PaperLeft(c account.Credential) int { return len(c.Data) / sha256.Size }

// NewPaper gives the person of a session new codes on paper. The old ones are
// worthless from then on.
func (f *Factors) NewPaper(ctx context.Context, s account.Session) (codes []string, err error) {
	if err := f.MayChange(s); err != nil {
		return nil, err
	}
	if !s.Guarded { // codes stand in for a factor: there is none
		return nil, account.ErrCredential
	}
	err = f.Store.Write(ctx, func(tx *store.Tx) error {
		if codes, err = f.writePaper(tx, s.Person.ID); err != nil {
			return err
		}
		return f.Accounts.Tell(tx, s.Person.ID, account.RecoveryMade)
	})
	return codes, err
}
