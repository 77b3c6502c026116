package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"barometer/internal/i18n"
)

// problem says what is wrong with a request (RFC 9457). detail and detail_da say
// the same.
type problem struct {
	Type      string   `json:"type"`
	Title     string   `json:"title"`
	Status    int      `json:"status"`
	Detail    string   `json:"detail"`
	DetailDA  string   `json:"detail_da"`
	Parameter string   `json:"parameter,omitempty"`
	Valid     []string `json:"valid,omitempty"` // what the parameter may be
}

const problemType = "application/problem+json"

func newProblem(status int, detail i18n.Text) *problem {
	return &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail.EN, DetailDA: detail.DA}
}

// about names the parameter at fault and what it may be.
func (p *problem) about(parameter string, valid []string) *problem {
	p.Parameter, p.Valid = parameter, valid
	return p
}

func (p *problem) send(w http.ResponseWriter) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	enc.Encode(p) //nolint:errcheck // texts and numbers alone
	h := w.Header()
	h.Set("Content-Type", problemType)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(p.Status)
	w.Write(body.Bytes()) //nolint:errcheck // whoever asked has gone
}

var (
	nothingThere = newProblem(http.StatusNotFound, i18n.Text{
		DA: "Her er intet. " + Path + "/tables viser de tabeller, der er offentliggjort.",
		EN: "There is nothing here. " + Path + "/tables lists the tables that are published."})
	notAllowed = newProblem(http.StatusMethodNotAllowed, i18n.Text{
		DA: "API'et kan kun læses: brug GET eller HEAD.", EN: "The API can only be read: use GET or HEAD."})
	failed = newProblem(http.StatusInternalServerError, i18n.Text{
		DA: "Svaret kunne ikke laves. Prøv igen senere.", EN: "The answer could not be made. Try again later."})
)

// bad is a problem of one parameter.
func bad(parameter string, valid []string, da, en string, args ...any) *problem {
	return newProblem(http.StatusBadRequest, i18n.Text{DA: fmt.Sprintf(da, args...), EN: fmt.Sprintf(en, args...)}).about(parameter, valid)
}

func notAcceptable(names []string) *problem {
	list := strings.Join(names, ", ")
	return newProblem(http.StatusNotAcceptable, i18n.Text{
		DA: "Formatet findes ikke. Der er " + list + ".", EN: "There is no such format. There are " + list + "."}).about("format", names)
}

func tooMany(cells, most int) *problem {
	return newProblem(http.StatusRequestEntityTooLarge, i18n.Text{
		DA: fmt.Sprintf("Svaret ville have %d celler; %d er det højeste. Vælg færre koder, fx indicator=innov_rate, eller hent hele tabellen som fil fra udgivelsen.", cells, most),
		EN: fmt.Sprintf("The answer would have %d cells; %d is the most. Choose fewer codes, such as indicator=innov_rate, or take the whole table as a file of the release.", cells, most)})
}
