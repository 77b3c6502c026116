package memo

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"barometer/internal/testenv"
)

func sample() *Message {
	return &Message{
		UUID: "8c2ea15d-61fb-4ba9-9366-42f8b194c114", Label: "Innovationsbarometeret 2025: invitation",
		Notification: "Ny post fra Center for Offentlig Innovation", Sender: Sender{"12345678", "Center for Offentlig Innovation"}, CVR: "98000005",
		PNumber: "1012345678", Name: "Børnehaven <Solsikken> & Co", Attention: "Ane Møller", Email: "leder@solsikken.example", Phone: "12 34 56 78",
		Address: "Ved Åen 6, 9000 Aalborg", Written: time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC), Deadline: time.Date(2026, 3, 15, 22, 59, 59, 0, time.UTC),
		Lang: "da", HTML: []byte("<!doctype html><p>Koden er 0123-4567-89AB</p>"),
		Link: "https://barometer.example.dk/s/0123456789AB", Action: "Besvar spørgeskemaet",
	}
}

// TestGoal36_DigitalPostNamesTheWorkplaceInItsAttentionData holds a message
// against the order of elements in the schema: the letter goes to the CVR owner
// and says to whom within, with the code that lets whoever gets it answer.
func TestGoal36_DigitalPostNamesTheWorkplaceInItsAttentionData(t *testing.T) {
	var b bytes.Buffer
	if err := sample().WriteXML(&b); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Message", "Message/MessageHeader",
		"MessageHeader/messageType=DIGITALPOST", "MessageHeader/messageUUID=8c2ea15d-61fb-4ba9-9366-42f8b194c114",
		"MessageHeader/label=Innovationsbarometeret 2025: invitation", "MessageHeader/notification=Ny post fra Center for Offentlig Innovation",
		"MessageHeader/reply=true", "MessageHeader/replyByDateTime=2026-03-15T22:59:59Z",
		"MessageHeader/mandatory=false", "MessageHeader/legalNotification=false", "MessageHeader/postType=MYNDIGHEDSPOST",
		"MessageHeader/Sender", "Sender/senderID=12345678", "Sender/idType=CVR", "Sender/label=Center for Offentlig Innovation",
		"MessageHeader/Recipient", "Recipient/recipientID=98000005", "Recipient/idType=CVR",
		"Recipient/AttentionData", "AttentionData/AttentionPerson", "AttentionPerson/label=Ane Møller",
		"AttentionData/ProductionUnit", "ProductionUnit/productionUnitNumber=1012345678", "ProductionUnit/productionUnitName=Børnehaven <Solsikken> & Co",
		"AttentionData/EMail", "EMail/emailAddress=leder@solsikken.example", "EMail/relatedAgent=Ane Møller",
		"AttentionData/Telephone", "Telephone/telephoneNumber=12 34 56 78", "Telephone/relatedAgent=Ane Møller",
		"AttentionData/UnstructuredAddress", "UnstructuredAddress/unstructured=Ved Åen 6, 9000 Aalborg",
		"Message/MessageBody", "MessageBody/createdDateTime=2026-02-02T09:00:00Z", "MessageBody/MainDocument",
		"MainDocument/label=Innovationsbarometeret 2025: invitation",
		"MainDocument/File", "File/encodingFormat=text/html", "File/filename=brev.html", "File/language=da",
		"File/content=" + base64.StdEncoding.EncodeToString(sample().HTML),
		"MainDocument/Action", "Action/label=Besvar spørgeskemaet", "Action/actionCode=SELVBETJENING",
		"Action/startDateTime=2026-02-02T09:00:00Z", "Action/endDateTime=2026-03-15T22:59:59Z",
		"Action/EntryPoint", "EntryPoint/url=https://barometer.example.dk/s/0123456789AB",
	}
	if got := outline(t, b.Bytes()); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, says := range []string{
		`<memo:Message xmlns:memo="https://DigitalPost.dk/MeMo-1" xmlns:grd="https://data.gov.dk/model/core/" memoVersion="1.1" memoSchVersion="1.1.0">`,
		"<grd:productionUnitNumber>1012345678</grd:productionUnitNumber>",
	} {
		if !strings.Contains(b.String(), says) {
			t.Errorf("%s is not in\n%s", says, b.String())
		}
	}
}

// outline lists the elements with their parents and texts, in order.
func outline(t *testing.T, text []byte) (list []string) {
	t.Helper()
	var path []string
	for dec := xml.NewDecoder(bytes.NewReader(text)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			path = append(path, e.Name.Local)
			list = append(list, strings.Join(path[max(0, len(path)-2):], "/"))
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if s := strings.TrimSpace(string(e)); s != "" {
				list[len(list)-1] += "=" + s
			}
		}
	}
}

// valid holds a message against the schema that Digital Post's authority
// publishes.
func valid(t *testing.T, text []byte) {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	schema := filepath.Join(cache, "barometer", "memo-1.1", "MeMo_core.xsd")
	if _, err := os.Stat(schema); err != nil {
		testenv.Missing(t, "the schema of MeMo is not there: .ci/install fetches it")
	}
	lint := exec.Command(testenv.Need(t, "xmllint"), "--nonet", "--noout", "--schema", schema, "-")
	lint.Stdin = bytes.NewReader(text)
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("%v: %.1000s", err, out)
	}
}

func TestMessagesAreValidBySchema(t *testing.T) {
	bare, long, foul := sample(), sample(), sample()
	bare.Attention, bare.Email, bare.Phone, bare.Address, bare.Notification = "", "", "", "", ""
	long.Name, long.Label, long.Address = strings.Repeat("å", 300), strings.Repeat("ø", 300), strings.Repeat("æ ", 300)
	foul.Name, foul.Attention = "]]> <!-- & \u0001 -->", "<memo:label>x</memo:label>"
	for _, m := range []*Message{sample(), bare, long, foul} {
		var b bytes.Buffer
		if err := m.WriteXML(&b); err != nil {
			t.Fatal(err)
		}
		valid(t, b.Bytes())
	}
}

// What is not known is left out; nothing is left empty.
func TestUnknownContactIsLeftOut(t *testing.T) {
	m := sample()
	m.Attention, m.Email, m.Phone, m.Address, m.Notification = "", "", "", "", ""
	var b bytes.Buffer
	if err := m.WriteXML(&b); err != nil {
		t.Fatal(err)
	}
	for _, absent := range []string{"AttentionPerson", "EMail", "Telephone", "Address", "notification", "></memo:"} {
		if strings.Contains(b.String(), absent) {
			t.Errorf("%s stands in\n%s", absent, b.String())
		}
	}
}

func TestFaultyMessagesAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Message){
		"UUID": func(m *Message) { m.UUID = "8c2ea15d-61fb-1ba9-9366-42f8b194c114" }, "recipient's CVR": func(m *Message) { m.CVR = "" },
		"sender's CVR": func(m *Message) { m.Sender.CVR = "1234" }, "P-number": func(m *Message) { m.PNumber = "12" },
		"notification": func(m *Message) { m.Notification = strings.Repeat("å", 151) }, "letter": func(m *Message) { m.HTML = nil },
		"link": func(m *Message) { m.Link = strings.Repeat("x", 257) }, "deadline": func(m *Message) { m.Deadline = time.Time{} },
	} {
		m := sample()
		spoil(m)
		if err := m.WriteXML(io.Discard); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	m := sample()
	m.Name = strings.Repeat("å", 300)
	var b bytes.Buffer
	if err := m.WriteXML(&b); err != nil || strings.Contains(b.String(), strings.Repeat("å", 256)) {
		t.Errorf("a long name is cut: %v", err)
	}
}

// A batch is read back message by message, and its list has the digest of each
// and no code.
func TestBatchIsReadBack(t *testing.T) {
	second := sample()
	second.UUID, second.PNumber = "11111111-2222-4333-8444-555555555555", "1012345679"
	var archive, again, list bytes.Buffer
	for _, out := range []*bytes.Buffer{&archive, &again} {
		b := NewBatch(out, sample().Written)
		for _, m := range []*Message{sample(), second} {
			if err := b.Add(m); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Add(second); err == nil {
			t.Error("a UUID stands twice")
		}
		list.Reset()
		if err := errors.Join(b.Close(), b.WriteManifest(&list, "invitation-1", second.Sender)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(archive.Bytes(), again.Bytes()) {
		t.Error("the same messages make other bytes")
	}
	var m Manifest
	if err := json.Unmarshal(list.Bytes(), &m); err != nil || len(m.Messages) != 2 || m.Sender != "12345678" {
		t.Fatalf("%v %+v", err, m)
	}
	if strings.Contains(list.String(), "9AB") {
		t.Error("the list tells a code")
	}
	xmllint := testenv.Need(t, "xmllint")
	r := tar.NewReader(&archive)
	for _, e := range m.Messages {
		head, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(text); head.Name != e.File || hex.EncodeToString(sum[:]) != e.SHA256 {
			t.Errorf("%s is not %s as listed", head.Name, e.File)
		}
		lint := exec.Command(xmllint, "--noout", "-")
		lint.Stdin = bytes.NewReader(text)
		if out, err := lint.CombinedOutput(); err != nil {
			t.Errorf("%s: %v %s", e.File, err, out)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("more than listed: %v", err)
	}
	if err := NewBatch(io.Discard, m.Written).WriteManifest(io.Discard, "x", second.Sender); err == nil {
		t.Error("an empty batch has a list")
	}
}
