package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP is a mail server that takes mail for everyone, as in barometer.yaml.
// The password is kept in a file of its own.
type SMTP struct {
	Host         string `yaml:"host"`
	Port         int    `yaml:"port"` // default by TLS: 587, 465, 25
	TLS          string `yaml:"tls"`  // starttls (default), implicit, or none for a server on this machine
	User         string `yaml:"user"`
	PasswordFile string `yaml:"password_file"`
	CAFile       string `yaml:"ca_file"` // certificates to trust besides the system's
}

// commandLimit is how long one command to the server may take.
const commandLimit = 30 * time.Second

// smtpTransport delivers through a server, one connection a mail.
type smtpTransport struct {
	host    string
	options []gomail.Option
}

// NewSMTP returns the transport to a mail server. Where mail would cross a
// network in the clear, or a password would, the settings are refused.
func NewSMTP(s SMTP) (Transport, error) {
	options := []gomail.Option{gomail.WithTimeout(commandLimit)}
	port := s.Port
	usual := func(p int) {
		if port == 0 {
			port = p
		}
	}
	switch s.TLS {
	case "", "starttls":
		usual(587)
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "implicit":
		usual(465)
		options = append(options, gomail.WithSSL())
	case "none":
		usual(25)
		if !local(s.Host) || s.User != "" {
			return nil, fmt.Errorf("mail server %s: tls: none is for a server on this machine that asks for no password; use starttls or implicit", s.Host)
		}
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail server %s: tls: %q: use starttls, implicit or none", s.Host, s.TLS)
	}
	options = append(options, gomail.WithPort(port))
	more, err := s.credentials()
	if err != nil {
		return nil, fmt.Errorf("mail server %s: %w", s.Host, err)
	}
	t := &smtpTransport{host: s.Host, options: append(options, more...)}
	if _, err := gomail.NewClient(t.host, t.options...); err != nil {
		return nil, fmt.Errorf("mail server %q: %w", s.Host, err)
	}
	return t, nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s SMTP) credentials() ([]gomail.Option, error) {
	pool, err := s.trusted()
	if err != nil {
		return nil, err
	}
	options := []gomail.Option{gomail.WithTLSConfig(&tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, RootCAs: pool})}
	if s.User == "" {
		return options, nil
	}
	password, err := passwordFrom(s.PasswordFile)
	if err != nil {
		return nil, err
	}
	return append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(password)), nil
}

func (s SMTP) trusted() (*x509.CertPool, error) {
	if s.CAFile == "" {
		return nil, nil // the system's
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(s.CAFile)
	if err == nil && !pool.AppendCertsFromPEM(pem) {
		err = fmt.Errorf("%s holds no certificate", s.CAFile)
	}
	return pool, err
}

func passwordFrom(file string) (string, error) {
	if file == "" {
		return "", errors.New("user without password_file: name a file below secrets that holds the password")
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s can be read by others: chmod 600 it", file)
	}
	text, err := os.ReadFile(file)
	password := strings.TrimRight(string(text), "\r\n")
	if err == nil && password == "" {
		err = fmt.Errorf("%s is empty: write the password into it", file)
	}
	return password, err
}

// Deliver hands the mail to the server. What happens after the server has
// taken the mail, as a lost connection, is no failure: the mail would be sent
// twice.
func (t *smtpTransport) Deliver(ctx context.Context, msg *gomail.Msg) error {
	client, err := gomail.NewClient(t.host, t.options...)
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() {
		return nil
	}
	return refusal(err)
}

// Reach connects to the server, encrypts and gives the password as for a mail,
// and hangs up.
func (s SMTP) Reach(ctx context.Context) error {
	t, err := NewSMTP(s)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.Host, t.(*smtpTransport).options...)
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	return client.Close()
}

// Refusal is what a mail server answered, without the words, which may quote
// an address.
type Refusal struct {
	Code      int    // 550
	Enhanced  string // "5.1.1", where the server gives one (RFC 3463)
	Recipient bool   // the answer is to the recipient's address
}

func (r *Refusal) Error() string { return "the mail server answered " + r.Status() }

// Status is the answer as "550 5.1.1".
func (r *Refusal) Status() string {
	return strings.TrimSpace(fmt.Sprint(r.Code, " ", r.Enhanced))
}

// Permanent reports whether a further attempt is useless. An answer that is
// not about the mail, as when the server wants another password, can be put
// right on our side.
func (r *Refusal) Permanent() bool {
	return r.Code >= 500 && r.Code != 530 && r.Code != 535 && r.Code != 538
}

// Unreachable reports whether the address is at fault, not this one mail.
func (r *Refusal) Unreachable() bool {
	if !r.Recipient || !r.Permanent() {
		return false
	}
	switch r.Enhanced {
	case "":
		return r.Code == 550 || r.Code == 551 || r.Code == 553 || r.Code == 556
	default:
		return unreachable(r.Enhanced)
	}
}

// unreachable reports whether an enhanced status says that a mailbox is not
// there: 5.1.x bad address, 5.2.1 mailbox disabled (RFC 3463, 3.2 and 3.3).
func unreachable(status string) bool {
	return strings.HasPrefix(status, "5.1.") && status != "5.1.7" && status != "5.1.8" || status == "5.2.1"
}

// refusal reduces the error of a delivery to what names nobody.
func refusal(err error) error {
	var sending *gomail.SendError
	var answer *textproto.Error
	switch {
	case errors.As(err, &sending) && sending.ErrorCode() != 0:
		return &Refusal{Code: sending.ErrorCode(), Enhanced: sending.EnhancedStatusCode(), Recipient: sending.Reason == gomail.ErrSMTPRcptTo}
	case errors.As(err, &sending):
		return fmt.Errorf("the connection to the mail server failed while %s", sending.Reason)
	case errors.As(err, &answer):
		return &Refusal{Code: answer.Code}
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("the mail server does not answer")
	}
	return fmt.Errorf("the mail server cannot be used: %w", err)
}
