package broker_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"barometer/internal/account"
	"barometer/internal/account/broker"
	"barometer/internal/account/broker/brokertest"
	"barometer/internal/i18n"
	"barometer/internal/mail"
	"barometer/internal/store"
	"barometer/internal/store/storetest"
)

const redirectURI = "http://127.0.0.1:1/sign-in/with/op/answer"

// office is a store with accounts and a provider.
type office struct {
	*broker.Brokers
	t   *testing.T
	db  *store.DB
	acc *account.Accounts
	now func() time.Time
	op  broker.Provider
}

func (o *office) Send(context.Context, *store.Tx, mail.Message) error { return nil }

func newOffice(t *testing.T, where string, providers ...broker.Provider) *office {
	t.Helper()
	o := &office{t: t, db: storetest.Open(t, where), now: time.Now, op: providers[0]}
	clock := func() time.Time { return o.now() }
	var err error
	o.acc, err = account.New(t.Context(), o.db, account.Options{
		Secret: []byte("a secret of thirty-two bytes, at least"), Now: clock, Mail: o,
		Link: func(i18n.Lang, string) string { return "" },
	})
	must(t, err)
	o.Brokers, err = broker.New(broker.Options{Accounts: o.acc, Store: o.db, Now: clock, BaseURL: "http://127.0.0.1:1", Providers: providers})
	must(t, err)
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// at is a provider on loopback.
func at(issuer string) broker.Provider {
	u, err := url.Parse(issuer)
	if err != nil {
		panic(err)
	}
	return broker.Provider{
		ID: "op", Name: i18n.Same("MitID Erhverv"), Issuer: issuer, ClientID: brokertest.ClientID, Secret: brokertest.Secret, Inside: []string{u.Host},
	}
}

// person is somebody with an account, signed in.
func (o *office) person(address string) (s account.Session) {
	o.t.Helper()
	id, err := o.acc.Add(o.t.Context(), account.ByOperator(), account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Address: address})
	must(o.t, err)
	must(o.t, o.db.Write(o.t.Context(), func(tx *store.Tx) (err error) {
		s, err = o.acc.BeginSession(tx, id, account.ByLink, account.Device{}, "")
		return err
	}))
	return s
}

func (o *office) begin(browser string) string {
	o.t.Helper()
	address, err := o.Begin(o.t.Context(), "op", broker.Start{Browser: browser, Lang: i18n.English, Next: "/en/cases"})
	must(o.t, err)
	return address
}

// visit signs a person in at the real provider, as a browser does, and returns
// what the browser comes back with.
func (o *office) visit(address, who, browser string) broker.Answer {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	must(o.t, err)
	var back *url.URL
	client := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirectURI) {
			back = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	resp, err := client.Get(address)
	for page := 0; back == nil && page < 5; page++ {
		must(o.t, err)
		action, fields := form(o.t, resp)
		fields.Set("login", who)
		fields.Set("password", "any")
		resp, err = client.PostForm(action, fields)
	}
	must(o.t, err)
	if back == nil {
		o.t.Fatal("the provider leads nowhere")
	}
	q := back.Query()
	return broker.Answer{State: q.Get("state"), Code: q.Get("code"), Issuer: q.Get("iss"), Error: q.Get("error"), Browser: browser}
}

// form reads the form of a page: where it goes, and its hidden fields.
func form(t *testing.T, resp *http.Response) (action string, fields url.Values) {
	t.Helper()
	defer resp.Body.Close()
	root, err := html.Parse(resp.Body)
	must(t, err)
	fields = url.Values{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		switch {
		case n.Data == "form" && action == "":
			u, err := resp.Request.URL.Parse(attr["action"])
			must(t, err)
			action = u.String()
		case n.Data == "input" && attr["type"] == "hidden":
			fields.Set(attr["name"], attr["value"])
		}
	}
	if action == "" {
		t.Fatalf("%s: %d, no form", resp.Request.URL.Path, resp.StatusCode)
	}
	return action, fields
}
