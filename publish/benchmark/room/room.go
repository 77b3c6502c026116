// Package room keeps the answers of a meeting while it lasts.
//
// An organiser opens a room and gets its short code, for those who answer, and a
// token, for the screen that all look at. Answers come in without a name, a
// cookie or an address; what goes out is those of the first five, ten, fifteen
// and so on, so that no one person's answer is the difference between two looks.
// When the organiser closes the room, or its time is over, everything in it is
// removed. Rooms stand in the store, so that several servers share them.
package room

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"barometer/internal/store"
)

// Bounds of rooms.
const (
	Life      = 4 * time.Hour // of a room
	Step      = 5             // answers are shown by fives
	MostVotes = 300           // in a room
	MostRooms = 500           // open at a time
)

// Errors that callers tell apart.
var (
	ErrNoRoom = errors.New("no such room") // wrong code, closed, or its time is over
	ErrFull   = errors.New("no more room") // too many rooms, or too many answers in one
)

// Room is a meeting that answers one question together.
type Room struct {
	Code    string // six characters, for those who answer
	Wave    string
	Item    string // of the wave's questionnaire
	Expires time.Time
}

// Rooms is safe for concurrent use.
type Rooms struct {
	DB     *store.DB
	Now    func() time.Time
	Random io.Reader // crypto/rand

	// Later has [Rooms.DropExpired] called at a moment, under a key that names
	// nobody; nil where somebody else sees to it.
	Later func(tx *store.Tx, key string, at time.Time) error
}

// alphabet is that of access codes: no letter is taken for a digit.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength makes a billion codes: with all rooms open, a guess hits one in two
// millions.
const codeLength = 6

// ParseCode reads a code as people type it.
func ParseCode(typed string) (string, error) {
	if len(typed) > 40 {
		return "", ErrNoRoom
	}
	code := strings.NewReplacer("O", "0", "I", "1", "L", "1", " ", "", "-", "").Replace(strings.ToUpper(typed))
	if len(code) != codeLength || strings.Trim(code, alphabet) != "" {
		return "", ErrNoRoom
	}
	return code, nil
}

// Open opens a room for a question and returns the token of its screen. With too
// many open it returns [ErrFull].
func (r *Rooms) Open(ctx context.Context, wave, item string) (room Room, token string, err error) {
	raw := make([]byte, codeLength+16)
	if _, err := io.ReadFull(r.Random, raw); err != nil {
		return Room{}, "", err
	}
	code := make([]byte, codeLength)
	for i := range code {
		code[i] = alphabet[raw[i]&31]
	}
	token = base64.RawURLEncoding.EncodeToString(raw[codeLength:])
	room = Room{string(code), wave, item, r.Now().Add(Life)}
	return room, token, r.DB.Write(ctx, func(tx *store.Tx) error {
		if err := r.DropExpired(tx); err != nil {
			return err
		}
		var open int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM benchmark_room`).Scan(&open); err != nil {
			return err
		}
		if open >= MostRooms {
			return ErrFull
		}
		_, err := tx.Exec(`INSERT INTO benchmark_room (code, digest, wave, item, expires_ms) VALUES (?, ?, ?, ?, ?)`,
			room.Code, digest(token), wave, item, store.Millis(room.Expires))
		if err != nil || r.Later == nil {
			return err
		}
		return r.Later(tx, hex.EncodeToString(digest(token)[:8]), room.Expires)
	})
}

// Join finds a room by its code.
func (r *Rooms) Join(ctx context.Context, code string) (room Room, err error) {
	err = r.DB.ReadOne(ctx, func(tx *store.Tx) error {
		room, err = r.find(tx, `code = ?`, code)
		return err
	})
	return room, err
}

// find reads the one room that a condition picks.
func (r *Rooms) find(tx *store.Tx, condition string, arg any) (room Room, err error) {
	var expires int64
	err = tx.QueryRow(`SELECT code, wave, item, expires_ms FROM benchmark_room WHERE `+condition+` AND expires_ms > ?`,
		arg, store.Millis(r.Now())).Scan(&room.Code, &room.Wave, &room.Item, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return Room{}, ErrNoRoom
	}
	room.Expires = store.FromMillis(expires)
	return room, err
}

// Answer adds the answers of a form, by field. A form that was sent before counts
// once, as it was sent first.
func (r *Rooms) Answer(ctx context.Context, code, ballot string, answers url.Values) error {
	text, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		if _, err := r.find(tx, `code = ?`, code); err != nil {
			return err
		}
		var votes, sent int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM benchmark_vote WHERE code = ?`, code).Scan(&votes); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT COUNT(*) FROM benchmark_vote WHERE code = ? AND ballot = ?`, code, digest(ballot)).Scan(&sent); err != nil {
			return err
		}
		switch {
		case sent > 0:
			return nil
		case votes >= MostVotes:
			return ErrFull
		}
		_, err := tx.Exec(`INSERT INTO benchmark_vote (code, ballot, number, answers) VALUES (?, ?, ?, ?)`, code, digest(ballot), votes+1, string(text))
		return err
	})
}

// Screen is what all look at.
type Screen struct {
	Room
	Answered int          // how many have answered
	Shown    []url.Values // answers that may be shown, none before five have answered
}

// Look returns what the screen of a token shows.
func (r *Rooms) Look(ctx context.Context, token string) (s Screen, err error) {
	err = r.DB.Read(ctx, func(tx *store.Tx) error {
		s = Screen{}
		if s.Room, err = r.find(tx, `digest = ?`, digest(token)); err != nil {
			return err
		}
		if err := tx.QueryRow(`SELECT COUNT(*) FROM benchmark_vote WHERE code = ?`, s.Code).Scan(&s.Answered); err != nil {
			return err
		}
		return tx.Each(func(rows *sql.Rows) error {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			var v url.Values
			err := json.Unmarshal([]byte(text), &v)
			s.Shown = append(s.Shown, v)
			return err
		}, `SELECT answers FROM benchmark_vote WHERE code = ? AND number <= ? ORDER BY ballot`, s.Code, s.Answered/Step*Step)
	})
	return s, err
}

// Close removes a room and all that is in it.
func (r *Rooms) Close(ctx context.Context, token string) error {
	return r.DB.Write(ctx, func(tx *store.Tx) error {
		room, err := r.find(tx, `digest = ?`, digest(token))
		if err != nil {
			return err
		}
		return remove(tx, `code = ?`, room.Code)
	})
}

// DropExpired removes the rooms whose time is over.
func (r *Rooms) DropExpired(tx *store.Tx) error {
	return remove(tx, `expires_ms <= ?`, store.Millis(r.Now()))
}

// remove removes the rooms that a condition picks, with their answers.
func remove(tx *store.Tx, condition string, arg any) error {
	if _, err := tx.Exec(`DELETE FROM benchmark_vote WHERE code IN (SELECT code FROM benchmark_room WHERE `+condition+`)`, arg); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM benchmark_room WHERE `+condition, arg)
	return err
}

func digest(token string) []byte {
	sum := sha256.Sum256([]byte("barometer benchmark room\x00" + token))
	return sum[:]
}
