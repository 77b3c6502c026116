package dispatch

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
	"barometer/survey/contact"
	"barometer/survey/contact/wording"
)

// The test program is also the process that gets killed: started with these
// variables, it invites the workplaces of the store it names.
const (
	victimStore = "BAROMETER_TEST_VICTIM"
	victimDir   = "BAROMETER_TEST_DIR"
)

func TestMain(m *testing.M) {
	if where := os.Getenv(victimStore); where != "" {
		if err := victim(where, os.Getenv(victimDir)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// victim invites once. That others are at it is no failure.
func victim(where, dir string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, where)
	if err != nil {
		return err
	}
	defer db.Close()
	f, err := crowd(db, dir)
	if err != nil {
		return err
	}
	_, err = f.Run(ctx, f.wave, Order{Kind: wording.Invitation, Lang: i18n.Danish}, f.files)
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// crowd is an office with workplaces that are reached in all ways, and small
// bites.
func crowd(db *store.DB, dir string) (*office, error) {
	f, err := openOffice(db, dir, start)
	if err != nil {
		return nil, err
	}
	f.mailsAtOnce, f.lettersAtOnce = 15, 40
	for i := range 600 {
		unit := fmt.Sprintf("unit%03d", i)
		ways := [][]string{{unit + "@example.dk"}, {"cvr"}, {"street"}}[i%3]
		p := place(unit, ways...)
		p.PNumber = fmt.Sprintf("1%09d", i)
		f.wave.People = append(f.wave.People, p)
	}
	return f, nil
}

// TestKilledProcessesSendEachLetterOnce has two processes at a time invite the
// same workplaces and kills them, again and again, wherever they are. Every
// workplace then has one letter, and every letter that is logged can be read.
func TestKilledProcessesSendEachLetterOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) {
		dir := t.TempDir()
		db := storetest.Open(t, where)
		f, err := crowd(db, dir)
		must(t, err)
		f.t = t
		kills, logged := 0, 0
		for kills < 60 && logged < len(f.wave.People) {
			procs := []*exec.Cmd{startVictim(t, where, dir), startVictim(t, where, dir)}
			time.Sleep(time.Duration(50+rand.IntN(400)) * time.Millisecond)
			for _, p := range procs {
				p.Process.Kill()
				if p.Wait(); p.ProcessState.ExitCode() < 0 {
					kills++
				}
			}
			log, err := f.Log(t.Context(), "2025")
			must(t, err)
			logged = len(log)
		}
		left, err := filepath.Glob(filepath.Join(f.files.Dir, "*"+unfinished))
		must(t, err)
		f.run(invitation())
		t.Logf("%d kills, %d letters logged before the last run, %d folders left unfinished", kills, logged, len(left))
		if kills < 3 {
			t.Errorf("%d kills: the processes were not killed at work", kills)
		}
		f.checkOnce()
	})
}

// checkOnce reads back all that left the house.
func (f *office) checkOnce() {
	f.t.Helper()
	log, err := f.Log(context.Background(), "2025")
	must(f.t, err)
	times := map[string]int{}
	batches := map[string]map[string]bool{}
	mails := 0
	for _, s := range log {
		times[s.Unit]++
		if s.Channel == wording.Email {
			mails++
			continue
		}
		if batches[s.Handed] == nil {
			batches[s.Handed] = map[string]bool{}
		}
		batches[s.Handed][s.Unit] = true
	}
	if len(times) != len(f.wave.People) || len(log) != len(f.wave.People) {
		f.t.Errorf("%d letters to %d workplaces, want one each to %d", len(log), len(times), len(f.wave.People))
	}
	jobs, err := f.queue.Counts(context.Background())
	must(f.t, err)
	if jobs["waiting"] != mails {
		f.t.Errorf("%d mails wait, %d are logged", jobs["waiting"], mails)
	}
	opened := map[string]int{}
	for batch, units := range batches {
		for unit := range f.readable(batch) {
			if !units[unit] {
				f.t.Errorf("%s has a letter to %s, which is not logged for it", batch, unit)
			}
			opened[unit]++
		}
	}
	for unit, n := range times {
		i := strings.TrimPrefix(unit, "unit")
		var index int
		fmt.Sscan(strings.TrimLeft(i, "0"), &index)
		if want := min(1, index%3); n != 1 || opened[unit] != want {
			f.t.Errorf("%s: logged %d times, in %d letters, want %d", unit, n, opened[unit], want)
		}
	}
}

// readable reads the codes of a batch and returns the units that they open.
func (f *office) readable(batch string) map[string]bool {
	f.t.Helper()
	dir := filepath.Join(f.files.Dir, batch)
	units := map[string]bool{}
	for _, name := range []string{"letters.csv", "digital-post.tar"} {
		src, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		must(f.t, err)
		for _, rest := range strings.Split(string(src), "https://barometer.example.dk/s/")[1:] {
			code := contact.Code(rest[:12])
			units[f.opens(string(code))] = true
		}
	}
	if len(units) == 0 {
		f.t.Errorf("batch %s has no letters", batch)
	}
	return units
}

func startVictim(t *testing.T, where, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimStore+"="+where, victimDir+"="+dir)
	cmd.Stderr = os.Stderr
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

// A folder that a dead process left is finished where its letters are valid,
// kept while somebody may be at work on it, and taken away after that.
func TestTidyingUpAfterADeadProcess(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "street")}
		r := f.run(invitation())
		must(t, os.Rename(r.Batches[0], r.Batches[0]+unfinished)) // died before the last step
		stray := filepath.Join(f.files.Dir, "reminder-1-letter-20260201-000000"+unfinished)
		must(t, os.Mkdir(stray, 0o700))
		must(t, os.Chtimes(stray, start, start.Add(-30*time.Minute)))
		f.run(invitation())
		if _, err := os.Stat(r.Batches[0]); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(stray); err != nil {
			t.Errorf("a folder in use was taken away: %v", err)
		}
		f.set(start.Add(time.Hour))
		f.run(invitation())
		if _, err := os.Stat(stray); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a folder that nobody works on is left: %v", err)
		}
	})
}

// A file that cannot be written takes its letters back, codes and log.
func TestFilesThatFailSendNothing(t *testing.T) {
	each(t, func(t *testing.T, f *office) {
		f.wave.People = []contact.Person{place("u1", "street"), place("u2", "cvr")}
		must(t, os.WriteFile(f.files.Dir, []byte("in the way"), 0o600))
		if _, err := f.Run(t.Context(), f.wave, Order{Kind: wording.Invitation, Lang: i18n.Danish}, f.files); err == nil {
			t.Error("no folder, and no fault")
		}
		must(t, os.Remove(f.files.Dir))
		bad := place("u3", "cvr")
		bad.PNumber = "12"
		f.wave.People = append(f.wave.People, bad)
		_, err := f.Run(t.Context(), f.wave, Order{Kind: wording.Invitation, Lang: i18n.Danish}, f.files)
		if err == nil || !strings.Contains(err.Error(), "unit u3") || !strings.Contains(err.Error(), "P-number") {
			t.Errorf("a message that Digital Post refuses: %v", err)
		}
		log, err := f.Log(t.Context(), "2025")
		must(t, err)
		codes, err := f.Access.Statuses(t.Context(), "2025")
		must(t, err)
		left, err := os.ReadDir(f.files.Dir)
		must(t, err)
		if len(log) != 0 || len(codes) != 0 || len(left) != 0 {
			t.Errorf("%d logged, %d codes, %v left", len(log), len(codes), left)
		}
	})
}
