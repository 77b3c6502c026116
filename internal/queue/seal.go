package queue

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
)

func newSeal(key []byte) (cipher.AEAD, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("queue: a key of %d bytes, want 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal encrypts a job's payload, bound to the job's name so that payloads
// cannot be exchanged.
func (q *Queue) seal(j Job) []byte { return q.aead.Seal(nil, nil, j.Payload, j.name()) }

// open returns the payload of a job.
func (q *Queue) open(j Job, sealed []byte) ([]byte, error) {
	payload, err := q.aead.Open(nil, nil, sealed, j.name())
	if err != nil {
		return nil, errors.New("the payload does not open under this key: it was changed in the store")
	}
	return payload, nil
}

func (j Job) name() []byte { return []byte(j.Kind + "\x00" + j.Key) }

// wiped stands where a payload was.
var wiped = []byte{}
