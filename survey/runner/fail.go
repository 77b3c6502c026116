package runner

import (
	"context"
	"errors"
	"net/http"

	"barometer/internal/store"
	"barometer/survey/contact"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// Outcomes that are pages of the survey and no failures of a request.
const (
	statusClosed     = -1
	statusFinal      = -2
	statusIneligible = -3
	statusAltered    = -4 // the questionnaire's file is another than was published
)

// statusOf returns the answer to an error; ok is false for a fault of the
// program.
func statusOf(err error) (status int, ok bool) {
	var tooLarge *http.MaxBytesError
	var hostile *questionnaire.FormError
	switch {
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, true
	case errors.As(err, &hostile), errors.Is(err, errBadForm):
		return http.StatusBadRequest, true
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return http.StatusServiceUnavailable, true
	case errors.Is(err, response.ErrClosed), errors.Is(err, errWaveOver):
		return statusClosed, true
	case errors.Is(err, response.ErrSubmitted):
		return statusFinal, true
	case errors.Is(err, response.ErrIneligible):
		return statusIneligible, true
	case errors.Is(err, response.ErrDefinition):
		return statusAltered, true
	}
	return 0, false
}

// fail answers for an error: with a page of the survey where it is an outcome
// respondents meet, with the shell's error page otherwise.
func (r *Runner) fail(w http.ResponseWriter, req *http.Request, err error) {
	status, ok := statusOf(err)
	switch {
	case !ok:
		r.Shell.Fail(w, req, err)
	case status == statusClosed:
		r.closed(w, req)
	case status == statusFinal:
		r.redirect(w, req, receiptPath)
	case status == statusIneligible:
		r.redirect(w, req, "/survey/ineligible")
	case status == statusAltered:
		r.Shell.Report(req, err)
		r.renderNotice(w, req, http.StatusServiceUnavailable, "altered", "")
	default:
		r.Shell.Error(w, req, status)
	}
}

func isWrongCode(err error) bool {
	return errors.Is(err, contact.ErrTypo) || errors.Is(err, contact.ErrUnknown)
}
