package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"barometer/internal/account"
	"barometer/internal/account/broker"
	"barometer/internal/account/factor"
	"barometer/internal/account/pages"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/queue"
	"barometer/internal/web"
)

// openAccounts opens the accounts of a collection, with the letters they write
// and the work that is due every night.
func (c *collection) openAccounts(ctx context.Context, h *home, now func() time.Time) error {
	key, err := secret(h.path("secrets", "accounts.key"))
	if err != nil {
		return err
	}
	letters, err := account.Letters()
	if err != nil {
		return err
	}
	if err := c.mail.Add(letters); err != nil {
		return err
	}
	c.accounts, err = account.New(ctx, c.db, account.Options{
		Secret: key, Now: now, Mail: c.mail, Join: h.Registration, Link: pages.Link(h.BaseURL),
	})
	if err != nil {
		return err
	}
	return c.tendAccounts()
}

// tendAccounts has closed accounts erased when their time is up.
func (c *collection) tendAccounts() error {
	const kind = "account.tend"
	err := c.queue.Handle(queue.Handler{
		Kind:  kind,
		Label: i18n.Text{DA: "Sletning af lukkede konti", EN: "Erasure of closed accounts"},
		Run: func(ctx context.Context, _ queue.Job) (queue.Effect, error) {
			_, err := c.accounts.Tend(ctx)
			return nil, err
		},
	})
	return errors.Join(err, c.queue.Repeat(queue.Rule{Kind: kind, Hour: 4, Minute: 10}))
}

func (c *collection) factors(h *home, now func() time.Time) (*factor.Factors, error) {
	return factor.New(factor.Options{Accounts: c.accounts, Store: c.db, Now: now, Name: serviceName.DA, BaseURL: h.BaseURL})
}

// brokers are the providers of the home's configuration, with their secrets.
func (c *collection) brokers(h *home, now func() time.Time) (*broker.Brokers, error) {
	providers := slices.Clone(h.Providers)
	for i, p := range providers {
		file := p.SecretFile
		if !filepath.IsAbs(file) {
			file = h.path(file)
		}
		secret, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("barometer.yaml: provider %q: secret_file: %w", p.ID, err)
		}
		providers[i].Secret = strings.TrimSpace(string(secret))
	}
	b, err := broker.New(broker.Options{Accounts: c.accounts, Store: c.db, Now: now, BaseURL: h.BaseURL, Providers: providers})
	if err != nil {
		return nil, fmt.Errorf("barometer.yaml: %w", err)
	}
	return b, nil
}

func newAccountPages(h *home, c *collection, shell *web.Shell, rules *policy.Table, log *slog.Logger, now func() time.Time) (*pages.Pages, error) {
	brokers, err := c.brokers(h, now)
	if err != nil {
		return nil, err
	}
	factors, err := c.factors(h, now)
	if err != nil {
		return nil, err
	}
	p, err := pages.New(pages.Config{
		Shell: shell, Accounts: c.accounts, Factors: factors, Brokers: brokers, Log: log, Now: now, HTTPS: h.secure(), Proxied: h.Proxied, Join: h.Registration,
		Staff: func(who policy.Subject) []web.Link { return staffPages(rules, who, now()) },
	})
	if err != nil {
		return nil, fmt.Errorf("pages of accounts: %w", err)
	}
	return p, nil
}

// staffPages are the pages of staff that somebody may open by the table of rules.
func staffPages(rules *policy.Table, who policy.Subject, now time.Time) (open []web.Link) {
	for _, page := range []web.Link{
		{Path: "/staff/people", Label: i18n.Text{DA: "Personer og roller", EN: "People and roles"}},
		{Path: "/staff/fieldwork", Label: i18n.Text{DA: "Dataindsamling", EN: "Fieldwork"}},
		{Path: "/staff/waves", Label: i18n.Text{DA: "Bølger og deres kontaktoplysninger", EN: "Waves and their contact data"}},
		{Path: "/staff/releases", Label: i18n.Text{DA: "Udgivelser", EN: "Releases"}},
		{Path: "/staff/jobs", Label: i18n.Text{DA: "Planlagt arbejde", EN: "Scheduled work"}},
	} {
		rule, ok := rules.Route("GET", "/{lang:da|en}"+page.Path)
		if ok && rule.Decide(who, now) == policy.Allowed {
			open = append(open, page)
		}
	}
	return open
}
